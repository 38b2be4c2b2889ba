package io.chagres.nn.layer;

/** Zeros around images [N, C, H, W], as {@code torch.nn.ZeroPad2d}; also without N. */
public final class ZeroPad2d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above and below; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ZeroPad2d(long... padding) {
        super(2, null, 0, padding);
    }
}
