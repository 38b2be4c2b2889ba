package io.chagres.examples;

import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.TrainingListener;

/**
 * A learning rate that rises in the first three tenths of a training, from 1/25 of the highest, and then falls to almost nothing,
 * both in half waves of the cosine, as {@code torch.optim.lr_scheduler.OneCycleLR} by default (Smith and Topin, 2017).
 */
final class OneCycle implements TrainingListener {
    private static final double RISING = 0.3;
    private static final double FIRST = 1.0 / 25;
    private static final double LAST = FIRST / 1e4;

    private final Optimizer optimizer;
    private final double highest;
    private final long steps;
    private long done;

    /** Sets the rate of the first step, and after each step that of the next. */
    OneCycle(Optimizer optimizer, double highest, long steps) {
        this.optimizer = optimizer;
        this.highest = highest;
        this.steps = steps;
        optimizer.learningRate(rate(0));
    }

    @Override
    public void stepDone(int epoch, long step, int samples, double loss) {
        optimizer.learningRate(rate(Math.min(++done, steps - 1)));
    }

    private double rate(long step) {
        double top = RISING * steps - 1;
        return step <= top
                ? highest * between(FIRST, 1, step / top)
                : highest * between(1, LAST, (step - top) / (steps - 1 - top));
    }

    private static double between(double from, double to, double share) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * share));
    }
}
