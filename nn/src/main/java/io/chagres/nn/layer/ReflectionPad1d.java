package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands on the other side of the border, which is not repeated, around sequences [N, C, L], as {@code torch.nn.ReflectionPad1d}; also without N. */
public final class ReflectionPad1d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReflectionPad1d(long... padding) {
        super(1, Pad.Mode.REFLECT, 0, padding);
    }
}
