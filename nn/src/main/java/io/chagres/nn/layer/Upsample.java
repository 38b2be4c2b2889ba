package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Interpolate;
import io.chagres.runtime.op.Interpolate.Mode;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * Lines, images or volumes in another size, as {@code torch.nn.Upsample}: x [N, C, L], [N, C, H, W] or [N, C, D, H, W], y likewise. See
 * {@link Interpolate}.
 */
public sealed class Upsample extends Module permits UpsamplingNearest2d, UpsamplingBilinear2d {
    /** One number for each spatial dimension or one for all; one of both is null. */
    private final long[] size;
    private final double[] scaleFactor;
    private final Mode mode;
    private final boolean alignCorners;
    private final boolean recomputeScaleFactor;

    /** So many times the size, by the nearest element. */
    public Upsample(double scaleFactor) {
        this(scaleFactor, Mode.NEAREST);
    }

    /** So many times the size. */
    public Upsample(double scaleFactor, Mode mode) {
        this(new double[]{scaleFactor}, mode, false, false);
    }

    /**
     * So many times the size.
     *
     * @param scaleFactor one number for each spatial dimension, or one for all
     * @param alignCorners whether the corners' middles stay where they are
     * @param recomputeScaleFactor whether elements are taken from where the rounded sizes say
     */
    public Upsample(double[] scaleFactor, Mode mode, boolean alignCorners, boolean recomputeScaleFactor) {
        this.size = null;
        this.scaleFactor = scaleFactor.clone();
        this.mode = mode;
        this.alignCorners = alignCorners;
        this.recomputeScaleFactor = recomputeScaleFactor;
        check(scaleFactor.length > 0 && Arrays.stream(scaleFactor).allMatch(s -> s > 0 && Double.isFinite(s)));
    }

    /** To that size by the nearest element. */
    public Upsample(long[] size) {
        this(size, Mode.NEAREST, false);
    }

    /**
     * To that size.
     *
     * @param size one number for each spatial dimension, or one for all
     * @param alignCorners whether the corners' middles stay where they are
     */
    public Upsample(long[] size, Mode mode, boolean alignCorners) {
        this.size = size.clone();
        this.scaleFactor = null;
        this.mode = mode;
        this.alignCorners = alignCorners;
        this.recomputeScaleFactor = false;
        check(size.length > 0 && Arrays.stream(size).allMatch(s -> s > 0));
    }

    private void check(boolean positive) {
        if (mode == null) {
            throw new NullPointerException(getClass().getSimpleName() + ": the mode is null");
        }
        if (!positive) {
            throw new IllegalArgumentException(this + ": positive numbers are needed");
        }
        if (alignCorners && (mode == Mode.NEAREST || mode == Mode.NEAREST_EXACT || mode == Mode.AREA)) {
            throw new IllegalArgumentException(this + ": there are no corners to align; only linear, bilinear, bicubic"
                    + " and trilinear have");
        }
    }

    @Override
    public final Tensor forward(Tensor x) {
        try {
            return size != null
                    ? x.interpolate(size, mode, alignCorners)
                    : x.interpolate(scaleFactor, mode, alignCorners, recomputeScaleFactor);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    @Override
    protected final String describe() {
        String text = size != null
                ? "size=" + (size.length == 1 ? Long.toString(size[0]) : Arrays.toString(size))
                : "scale_factor="
                        + (scaleFactor.length == 1 ? Double.toString(scaleFactor[0]) : Arrays.toString(scaleFactor));
        return text + ", mode='" + mode + "'";
    }
}
