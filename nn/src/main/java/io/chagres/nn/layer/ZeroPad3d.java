package io.chagres.nn.layer;

/** Zeros around volumes [N, C, D, H, W], as {@code torch.nn.ZeroPad3d}; also without N. */
public final class ZeroPad3d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above, below, before and behind; negative ones cut off
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ZeroPad3d(long... padding) {
        super(3, null, 0, padding);
    }
}
