package io.chagres.bench.contender;

import java.util.Locale;

/**
 * What is to be run.
 *
 * @param training whole training steps, or forward passes without a tape
 * @param batch samples a step
 * @param threads that a library's kernels may use
 * @param data the batches
 */
public record Task(Workload workload, boolean training, int batch, int threads, Data data) {
    /** Such as {@code W1 training, batch 64, 2 threads}. */
    public String name() {
        return String.format(Locale.ROOT, "%s %s, batch %d, %d thread%s", workload,
                training ? "training" : "inference", batch, threads, threads == 1 ? "" : "s");
    }
}
