package io.chagres.runtime.kernel;

import java.util.List;

/** Optimizer steps with settings that let every term of the rule count. */
final class Steps {
    /** Pieces of all kinds. */
    static final List<Pieces> LINES = List.of(Pieces.upTo(0, Pieces.Line.times(0.01), Pieces.Line.SAME),
            new Pieces(-1, 1, false, Pieces.Line.number(-1), Pieces.Line.SAME, Pieces.Line.number(1)),
            new Pieces(-1, 1, true, Pieces.Line.NONE, Pieces.Line.SAME, Pieces.Line.NONE),
            new Pieces(-0.5, 0.5, false, new Pieces.Line(1, 0.5), Pieces.Line.NONE, new Pieces.Line(1, -0.5)),
            new Pieces(0.5, -0.5, false, Pieces.Line.times(2), Pieces.Line.NONE, Pieces.Line.times(3)));

    static final double BETA1 = 0.9;
    static final double BETA2 = 0.99;
    static final double EPSILON = 1e-3;
    static final double RATE = 0.01;

    private Steps() {
    }

    /** The first step. */
    static AdamStep adam(float decay, float l2) {
        var step = new AdamStep();
        step.beta1 = (float) BETA1;
        step.beta2 = (float) BETA2;
        step.oneMinusBeta1 = (float) (1 - BETA1);
        step.oneMinusBeta2 = (float) (1 - BETA2);
        step.epsilon = (float) EPSILON;
        step.decay = decay;
        step.l2 = l2;
        at(step, 1);
        return step;
    }

    /** The numbers that depend on the count of steps. */
    static void at(AdamStep step, int t) {
        step.rate = (float) (RATE / (1 - Math.pow(BETA1, t)));
        step.rootScale = (float) (1 / Math.sqrt(1 - Math.pow(BETA2, t)));
    }

    static SgdStep sgd(float momentum, boolean first, boolean nesterov) {
        var step = new SgdStep();
        step.rate = (float) RATE;
        step.momentum = momentum;
        step.dampening = nesterov ? 0 : 0.3f;
        step.l2 = 0.02f;
        step.first = first;
        step.nesterov = nesterov;
        return step;
    }
}
