package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** The element at the border around volumes [N, C, D, H, W], as {@code torch.nn.ReplicationPad3d}; also without N. */
public final class ReplicationPad3d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above, below, before and behind
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReplicationPad3d(long... padding) {
        super(3, Pad.Mode.REPLICATE, 0, padding);
    }
}
