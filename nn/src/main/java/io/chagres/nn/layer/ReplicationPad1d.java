package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** The element at the border around sequences [N, C, L], as {@code torch.nn.ReplicationPad1d}; also without N. */
public final class ReplicationPad1d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReplicationPad1d(long... padding) {
        super(1, Pad.Mode.REPLICATE, 0, padding);
    }
}
