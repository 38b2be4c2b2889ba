package io.chagres.nn.layer;

/** One value around sequences [N, C, L], as {@code torch.nn.ConstantPad1d}; also without N. */
public final class ConstantPad1d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param value what stands there
     * @param padding how much on all sides: one number, or before and behind; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ConstantPad1d(double value, long... padding) {
        super(1, null, value, padding);
    }
}
