package io.chagres.nn.layer;

import io.chagres.runtime.op.Interpolate.Mode;

/** Images [N, C, H, W] in another size, by the nearest element, as {@code torch.nn.UpsamplingNearest2d}. */
public final class UpsamplingNearest2d extends Upsample {
    /** So many times the size. */
    public UpsamplingNearest2d(double scaleFactor) {
        super(new double[]{scaleFactor}, Mode.NEAREST, false, false);
    }

    /** To that height and width, or one number for both. */
    public UpsamplingNearest2d(long[] size) {
        super(size, Mode.NEAREST, false);
    }
}
