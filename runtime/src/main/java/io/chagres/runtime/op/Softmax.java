package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.SoftmaxGradients;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ along one dimension, and its logarithm; the greatest x is subtracted first. A number without
 * dimensions is as a vector of one. A row of nothing but -∞ gives NaN, as in PyTorch.
 */
public final class Softmax {
    private Softmax() {
    }

    /**
     * e^x over its sum along a dimension.
     *
     * @throws IllegalArgumentException if x has integers
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public static Tensor softmax(Tensor x, int dim) {
        return along("softmax", SOFTMAX, x, dim);
    }

    /** The logarithm of {@link #softmax}, without its loss of accuracy. */
    public static Tensor logSoftmax(Tensor x, int dim) {
        return along("logSoftmax", LOG_SOFTMAX, x, dim);
    }

    /** {@link #softmax} of -x: the least elements get the most. */
    public static Tensor softmin(Tensor x, int dim) {
        axis("softmin", x, dim);
        return softmax(Pointwise.neg(x), dim);
    }

    /**
     * {@link #softmax} over the channels of images, as {@code torch.nn.Softmax2d}.
     *
     * @param x [N, C, H, W] or [C, H, W]
     * @throws IllegalArgumentException if x has another rank or integers
     */
    public static Tensor softmax2d(Tensor x) {
        if (Check.floating("softmax2d", "the operand", x).rank() != 3 && x.rank() != 4) {
            throw new IllegalArgumentException(
                    "softmax2d: " + x.shape() + " has " + x.rank()
                            + " dimensions; [N, C, H, W] or [C, H, W] is needed");
        }
        return softmax(x, -3);
    }

    /** The index of a dimension; 0 and -1 are allowed where there is none. */
    private static int axis(String name, Tensor x, int dim) {
        var shape = Check.floating(name, "the operand", x).shape();
        return shape.rank() == 0 && (dim == 0 || dim == -1) ? 0 : shape.axis(name, dim);
    }

    /** A dense result, whatever the dimension. */
    private static Tensor along(String name, Rows op, Tensor x, int dim) {
        int axis = axis(name, x, dim);
        if (x.dtype() != x.dtype().computed()) {
            return Convert.to(along(name, op, Convert.to(x, x.dtype().computed()), dim), x.dtype());
        }
        int last = x.rank() - 1;
        return axis >= last
                ? op.apply(x)
                : Convert.contiguous(Views.transpose(op.apply(Views.transpose(x, axis, last)), axis, last));
    }

    private static final Rows SOFTMAX = new Rows("softmax", false);
    private static final Rows LOG_SOFTMAX = new Rows("logSoftmax", true);

    /** Along the last dimension. */
    private static final class Rows extends Op {
        private final boolean log;

        Rows(String name, boolean log) {
            super(name);
            this.log = log;
        }

        Tensor apply(Tensor operand) {
            var x = operand.contiguous();
            var y = Tensor.empty(x.dtype(), x.shape(), name());
            if (x.numel() > 0) {
                int cols = cols(x);
                Storage.acquire(name(), x.storage(), y.storage(), null, null);
                try {
                    inParts(x.numel() / cols, cols, (from, count) -> compute(x, y, from, count, cols));
                } finally {
                    Storage.release(x.storage(), y.storage(), null, null);
                }
            }
            return Autograd.record(this, y, x);
        }

        private int cols(Tensor x) {
            return x.rank() == 0 ? 1 : Check.int32(name(), x.shape(), x.size(-1));
        }

        private void compute(Tensor x, Tensor y, long from, int rows, int cols) {
            var in = x.storage().base();
            var out = y.storage().base();
            long xo = x.position() + from * cols * x.dtype().bytes();
            long yo = y.position() + from * cols * y.dtype().bytes();
            if (x.dtype() == DType.FLOAT64) {
                for (int row = 0; row < rows; row++) {
                    row64(in, xo + 8L * row * cols, out, yo + 8L * row * cols, cols, log);
                }
            } else if (log) {
                Kernels.best().logSoftmaxRows(in, xo, out, yo, rows, cols);
            } else {
                Kernels.best().softmaxRows(in, xo, out, yo, rows, cols);
            }
        }

        @Override
        public int keeps() {
            return OUTPUT;
        }

        @Override
        public void backward(Gradients flow) {
            var y = flow.output();
            if (y.dtype() != DType.FLOAT32 || y.numel() == 0) {
                recordedBackward(flow);
                return;
            }
            var dy = flow.gradOutput().contiguous();
            boolean add = flow.accumulates(0);
            var dx = add ? Tensor.empty(y.dtype(), y.shape(), name()) : flow.into(0);
            int cols = cols(y);
            Storage.acquire(name(), y.storage(), dy.storage(), dx.storage(), null);
            try {
                inParts(y.numel() / cols, cols, (from, count) -> {
                    long at = 4L * from * cols;
                    SoftmaxGradients.rows(log, y.storage().base(), y.position() + at, dy.storage().base(),
                            dy.position() + at, dx.storage().base(), dx.position() + at, count, cols);
                });
                dx.storage().changed();
            } finally {
                Storage.release(y.storage(), dy.storage(), dx.storage(), null);
            }
            if (add) {
                flow.give(0, dx);
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            var y = flow.output();
            var dy = flow.gradOutput();
            if (log) {
                // dx = dy - softmax(x) Σ dy
                flow.give(0, Arithmetic.sub(dy, Arithmetic.mul(Exponential.exp(y), sum(dy))));
            } else {
                // dx = y (dy - Σ dy y)
                var weighted = Arithmetic.mul(dy, y);
                flow.give(0, Arithmetic.sub(weighted, Arithmetic.mul(y, sum(weighted))));
            }
        }

        private static Tensor sum(Tensor x) {
            return x.rank() == 0 ? x : Reduce.sum(x, -1, true);
        }
    }

    private interface Pass {
        void run(long from, int count);
    }

    /** Cuts rows into parts for threads, and those into pieces that an int can count. */
    private static void inParts(long rows, int cols, Pass pass) {
        Team.parallel(Cutoffs.parts(rows * cols), (part, parts) -> {
            long end = Part.start(part + 1, parts, rows, 1);
            for (long from = Part.start(part, parts, rows, 1); from < end; from += Integer.MAX_VALUE) {
                pass.run(from, (int) Math.min(Integer.MAX_VALUE, end - from));
            }
        });
    }

    private static void row64(MemorySegment x, long xo, MemorySegment y, long yo, int cols, boolean log) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < cols; j++) {
            max = Math.max(max, Elements.getDouble(DType.FLOAT64, x, xo + 8L * j));
        }
        double sum = 0;
        for (int j = 0; j < cols; j++) {
            sum += Math.exp(Elements.getDouble(DType.FLOAT64, x, xo + 8L * j) - max);
        }
        double logSum = Math.log(sum);
        for (int j = 0; j < cols; j++) {
            double shifted = Elements.getDouble(DType.FLOAT64, x, xo + 8L * j) - max;
            Elements.putDouble(DType.FLOAT64, y, yo + 8L * j, log ? shifted - logSum : Math.exp(shifted) / sum);
        }
    }
}
