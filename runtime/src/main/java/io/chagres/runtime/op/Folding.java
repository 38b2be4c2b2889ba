package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/**
 * The windows of images as the columns of a matrix, and back. Wherever sizes are given for height and width, one number stands for
 * both.
 */
public final class Folding {
    private static final long MOST = 1 << 30;
    private static final int RANK = 4;

    private Folding() {
    }

    /** Windows of two dimensions; each array has the height's number first. */
    private record Form(String name, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        static Form of(String name, Tensor x, long[] kernel, long[] dilation, long[] padding, long[] stride) {
            return new Form(name, pair(name, "kernel", kernel, 1, x), pair(name, "dilation", dilation, 1, x),
                    pair(name, "padding", padding, 0, x), pair(name, "stride", stride, 1, x));
        }

        long extent(int d) {
            return (kernel[d] - 1) * dilation[d] + 1;
        }

        /** How many windows there are in a dimension of an image. */
        long windows(int d, long size) {
            return Math.floorDiv(size + 2 * padding[d] - extent(d), stride[d]) + 1;
        }

        void check(Tensor x, long height, long width) {
            if (windows(0, height) < 1 || windows(1, width) < 1) {
                throw new IllegalArgumentException(name + ": [" + height + ", " + width + "] with kernel "
                        + Arrays.toString(kernel) + ", dilation " + Arrays.toString(dilation) + ", padding "
                        + Arrays.toString(padding) + ": no window fits; input " + x.shape());
            }
        }
    }

    private static long[] pair(String name, String role, long[] given, long least, Tensor x) {
        int count = Check.notNull(name, "the " + role, given).length;
        if (count != 1 && count != 2 || Math.min(given[0], given[count - 1]) < least
                || Math.max(given[0], given[count - 1]) > MOST) {
            throw new IllegalArgumentException(name + ": " + role + " " + Arrays.toString(given) + " for an input "
                    + x.shape() + "; one number or two are needed, at least " + least + " and at most 2^30");
        }
        return new long[]{given[0], given[count - 1]};
    }

    /**
     * The elements of each window as a column, as {@code torch.nn.functional.unfold}: y[n, (c, k, l), (i, j)] = x[n, c, i · stride
     * + k · dilation - padding, j · ...], with zeros around the input.
     *
     * @param x [N, C, H, W], or [C, H, W] for one image; floating point
     * @param kernel the sizes of a window
     * @param dilation how far apart the elements of a window are; 1 in PyTorch
     * @param padding how many zeros are around the input; 0 in PyTorch
     * @param stride how far apart windows begin; 1 in PyTorch
     * @return [N, C · height · width of a window, windows], or without N
     * @throws IllegalArgumentException if shapes do not fit or there is no window
     */
    public static Tensor unfold(Tensor x, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        String name = "unfold";
        Check.floating(name, "the input", x);
        if (x.rank() != RANK && x.rank() != RANK - 1) {
            throw new IllegalArgumentException(
                    name + ": input " + x.shape() + "; [N, C, H, W] or [C, H, W] is needed");
        }
        var form = Form.of(name, x, kernel, dilation, padding, stride);
        form.check(x, x.size(-2), x.size(-1));
        return x.rank() == RANK ? unfold(x, form) : Views.squeeze(unfold(Views.unsqueeze(x, 0), form), 0);
    }

    private static Tensor unfold(Tensor x, Form form) {
        var y = Pad.pad(x, form.padding[1], form.padding[1], form.padding[0], form.padding[0]);
        for (int d = 0; d < 2; d++) {
            y = Windows.unfold(y, 2 + d, form.extent(d), form.stride[d]);
            y = Slices.slice(y, -1, 0, form.extent(d), form.dilation[d]);
        }
        long rows = x.size(1) * form.kernel[0] * form.kernel[1];
        return Views.reshape(Views.permute(y, 0, 1, 4, 5, 2, 3), x.size(0), rows,
                form.windows(0, x.size(2)) * form.windows(1, x.size(3)));
    }

    /**
     * The sums of all windows that an element is in, as {@code torch.nn.functional.fold}: what {@link #unfold} does to the
     * gradient of its result.
     *
     * @param x [N, C · height · width of a window, windows], or without N; floating point
     * @param size height and width of the result
     * @param kernel the sizes of a window
     * @param dilation how far apart the elements of a window are; 1 in PyTorch
     * @param padding how much of the sums is left out at the borders; 0 in PyTorch
     * @param stride how far apart windows begin; 1 in PyTorch
     * @return [N, C, height, width], or without N
     * @throws IllegalArgumentException if shapes do not fit
     */
    public static Tensor fold(Tensor x, long[] size, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        String name = "fold";
        Check.floating(name, "the input", x);
        if (x.rank() != 2 && x.rank() != 3) {
            throw new IllegalArgumentException(
                    name + ": input " + x.shape() + "; [N, C · window, windows] or without N is needed");
        }
        var form = Form.of(name, x, kernel, dilation, padding, stride);
        var to = pair(name, "size", size, 1, x);
        form.check(x, to[0], to[1]);
        long window = form.kernel[0] * form.kernel[1];
        long windows = form.windows(0, to[0]) * form.windows(1, to[1]);
        if (x.size(-2) % window != 0 || x.size(-1) != windows) {
            throw new IllegalArgumentException(name + ": input " + x.shape() + " for a result of "
                    + Arrays.toString(to) + " and a kernel " + Arrays.toString(form.kernel) + "; rows that " + window
                    + " divides and " + windows + " columns are needed");
        }
        return x.rank() == 3 ? fold(x, to, form) : Views.squeeze(fold(Views.unsqueeze(x, 0), to, form), 0);
    }

    private static Tensor fold(Tensor x, long[] size, Form form) {
        long channels = x.size(1) / form.kernel[0] / form.kernel[1];
        long height = form.windows(0, size[0]);
        long width = form.windows(1, size[1]);
        var sums = Tensor.full(x.dtype(), 0, x.size(0), channels, size[0] + 2 * form.padding[0],
                size[1] + 2 * form.padding[1]);
        var columns = x.detach().contiguous().view(x.size(0), channels, form.kernel[0], form.kernel[1], height, width);
        var dims = new long[]{x.size(0), channels, height, width};
        var strides = new long[]{sums.stride(0), sums.stride(1), sums.stride(2) * form.stride[0], form.stride[1]};
        for (long k = 0; k < form.kernel[0]; k++) {
            for (long l = 0; l < form.kernel[1]; l++) {
                // within one place of the windows no two share an element
                var target = sums.viewAs(Shape.of(dims), Layout.of(dims, strides),
                        k * form.dilation[0] * sums.stride(2) + l * form.dilation[1]);
                if (target.numel() > 0) {
                    Arithmetic.addInto(Slices.select(Slices.select(columns, 2, k), 2, l), target);
                }
            }
        }
        var inside = Slices.narrow(Slices.narrow(sums, 2, form.padding[0], size[0]), 3, form.padding[1], size[1]);
        return Autograd.record(Op.composed("fold", Op.NOTHING, flow -> flow.give(0, unfold(flow.gradOutput(), form))),
                inside.contiguous(), x);
    }
}
