package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands on the other side of the border, which is not repeated, around images [N, C, H, W], as {@code torch.nn.ReflectionPad2d}; also without N. */
public final class ReflectionPad2d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above and below
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReflectionPad2d(long... padding) {
        super(2, Pad.Mode.REFLECT, 0, padding);
    }
}
