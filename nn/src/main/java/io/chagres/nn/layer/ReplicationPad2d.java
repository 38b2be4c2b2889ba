package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** The element at the border around images [N, C, H, W], as {@code torch.nn.ReplicationPad2d}; also without N. */
public final class ReplicationPad2d extends PaddingLayer {
    /**
     * A layer without parameters.
     *
     * @param padding how much on all sides: one number, or left, right, above and below
     * @throws IllegalArgumentException if there are too few or too many numbers
     */
    public ReplicationPad2d(long... padding) {
        super(2, Pad.Mode.REPLICATE, 0, padding);
    }
}
