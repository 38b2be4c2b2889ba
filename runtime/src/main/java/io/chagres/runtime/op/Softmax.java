package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ along one dimension, and its logarithm; the greatest x is subtracted first. */
public final class Softmax {
    private Softmax() {
    }

    /** e^x over its sum along a dimension. */
    public static Tensor softmax(Tensor x, int dim) {
        int axis = Check.real("softmax", "the operand", x).shape().axis("softmax", dim);
        return alongLast(x, axis, false);
    }

    /** The logarithm of {@link #softmax}, without its loss of accuracy. */
    public static Tensor logSoftmax(Tensor x, int dim) {
        int axis = Check.real("logSoftmax", "the operand", x).shape().axis("logSoftmax", dim);
        return alongLast(x, axis, true);
    }

    private static Tensor alongLast(Tensor x, int axis, boolean log) {
        int last = x.rank() - 1;
        return axis == last
                ? rows(x, log)
                : Views.transpose(rows(Views.transpose(x, axis, last), log), axis, last);
    }

    private static Tensor rows(Tensor operand, boolean log) {
        var op = log ? LOG_SOFTMAX : SOFTMAX;
        var x = operand.contiguous();
        var y = Tensor.empty(x.dtype(), x.shape(), op.name());
        if (x.numel() > 0) {
            int cols = Check.int32(op.name(), x.shape(), x.size(-1));
            int rows = Check.int32(op.name(), x.shape(), x.numel() / cols);
            Storage.acquire(op.name(), x.storage(), y.storage(), null, null);
            try {
                compute(x, y, rows, cols, log);
            } finally {
                Storage.release(x.storage(), y.storage(), null, null);
            }
        }
        return Autograd.record(op, y, x);
    }

    private static void compute(Tensor x, Tensor y, int rows, int cols, boolean log) {
        var in = x.storage().base();
        var out = y.storage().base();
        if (x.dtype() == DType.FLOAT64) {
            for (int row = 0; row < rows; row++) {
                long at = 8L * row * cols;
                row64(in, x.position() + at, out, y.position() + at, cols, log);
            }
        } else if (log) {
            Kernels.best().logSoftmaxRows(in, x.position(), out, y.position(), rows, cols);
        } else {
            Kernels.best().softmaxRows(in, x.position(), out, y.position(), rows, cols);
        }
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
        for (int j = 0; j < cols; j++) {
            double shifted = Elements.getDouble(DType.FLOAT64, x, xo + 8L * j) - max;
            Elements.putDouble(DType.FLOAT64, y, yo + 8L * j, log ? shifted - Math.log(sum) : Math.exp(shifted) / sum);
        }
    }

    private static final Op SOFTMAX = Op.composed("softmax", Op.OUTPUT, flow -> {
        // dx = y (dy - Σ dy y)
        var y = flow.output();
        var weighted = Arithmetic.mul(flow.gradOutput(), y);
        flow.give(0, Arithmetic.sub(weighted, Arithmetic.mul(y, Reduce.sum(weighted, -1, true))));
    });

    private static final Op LOG_SOFTMAX = Op.composed("logSoftmax", Op.OUTPUT, flow -> {
        // dx = dy - softmax(x) Σ dy
        var dy = flow.gradOutput();
        var total = Reduce.sum(dy, -1, true);
        flow.give(0, Arithmetic.sub(dy, Arithmetic.mul(Exponential.exp(flow.output()), total)));
    });
}
