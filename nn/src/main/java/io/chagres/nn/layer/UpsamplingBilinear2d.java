package io.chagres.nn.layer;

import io.chagres.runtime.op.Interpolate.Mode;

/** Images [N, C, H, W] in another size, linear in both directions, with the corners' middles where they were, as {@code torch.nn.UpsamplingBilinear2d}. */
public final class UpsamplingBilinear2d extends Upsample {
    /** So many times the size. */
    public UpsamplingBilinear2d(double scaleFactor) {
        super(new double[]{scaleFactor}, Mode.BILINEAR, true, false);
    }

    /** To that height and width, or one number for both. */
    public UpsamplingBilinear2d(long[] size) {
        super(size, Mode.BILINEAR, true);
    }
}
