package io.chagres.nn.layer;

/** One value around images [N, C, H, W], as {@code torch.nn.ConstantPad2d}; also without N. */
public final class ConstantPad2d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param value what stands there
     * @param padding how much on all sides: one number, or left, right, above and below; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ConstantPad2d(double value, long... padding) {
        super(2, null, value, padding);
    }
}
