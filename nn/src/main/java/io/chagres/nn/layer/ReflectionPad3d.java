package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands on the other side of the border, which is not repeated, around volumes [N, C, D, H, W], as {@code torch.nn.ReflectionPad3d}; also without N. */
public final class ReflectionPad3d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above, below, before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReflectionPad3d(long... padding) {
        super(3, Pad.Mode.REFLECT, 0, padding);
    }
}
