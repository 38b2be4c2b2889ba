package io.chagres.nn.loss;

/** How the losses of a batch become one number. */
public enum Reduction {
    /** Their mean. */
    MEAN,
    /** Their sum. */
    SUM
}
