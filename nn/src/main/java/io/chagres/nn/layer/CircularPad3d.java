package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands at the other end around volumes [N, C, D, H, W], as {@code torch.nn.CircularPad3d}; also without N. */
public final class CircularPad3d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above, below, before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public CircularPad3d(long... padding) {
        super(3, Pad.Mode.CIRCULAR, 0, padding);
    }
}
