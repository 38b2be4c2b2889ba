package io.chagres.nn.layer;

/** Zeros around sequences [N, C, L], as {@code torch.nn.ZeroPad1d}; also without N. */
public final class ZeroPad1d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or before and behind; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ZeroPad1d(long... padding) {
        super(1, null, 0, padding);
    }
}
