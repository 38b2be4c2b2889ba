package io.chagres.examples;

import com.sun.management.ThreadMXBean;
import io.chagres.nn.train.TrainingListener;
import java.lang.management.ManagementFactory;

/** Takes notes of a training for the summary: the curve of the loss, and what a step leaves on the Java heap. */
final class TrainingLog implements TrainingListener {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TrainingListener display;
    private final LossCurve curve;
    private final long warmUpSteps;
    private long steps;
    private long samples;
    private long heapBytes;
    private long heapMark;

    /**
     * Notes for a training of this many steps in all, the first half of which counts as warm-up for the heap bytes.
     *
     * @param display told of everything; what it allocates itself is not counted
     */
    TrainingLog(TrainingListener display, int epochs, long batches) {
        this.display = display;
        this.curve = new LossCurve(epochs, batches);
        this.warmUpSteps = epochs * batches / 2;
    }

    @Override
    public void stepDone(int epoch, long step, int batchSamples, double loss) {
        if (steps++ > warmUpSteps) {
            heapBytes += THREADS.getCurrentThreadAllocatedBytes() - heapMark;
        }
        samples += batchSamples;
        curve.add(loss);
        display.stepDone(epoch, step, batchSamples, loss);
        heapMark = THREADS.getCurrentThreadAllocatedBytes();
    }

    @Override
    public void epochDone(int epoch, double meanLoss) {
        display.epochDone(epoch, meanLoss);
        heapMark = THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Samples seen so far. */
    long samples() {
        return samples;
    }

    /** Mean bytes that a step allocates on the Java heap, its batch included, after warm-up. */
    long heapBytesPerStep() {
        return heapBytes / Math.max(1, steps - warmUpSteps - 1);
    }

    LossCurve curve() {
        return curve;
    }
}
