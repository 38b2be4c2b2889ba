package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.ConvolutionPlan.Sizes;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Convolutions of any sizes as matrix products: the elements of all windows are laid out as the columns of a matrix, some
 * images at a time. For types and sizes that oneDNN has no good kernel for. Nothing is recorded.
 */
final class PlainConvolution {
    /** The most elements of columns at a time, unless one image has more. */
    private static final long MOST = 1 << 21;

    private final Sizes sizes;
    private final int spatial;
    /** The sizes of images with what windows see around them. */
    private final long[] padded;

    private PlainConvolution(Sizes sizes) {
        this.sizes = sizes;
        this.spatial = sizes.to().length;
        this.padded = new long[spatial];
        for (int d = 0; d < spatial; d++) {
            padded[d] = (sizes.to()[d] - 1) * sizes.stride()[d] + (sizes.kernel()[d] - 1) * sizes.dilation()[d] + 1;
        }
    }

    /** Some images. */
    private interface Chunk {
        void run(long from, long count);
    }

    /** y = x * w. */
    static void result(Sizes sizes, Tensor x, Tensor w, Tensor y) {
        var own = new PlainConvolution(sizes);
        own.inChunks((from, count) -> {
            var columns = own.columns(own.surrounded(x.narrow(0, from, count)));
            var rows = Matmul.matmul(own.weightMatrices(w), columns);
            Convert.copy(rows.view(own.channelsFirst(count)).transpose(0, 1), y.detach().narrow(0, from, count));
        });
    }

    /** x = the transposed convolution of y and w. */
    static void data(Sizes sizes, Tensor y, Tensor w, Tensor x) {
        var own = new PlainConvolution(sizes);
        var transposed = own.weightMatrices(w).transpose(1, 2);
        own.inChunks((from, count) -> {
            var columns = Matmul.matmul(transposed, own.resultMatrices(y.narrow(0, from, count)));
            var sums = Tensor.full(x.dtype(), 0, own.paddedDims(count));
            own.addColumns(columns, sums);
            var target = x.detach().narrow(0, from, count).fill(0);
            for (int d = 0; d < own.spatial; d++) {
                long seen = own.seen(d);
                sums = sums.narrow(2 + d, Math.min(sizes.before()[d], own.padded[d]), seen);
                target = target.narrow(2 + d, 0, seen);
            }
            Convert.copy(sums, target);
        });
    }

    /** w = the gradient of the weight where that of the result is y. */
    static void weight(Sizes sizes, Tensor x, Tensor y, Tensor w) {
        var own = new PlainConvolution(sizes);
        var sums = w.detach().fill(0).view(own.weightMatrices(w).shape().toArray());
        own.inChunks((from, count) -> {
            var columns = own.columns(own.surrounded(x.narrow(0, from, count)));
            var results = own.resultMatrices(y.narrow(0, from, count));
            Arithmetic.addInto(Matmul.matmul(results, columns.transpose(1, 2)), sums);
        });
    }

    private void inChunks(Chunk chunk) {
        long each = sizes.in();
        for (int d = 0; d < spatial; d++) {
            each = Math.max(1, each * sizes.kernel()[d] * sizes.to()[d]);
        }
        long most = Math.max(1, MOST / each);
        for (long from = 0; from < sizes.batch(); from += most) {
            try (var _ = Autograd.noGrad(); var _ = Scope.open()) {
                chunk.run(from, Math.min(most, sizes.batch() - from));
            }
        }
    }

    /** How many elements of the data windows can see, from its first on. */
    private long seen(int d) {
        return Math.clamp(padded[d] - sizes.before()[d], 0, sizes.from()[d]);
    }

    private long[] paddedDims(long count) {
        return dims(count, sizes.in(), padded);
    }

    private long[] channelsFirst(long count) {
        return dims(sizes.out(), count, sizes.to());
    }

    private static long[] dims(long first, long second, long... rest) {
        var dims = new long[2 + rest.length];
        dims[0] = first;
        dims[1] = second;
        System.arraycopy(rest, 0, dims, 2, rest.length);
        return dims;
    }

    /** Images with zeros around them. */
    private Tensor surrounded(Tensor x) {
        var all = Tensor.full(x.dtype(), 0, paddedDims(x.size(0)));
        var target = all;
        var source = x;
        for (int d = 0; d < spatial; d++) {
            target = target.narrow(2 + d, Math.min(sizes.before()[d], padded[d]), seen(d));
            source = source.narrow(2 + d, 0, seen(d));
        }
        Convert.copy(source, target);
        return all;
    }

    /** [groups, out / groups, in / groups · kernel]. */
    private Tensor weightMatrices(Tensor w) {
        long out = sizes.out() / sizes.groups();
        return w.detach().view(sizes.groups(), out, w.numel() / sizes.out());
    }

    /** [groups, out / groups, images · windows]. */
    private Tensor resultMatrices(Tensor y) {
        return y.transpose(0, 1).contiguous().view(sizes.groups(), sizes.out() / sizes.groups(),
                y.numel() / sizes.out());
    }

    /** [groups, in / groups · kernel, images · windows]. */
    private Tensor columns(Tensor images) {
        var windows = windows(images).contiguous();
        long rows = sizes.in() / sizes.groups();
        for (long k : sizes.kernel()) {
            rows *= k;
        }
        return windows.view(sizes.groups(), rows, windows.numel() / rows / sizes.groups());
    }

    /** [in, kernel..., images, windows...], seen in dense images with what is around them. */
    private Tensor windows(Tensor images) {
        var dims = new long[2 + 2 * spatial];
        var strides = new long[dims.length];
        dims[0] = sizes.in();
        strides[0] = images.stride(1);
        dims[1 + spatial] = images.size(0);
        strides[1 + spatial] = images.stride(0);
        for (int d = 0; d < spatial; d++) {
            dims[1 + d] = sizes.kernel()[d];
            strides[1 + d] = images.stride(2 + d) * sizes.dilation()[d];
            dims[2 + spatial + d] = sizes.to()[d];
            strides[2 + spatial + d] = images.stride(2 + d) * sizes.stride()[d];
        }
        return images.viewAs(Shape.of(dims), Layout.of(dims, strides), 0);
    }

    /** Adds columns to the elements that they come from: within one place of the kernel no two share an element. */
    private void addColumns(Tensor columns, Tensor images) {
        var windows = windows(images);
        var all = columns.view(windows.shape().toArray());
        var place = new long[spatial];
        do {
            var target = windows;
            var source = all;
            for (int d = 0; d < spatial; d++) {
                target = target.select(1, place[d]);
                source = source.select(1, place[d]);
            }
            Arithmetic.addInto(source, target);
        } while (next(place));
    }

    private boolean next(long... place) {
        for (int d = spatial - 1; d >= 0; d--) {
            if (++place[d] < sizes.kernel()[d]) {
                return true;
            }
            place[d] = 0;
        }
        return false;
    }
}
