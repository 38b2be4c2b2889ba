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
}
