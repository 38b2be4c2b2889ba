package io.chagres.bench.djl;

import ai.djl.engine.Engine;
import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import java.io.IOException;

/**
 * Deep Java Library with its PyTorch engine, with its own blocks, trainer and predictor. Threads are set by the two properties
 * of <a href="https://docs.djl.ai/master/docs/development/inference_performance_optimization.html">its page on performance</a>;
 * arrays are freed by sub-managers, step by step, as <a href="https://docs.djl.ai/master/docs/development/memory_management.html">its
 * page on memory</a> says.
 */
public final class DjlContender implements Contender {
    private int threads;

    private DjlContender() {
    }

    /**
     * Serves one task, see {@link Host}.
     *
     * @throws IOException if the data cannot be read
     */
    public static void main(String[] args) throws IOException {
        Host.main(new DjlContender(), args);
    }

    @Override
    public String describe() {
        return "DJL " + Engine.getDjlVersion() + ", PyTorch engine " + Engine.getInstance().getVersion()
                + ", imperative blocks, " + threads + " intra-op and 1 inter-op threads";
    }

    @Override
    public Session open(Task task) {
        threads = task.threads();
        // The engine reads these when it starts.
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        Engine.getInstance().setRandomSeed(1);
        return task.training() ? new DjlTraining(task) : new DjlInference(task);
    }
}
