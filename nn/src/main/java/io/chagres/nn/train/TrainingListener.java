package io.chagres.nn.train;

/** Is told how a training goes. What it throws ends the training. */
public interface TrainingListener {
    /**
     * Before the first batch of an epoch.
     *
     * @param epoch from 1 on
     * @param batches how many there will be
     */
    default void epochStarted(int epoch, long batches) {
    }

    /**
     * After a step.
     *
     * @param epoch from 1 on
     * @param step in the epoch, from 1 on
     * @param samples in its batch
     * @param loss of its batch, before the parameters were changed
     */
    default void stepDone(int epoch, long step, int samples, double loss) {
    }

    /**
     * After the last batch of an epoch.
     *
     * @param epoch from 1 on
     * @param meanLoss of its batches
     */
    default void epochDone(int epoch, double meanLoss) {
    }

    /** A listener that tells this one first and the next one then. */
    default TrainingListener andThen(TrainingListener next) {
        var first = this;
        return new TrainingListener() {
            @Override
            public void epochStarted(int epoch, long batches) {
                first.epochStarted(epoch, batches);
                next.epochStarted(epoch, batches);
            }

            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                first.stepDone(epoch, step, samples, loss);
                next.stepDone(epoch, step, samples, loss);
            }

            @Override
            public void epochDone(int epoch, double meanLoss) {
                first.epochDone(epoch, meanLoss);
                next.epochDone(epoch, meanLoss);
            }
        };
    }
}
