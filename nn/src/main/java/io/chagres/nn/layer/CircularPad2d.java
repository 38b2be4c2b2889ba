package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands at the other end around images [N, C, H, W], as {@code torch.nn.CircularPad2d}; also without N. */
public final class CircularPad2d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above and below
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public CircularPad2d(long... padding) {
        super(2, Pad.Mode.CIRCULAR, 0, padding);
    }
}
