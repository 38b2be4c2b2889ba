package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Kernels.Binary;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Functions of two elements, with NumPy's and PyTorch's broadcasting: sizes match from the last one on, or one of them is 1. */
public final class Arithmetic {
    private Arithmetic() {
    }

    /** a + b. */
    public static Tensor add(Tensor a, Tensor b) {
        return apply(ADD, Binary.ADD, a, b);
    }

    private static final Op ADD = Op.composed("add", Op.NOTHING, flow -> {
        for (int i = 0; i < 2; i++) {
            if (flow.wants(i)) {
                flow.give(i, Reduce.sumTo(flow.gradOutput(), flow.input(i).shape()));
            }
        }
    });

    /** a - b. */
    public static Tensor sub(Tensor a, Tensor b) {
        return apply(SUB, Binary.SUB, a, b);
    }

    private static final Op SUB = Op.composed("sub", Op.NOTHING, flow -> {
        if (flow.wants(0)) {
            flow.give(0, Reduce.sumTo(flow.gradOutput(), flow.input(0).shape()));
        }
        if (flow.wants(1)) {
            flow.give(1, Reduce.sumTo(Pointwise.neg(flow.gradOutput()), flow.input(1).shape()));
        }
    });

    /** a · b. */
    public static Tensor mul(Tensor a, Tensor b) {
        return apply(MUL, Binary.MUL, a, b);
    }

    private static final Op MUL = Op.composed("mul", 0b11, flow -> {
        for (int i = 0; i < 2; i++) {
            if (flow.wants(i)) {
                flow.give(i, Reduce.sumTo(mul(flow.gradOutput(), flow.input(1 - i)), flow.input(i).shape()));
            }
        }
    });

    /** a / b. */
    public static Tensor div(Tensor a, Tensor b) {
        return apply(DIV, Binary.DIV, a, b);
    }

    private static final Op DIV = Op.composed("div", 0b10 | Op.OUTPUT, flow -> {
        // d(a/b)/da = 1/b, d(a/b)/db = -(a/b)/b
        var overB = div(flow.gradOutput(), flow.input(1));
        if (flow.wants(0)) {
            flow.give(0, Reduce.sumTo(overB, flow.input(0).shape()));
        }
        if (flow.wants(1)) {
            flow.give(1, Reduce.sumTo(Pointwise.neg(mul(overB, flow.output())), flow.input(1).shape()));
        }
    });

    /** A number as a tensor without dimensions, of another tensor's type. */
    public static Tensor scalarLike(Tensor x, double value) {
        return Tensor.full(Check.present("scalar", "the tensor", x).dtype(), value);
    }

    /** y += x for tensors of one shape, in place and unrecorded. */
    public static void addInto(Tensor x, Tensor y) {
        Check.sameShape("add", x, y);
        Check.sameType("add", x, y);
        compute("add", Binary.ADD, y, x, y);
    }

    /** The shape of a result; sizes match from the last one on, or one of them is 1. */
    static Shape broadcast(String op, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        var dims = new long[rank];
        for (int i = 1; i <= rank; i++) {
            long x = i <= a.rank() ? a.dim(-i) : 1;
            long y = i <= b.rank() ? b.dim(-i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(
                        op + ": shapes " + a + " and " + b + " cannot be broadcast: sizes " + x
                                + " and " + y + " in dimension " + -i + " differ and neither is 1");
            }
            dims[rank - i] = x == 1 ? y : x;
        }
        return Shape.of(dims);
    }

    private static Tensor apply(Op op, Binary f, Tensor a, Tensor b) {
        Check.real(op.name(), "the first operand", a);
        Check.real(op.name(), "the second operand", b);
        Check.sameType(op.name(), a, b);
        var y = Tensor.empty(a.dtype(), broadcast(op.name(), a.shape(), b.shape()), op.name());
        compute(op.name(), f, a, b, y);
        return Autograd.record(op, y, a, b);
    }

    /** y = f(a, b), where a and b are broadcast to the shape of y; y may be a. */
    private static void compute(String name, Binary f, Tensor a, Tensor b, Tensor y) {
        Storage.acquire(name, a.storage(), b.storage(), y.storage(), null);
        try {
            if (y.numel() == 0) {
                return;
            }
            if (y.dtype() == DType.FLOAT32 && a.shape().equals(b.shape()) && a.isContiguous() && b.isContiguous()
                    && y.isContiguous()) {
                computeDense(f, a, b, y);
            } else {
                computeRuns(f, a, b, y);
            }
            y.storage().changed();
        } finally {
            Storage.release(a.storage(), b.storage(), y.storage(), null);
        }
    }

    private static void computeDense(Binary f, Tensor a, Tensor b, Tensor y) {
        Cutoffs.inParts(y.numel(),
                (from, count) -> Kernels.best().binary(f, a.storage().base(), a.position() + 4 * from, 1,
                        b.storage().base(), b.position() + 4 * from, 1, y.storage().base(), y.position() + 4 * from,
                        count));
    }

    private static void computeRuns(Binary f, Tensor a, Tensor b, Tensor y) {
        var walk = new Strides(y.shape(), a, b, y);
        int bytes = y.dtype().bytes();
        long length = walk.runLength();
        long as = walk.runStride(0);
        long bs = walk.runStride(1);
        long ys = walk.runStride(2);
        boolean fast = y.dtype() == DType.FLOAT32 && (as | bs) >>> 1 == 0 && ys == 1;
        do {
            long ao = a.position() + walk.at[0] * bytes;
            long bo = b.position() + walk.at[1] * bytes;
            long yo = y.position() + walk.at[2] * bytes;
            if (fast) {
                Kernels.best().binary(f, a.storage().base(), ao, (int) as, b.storage().base(), bo, (int) bs,
                        y.storage().base(), yo, length);
            } else {
                run(f, y.dtype(), a.storage().base(), ao, as * bytes, b.storage().base(), bo, bs * bytes,
                        y.storage().base(), yo, ys * bytes, length);
            }
        } while (walk.advance());
    }

    private static void run(Binary f, DType dtype, MemorySegment a, long ao, long as, MemorySegment b, long bo, long bs,
            MemorySegment y, long yo, long ys, long length) {
        for (long i = 0; i < length; i++) {
            double u = Elements.getDouble(dtype, a, ao + i * as);
            double v = Elements.getDouble(dtype, b, bo + i * bs);
            Elements.putDouble(dtype, y, yo + i * ys, switch (f) {
                case ADD -> u + v;
                case SUB -> u - v;
                case MUL -> u * v;
                case DIV -> u / v;
                case MAX -> Math.max(u, v);
                case MIN -> Math.min(u, v);
            });
        }
    }
}
