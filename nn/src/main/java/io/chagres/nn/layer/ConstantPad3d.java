package io.chagres.nn.layer;

/** One value around volumes [N, C, D, H, W], as {@code torch.nn.ConstantPad3d}; also without N. */
public final class ConstantPad3d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param value what stands there
     * @param padding how much on all sides: one number, or left, right, above, below, before and behind; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ConstantPad3d(double value, long... padding) {
        super(3, null, value, padding);
    }
}
