package io.chagres.bench.deeplearning4j;

import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.NotYetException;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import io.chagres.bench.contender.Workload;
import java.io.IOException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j with its own layers: the native backend that is built for oneDNN and the widest vectors of the machine (its
 * page <a href="https://deeplearning4j.konduit.ai/multi-project/explanation/configuration/backends/cpu">CPU</a>), helpers
 * allowed, workspaces enabled as they are by default, and the garbage collector no longer called periodically (its page
 * <a href="https://deeplearning4j.konduit.ai/multi-project/explanation/configuration/memory/workspaces">Workspaces</a>).
 * {@code OMP_NUM_THREADS} sets the threads.
 */
public final class Deeplearning4jContender implements Contender {
    private int threads;

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
                + System.getProperty("peer.classifier") + ", helpers "
                + (environment.helpersAllowed() ? "allowed" : "forbidden") + ", workspaces enabled, " + threads + " of "
                + environment.maxThreads() + " threads";
    }

    @Override
    public Session open(Task task) throws NotYetException {
        if (task.workload() == Workload.W4) {
            throw new NotYetException("its attention layers have no causal mask, and there is no AdamW");
        }
        threads = task.threads();
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        Nd4j.getEnvironment().allowHelpers(true);
        Nd4j.getMemoryManager().togglePeriodicGc(false);
        return task.workload() == Workload.W3
                ? new Deeplearning4jSession(task, Networks.resNet())
                : new Deeplearning4jSession(task, Networks.layers(task.workload()));
    }
}
