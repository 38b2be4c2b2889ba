package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands at the other end around sequences [N, C, L], as {@code torch.nn.CircularPad1d}; also without N. */
public final class CircularPad1d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public CircularPad1d(long... padding) {
        super(1, Pad.Mode.CIRCULAR, 0, padding);
    }
}
