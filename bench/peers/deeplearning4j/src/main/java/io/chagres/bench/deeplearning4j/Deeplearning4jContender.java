package io.chagres.bench.deeplearning4j;

import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.NotYetException;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import io.chagres.bench.contender.Workload;
import java.io.IOException;
import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j with its own layers: the native backend that is built for oneDNN and the widest vectors of the machine (its
 * page <a href="https://deeplearning4j.konduit.ai/multi-project/explanation/configuration/backends/cpu">CPU</a>), workspaces
 * enabled as they are by default, and the garbage collector no longer called periodically (its page
 * <a href="https://deeplearning4j.konduit.ai/multi-project/explanation/configuration/memory/workspaces">Workspaces</a>).
 * {@code OMP_NUM_THREADS} sets the threads.
 * <p>
 * Helpers of layers are off by default in 1.0.0-M2.1; {@code org.eclipse.deeplearning4j.helpers.disable=false} allows them.
 * None comes into being on a CPU all the same: the layers look for oneDNN in {@code org.nd4j.nativeblas.Nd4jCpu}, a class that
 * this release no longer has under that name. What is left of oneDNN is in the native ops themselves, such as max pooling and
 * the products of an LSTM. {@link #describe} says how many layers have a helper.
 */
public final class Deeplearning4jContender implements Contender {
    private int threads;
    private long helpers;

    private Deeplearning4jContender() {
    }

    /**
     * Serves one task, see {@link Host}.
     *
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        Host.main(new Deeplearning4jContender(), args);
    }

    @Override
    public String describe() {
        var environment = Nd4j.getEnvironment();
        return "Deeplearning4j " + System.getProperty("peer.version") + ", nd4j-native "
                + System.getProperty("peer.classifier") + ", oneDNN in ops "
                + (environment.helpersAllowed() ? "allowed" : "forbidden") + " and as helper of " + helpers
                + " layers, workspaces enabled, " + threads + " threads";
    }

    @Override
    public Session open(Task task) throws NotYetException {
        if (task.workload() == Workload.W4) {
            throw new NotYetException("its attention layers have no causal mask");
        }
        threads = task.threads();
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        Nd4j.getEnvironment().allowHelpers(true);
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        if (task.workload() == Workload.W3) {
            var graph = Networks.resNet();
            helpers = helpers(graph.getLayers());
            return new Deeplearning4jSession(task, graph);
        }
        var layers = Networks.layers(task.workload());
        helpers = helpers(layers.getLayers());
        return new Deeplearning4jSession(task, layers);
    }

    private static long helpers(Layer[] layers) {
        return Arrays.stream(layers).filter(layer -> layer.getHelper() != null).count();
    }
}
