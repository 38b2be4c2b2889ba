package io.chagres.bench.tensorflow;

import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import java.io.IOException;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;

/**
 * TensorFlow Java in graph mode: the graph is built once, and each step is one run of a session, which rewrites and fuses the
 * graph and places buffers for it; eager mode of Java has no gradients of its own layers. The settings are those of
 * Intel's <a href="https://www.intel.com/content/www/us/en/developer/articles/guide/guide-to-tensorflow-runtime-optimizations-for-cpu.html">
 * guide to run-time optimizations for CPU</a>: oneDNN on, intra-op threads as many as cores, one inter-op thread, and images
 * as NHWC, which is also the only layout that CPU kernels of convolutions train in.
 */
public final class TensorflowContender implements Contender {
    private int threads;

    private TensorflowContender() {
    }

    /**
     * Serves one task, see {@link Host}.
     *
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        Host.main(new TensorflowContender(), args);
    }

    @Override
    public String describe() {
        return "TensorFlow Java " + System.getProperty("peer.version") + " (TensorFlow " + TensorFlow.version()
                + "), graph mode, oneDNN optimizations "
                + ("1".equals(System.getenv("TF_ENABLE_ONEDNN_OPTS")) ? "on" : "by default") + ", " + threads
                + " intra-op and 1 inter-op threads, NHWC";
    }

    @Override
    public Session open(Task task) {
        threads = task.threads();
        var config = ConfigProto.newBuilder().setIntraOpParallelismThreads(threads).setInterOpParallelismThreads(1)
                .build();
        return new TensorflowSession(task, config);
    }
}
