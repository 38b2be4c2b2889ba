package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** Sums and means, of all elements or along one dimension. Sums of nothing are 0, means NaN. */
public final class Reduce {
    private static final long SHORT = 16;

    private Reduce() {
    }

    /** The sum of all elements, without dimensions; added up in blocks, so that the error grows slowly. */
    public static Tensor sum(Tensor x) {
        return total("sum", x, 1);
    }

    /** The mean of all elements, without dimensions. */
    public static Tensor mean(Tensor x) {
        return total("mean", x, Check.present("mean", "the operand", x).numel());
    }

    private static Tensor total(String name, Tensor operand, long over) {
        var x = Check.real(name, "the operand", operand).contiguous();
        var y = Tensor.empty(x.dtype(), Shape.of(), name);
        Storage.acquire(name, x.storage(), y.storage(), null, null);
        try {
            double sum = addUp(x, x.position(), x.numel(), 1);
            Elements.putDouble(y.dtype(), y.storage().base(), y.position(), sum / over);
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return Autograd.record(new SumOver(name, over), y, x);
    }

    /** Whether elements are dense, and enough for a kernel to be worth its call. */
    static boolean isLongRow(long count, long stride) {
        return stride == 1 && count >= SHORT;
    }

    /** The sum of elements from an offset on, at a stride in elements. */
    static double addUp(Tensor x, long at, long count, long stride) {
        if (x.dtype() == DType.FLOAT32 && isLongRow(count, stride)) {
            return Kernels.best().sum(x.storage().base(), at, count);
        }
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += Elements.getDouble(x.dtype(), x.storage().base(), at + i * stride * x.dtype().bytes());
        }
        return sum;
    }

    /** A sum divided by a count; its gradient goes to all that was added up alike. */
    private static final class SumOver extends Op {
        private final long over;

        SumOver(String name, long over) {
            super(name);
            this.over = over;
        }

        @Override
        public int keeps() {
            return NOTHING;
        }

        @Override
        public void backward(Gradients flow) {
            // with nothing added up there is nobody to give anything to
            var each = over <= 1 ? flow.gradOutput() : flow.gradOutput().div(over);
            flow.give(0, each.expand(flow.input(0).shape().toArray()));
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    }

    /** The sums along one dimension, which goes, or stays with size 1. */
    public static Tensor sum(Tensor x, int dim, boolean keepDim) {
        return along("sum", x, dim, keepDim, false);
    }

    /** The means along one dimension, which goes, or stays with size 1. */
    public static Tensor mean(Tensor x, int dim, boolean keepDim) {
        return along("mean", x, dim, keepDim, true);
    }

    private static Tensor along(String name, Tensor operand, int dim, boolean keepDim, boolean mean) {
        var x = Check.real(name, "the operand", operand).contiguous();
        int axis = x.shape().axis(name, dim);
        long count = x.shape().dim(axis);
        var y = Tensor.empty(x.dtype(), x.shape().with(axis, 1), name);
        Storage.acquire(name, x.storage(), y.storage(), null, null);
        try {
            addUpAlong(name, x, axis, y);
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        if (mean) {
            try (var _ = Autograd.noGrad()) {
                y = y.div(count);
            }
        }
        Autograd.record(new SumOver(name, mean ? count : 1), y, x);
        return keepDim ? y : Views.squeeze(y, axis);
    }

    private static void addUpAlong(String name, Tensor x, int axis, Tensor y) {
        var along = Along.axis(x, axis);
        int bytes = x.dtype().bytes();
        boolean columns = x.dtype() == DType.FLOAT32 && along.inner() > 1;
        int rows = columns ? Check.int32(name, x.shape(), along.count()) : 0;
        var out = y.storage().base();
        along.inParts(name, x, (index, first, last) -> {
            long from = x.position() + index * along.count() * along.inner() * bytes;
            long to = y.position() + index * along.inner() * bytes;
            if (columns) {
                Kernels.best().columnSum(x.storage().base(), from, rows, (int) along.inner(), first, last, out, to,
                        false);
            } else {
                for (int i = first; i < last; i++) {
                    Elements.putDouble(y.dtype(), out, to + (long) i * bytes,
                            addUp(x, from + (long) i * bytes, along.count(), along.inner()));
                }
            }
        });
    }

    /** Undoes broadcasting: sums over the dimensions that were added or repeated. */
    static Tensor sumTo(Tensor x, Shape shape) {
        var y = x;
        while (y.rank() > shape.rank()) {
            y = sum(y, 0, false);
        }
        for (int d = 0; d < shape.rank(); d++) {
            if (shape.dim(d) == 1 && y.shape().dim(d) != 1) {
                y = sum(y, d, true);
            }
        }
        return y;
    }
}
