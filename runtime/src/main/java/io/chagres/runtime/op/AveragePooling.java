package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * Windows of sequences, images and volumes reduced to their average. Where the input has its channels innermost in memory,
 * results and gradients have too.
 */
public final class AveragePooling {
    private static final long[] ONE = {1};

    private AveragePooling() {
    }

    /** {@link #avgPool2d} of sequences [N, C, L] or [C, L]. */
    public static Tensor avgPool1d(Tensor x, long[] kernel, long[] stride, long[] padding, boolean ceilMode,
            boolean countIncludePad) {
        return pool("avgPool1d", 1, x, kernel, stride, padding, ceilMode, countIncludePad, 0);
    }

    /**
     * The average of each window, as {@code torch.nn.functional.avg_pool2d}. Sizes are as in {@link Pooling#maxPool2d}.
     *
     * @param x [N, C, H, W] or [C, H, W], of any floating point type
     * @param kernel height and width of a window, or one number for both, as in the other arrays
     * @param stride how far apart windows begin; null for the kernel
     * @param padding how far windows reach out of the input, at most half a window; {0} in PyTorch
     * @param ceilMode whether windows that reach behind the input and its padding count
     * @param countIncludePad whether zeros around the input count; true in PyTorch
     * @param divisorOverride what sums are divided by, instead of the number of elements; 0 for that
     * @return [N, C, height, width] or [C, height, width]
     * @throws IllegalArgumentException if shapes do not fit, there is no window, or the divisor does not fit in 32 bits
     */
    public static Tensor avgPool2d(Tensor x, long[] kernel, long[] stride, long[] padding, boolean ceilMode,
            boolean countIncludePad, long divisorOverride) {
        return pool("avgPool2d", 2, x, kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }

    /** {@link #avgPool2d} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor avgPool3d(Tensor x, long[] kernel, long[] stride, long[] padding, boolean ceilMode,
            boolean countIncludePad, long divisorOverride) {
        return pool("avgPool3d", 3, x, kernel, stride, padding, ceilMode, countIncludePad, divisorOverride);
    }

    /** {@link #adaptiveAvgPool2d} of sequences [N, C, L] or [C, L]. */
    public static Tensor adaptiveAvgPool1d(Tensor x, long... sizes) {
        return adaptive("adaptiveAvgPool1d", 1, x, sizes);
    }

    /**
     * The averages of as many windows as are wanted, as {@code torch.nn.functional.adaptive_avg_pool2d}; the windows are those
     * of {@link Pooling#adaptiveMaxPool2d}. With sizes of 1 it is global average pooling.
     *
     * @param x [N, C, H, W] or [C, H, W], of any floating point type
     * @param sizes the result's height and width, or one number for both; a negative one keeps the input's size
     * @throws IllegalArgumentException if shapes do not fit, or a size is 0
     */
    public static Tensor adaptiveAvgPool2d(Tensor x, long... sizes) {
        return adaptive("adaptiveAvgPool2d", 2, x, sizes);
    }

    /** {@link #adaptiveAvgPool2d} of volumes [N, C, D, H, W] or [C, D, H, W]. */
    public static Tensor adaptiveAvgPool3d(Tensor x, long... sizes) {
        return adaptive("adaptiveAvgPool3d", 3, x, sizes);
    }

    private static Tensor pool(String name, int spatial, Tensor x, long[] kernel, long[] stride, long[] padding,
            boolean ceilMode, boolean countIncludePad, long divisor) {
        var batch = PoolForm.batch(name, spatial, x);
        if (divisor != (int) divisor) {
            throw new IllegalArgumentException(name + ": divisor " + divisor + " for an input " + x.shape()
                    + "; it has 32 bits, and 0 stands for none");
        }
        return PoolForm.like(x, average(name, batch,
                PoolForm.of(name, batch, kernel, stride, padding, ONE, ceilMode, countIncludePad, divisor)));
    }

    private static Tensor adaptive(String name, int spatial, Tensor x, long[] sizes) {
        var batch = PoolForm.batch(name, spatial, x);
        var form = PoolForm.adaptive(name, batch, sizes);
        return PoolForm.like(x, form.isGlobal()
                ? Reduce.mean(batch, spatial == 1 ? new int[]{2} : spatial == 2 ? new int[]{2, 3} : new int[]{2, 3, 4},
                        true)
                : average(name, batch, form));
    }

    private static Tensor average(String name, Tensor given, PoolForm form) {
        var x = Convert.denseImages(Convert.to(given, PoolForm.wide(given.dtype())));
        boolean last = x.isChannelsLast();
        return Convert.to(run(name, form, x, last, false), given.dtype());
    }

    /** The averages, or for the gradient what each element has of them: each is the gradient of the other. */
    private static Tensor run(String name, PoolForm form, Tensor from, boolean last, boolean back) {
        var x = PoolForm.dense(from, last);
        var shape = back ? form.inputs(x.shape()) : form.results(x.shape());
        var y = Tensor.empty(x.dtype(), shape, PoolForm.layout(shape, last), name);
        if (y.numel() > 0) {
            Storage.acquire(name, x.storage(), y.storage(), null, null);
            try {
                compute(form, x, y, last, back);
            } finally {
                Storage.release(x.storage(), y.storage(), null, null);
            }
        }
        return Autograd.record(Op.composed(name, Op.NOTHING,
                flow -> flow.give(0, run(name, form, flow.gradOutput(), last, !back))), y, x);
    }

    private static void compute(PoolForm form, Tensor x, Tensor y, boolean last, boolean back) {
        if (x.dtype() != DType.FLOAT32 || !form.isNative()) {
            loop(form, x, y, last, back);
        } else if (back) {
            form.averagePlan(y.shape(), last).backward(place(x), null, place(y));
        } else {
            form.averagePlan(x.shape(), last).forward(place(x), place(y), null);
        }
    }

    private static Place place(Tensor tensor) {
        return new Place(tensor.storage().base(), tensor.position());
    }

    private static void loop(PoolForm form, Tensor x, Tensor y, boolean last, boolean back) {
        var dtype = x.dtype();
        int bytes = dtype.bytes();
        var from = x.storage().base();
        var to = y.storage().base();
        if (back) {
            y.fill(0);
        }
        form.walk(back ? y.shape() : x.shape(), last, (first, gap) -> new PoolForm.Walk() {
            private double number;

            @Override
            public void begin(long window, long out) {
                number = back
                        ? Elements.getDouble(dtype, from, x.position() + out * bytes) / form.divisor(window)
                        : 0;
            }

            @Override
            public void see(long element) {
                long at = (first + element * gap) * bytes;
                if (back) {
                    Elements.putDouble(dtype, to, y.position() + at,
                            Elements.getDouble(dtype, to, y.position() + at) + number);
                } else {
                    number += Elements.getDouble(dtype, from, x.position() + at);
                }
            }

            @Override
            public void end(long window, long out) {
                if (!back) {
                    Elements.putDouble(dtype, to, y.position() + out * bytes, number / form.divisor(window));
                }
            }
        });
    }
}
