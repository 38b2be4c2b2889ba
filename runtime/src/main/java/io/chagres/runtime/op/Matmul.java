package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** Products of matrices, of vectors, and of many matrices at once. */
public final class Matmul {
    private Matmul() {
    }

    /**
     * a · b, as {@code torch.matmul}.
     * <ul>
     * <li>[m, k] and [k, n] give [m, n];
     * <li>[..., m, k] and [..., k, n] give the products of all pairs of matrices, [..., m, n]; the dimensions in front are
     * broadcast;
     * <li>a vector [k] in the first place counts as [1, k], one in the second as [k, 1], and the result lacks that
     * dimension; two vectors give their dot product, without dimensions.
     * </ul>
     * FLOAT16 and BFLOAT16 are multiplied in FLOAT32, and rounded once; integers exactly, but for what their type cannot hold.
     *
     * @throws IllegalArgumentException if one has no dimensions, is BOOL, the inner sizes or the types differ, or the dimensions in
     *         front cannot be broadcast
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        Check.numbers("matmul", "the first operand", a);
        Check.numbers("matmul", "the second operand", b);
        Check.sameType("matmul", a, b);
        if (a.rank() == 0 || b.rank() == 0) {
            throw new IllegalArgumentException("matmul: " + a.shape() + " x " + b.shape()
                    + ": an operand has no dimensions; mul multiplies by a number");
        }
        long inner = b.size(b.rank() == 1 ? 0 : -2);
        if (a.size(-1) != inner) {
            throw new IllegalArgumentException(
                    "matmul: inner dimensions differ: " + a.shape() + " x " + b.shape() + hint(a, b));
        }
        if (isShort(a)) {
            return Convert.to(matmul(Convert.to(a, DType.FLOAT32), Convert.to(b, DType.FLOAT32)), a.dtype());
        }
        if (a.rank() >= 2 && b.rank() == 2) {
            return folded(a, b);
        }
        if (b.rank() == 1) {
            var y = matmul(a, Views.unsqueeze(b, 1));
            return Views.squeeze(y, -1);
        }
        return a.rank() == 1
                ? Views.squeeze(matmul(Views.unsqueeze(a, 0), b), -2)
                : batched(MATMUL_BATCH, a, b);
    }

    private static boolean isShort(Tensor x) {
        return x.dtype() == DType.FLOAT16 || x.dtype() == DType.BFLOAT16;
    }

    private static String hint(Tensor a, Tensor b) {
        if (a.rank() < 2 || b.rank() < 2) {
            return "";
        }
        boolean matrices = a.rank() == 2 && b.rank() == 2;
        if (a.size(-1) == b.size(-1)) {
            return matrices ? "; did you mean b.t()?" : "; did you mean b.transpose(-1, -2)?";
        }
        if (a.size(-2) == b.size(-2)) {
            return matrices ? "; did you mean a.t()?" : "; did you mean a.transpose(-1, -2)?";
        }
        return "";
    }

    /**
     * The products of pairs of matrices, [N, m, k] and [N, k, n], as {@code torch.bmm}; nothing is broadcast.
     *
     * @throws IllegalArgumentException if one has not three dimensions, their numbers, inner sizes or types differ
     */
    public static Tensor bmm(Tensor a, Tensor b) {
        Check.numbers("bmm", "the first operand", a);
        Check.numbers("bmm", "the second operand", b);
        Check.sameType("bmm", a, b);
        Check.rank("bmm", "the first operand", a, 3);
        Check.rank("bmm", "the second operand", b, 3);
        if (a.size(2) != b.size(1)) {
            throw new IllegalArgumentException(
                    "bmm: inner dimensions differ: " + a.shape() + " x " + b.shape() + hint(a, b));
        }
        if (a.size(0) != b.size(0)) {
            throw new IllegalArgumentException(
                    "bmm: " + a.size(0) + " matrices " + a.shape() + " and " + b.size(0) + " "
                            + b.shape() + "; matmul broadcasts");
        }
        return isShort(a)
                ? Convert.to(bmm(Convert.to(a, DType.FLOAT32), Convert.to(b, DType.FLOAT32)), a.dtype())
                : batched(BMM, a, b);
    }

    /** a [..., m, k], whose rows all meet the same b [k, n]: one product of two matrices. */
    private static Tensor folded(Tensor a, Tensor b) {
        long n = b.size(1);
        var shape = a.rank() == 2 ? Shape.of(a.size(0), n) : a.shape().with(a.rank() - 1, n);
        if (!a.dtype().isFloatingPoint()) {
            var rows = Views.reshape(a, rows(a), a.size(-1));
            return Autograd.computed("matmul",
                    Views.view(WholeProducts.product("matmul", rows, b, Shape.of(rows(a), n)), shape.toArray()), a, b);
        }
        var y = Tensor.empty(a.dtype(), shape, "matmul");
        Gemm.run("matmul", rows(a), n, b.size(0), Gemm.fit(a.detach()), false, Gemm.fit(b.detach()), false, null, y,
                false, false);
        return Autograd.record(MATMUL, y, a, b);
    }

    /** All dimensions but the last as one. */
    private static long rows(Tensor x) {
        long rows = x.size(0);
        for (int d = 1; d < x.rank() - 1; d++) {
            rows *= x.size(d);
        }
        return rows;
    }

    private static final Op MATMUL = new Op("matmul") {
        @Override
        public int keeps() {
            return 0b11;
        }

        @Override
        public void backward(Gradients flow) {
            // forward: y = a · b, so da = dy · bᵀ and db = aᵀ · dy
            var a = flow.input(0);
            var b = flow.input(1);
            var dy = Gemm.fit(flow.gradOutput());
            if (flow.wants(0)) {
                boolean add = flow.accumulates(0);
                Gemm.run("matmul", rows(a), a.size(-1), b.size(1), dy, false, Gemm.fit(b), true, null, flow.into(0),
                        add, false);
            }
            if (flow.wants(1)) {
                boolean add = flow.accumulates(1);
                Gemm.run("matmul", b.size(0), b.size(1), rows(a), Gemm.fit(a), true, dy, false, null, flow.into(1),
                        add, false);
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            var a = flow.input(0);
            var b = flow.input(1);
            var dy = flow.gradOutput();
            if (flow.wants(0)) {
                flow.give(0, matmul(dy, Views.t(b)));
            }
            if (flow.wants(1)) {
                var rows = Views.reshape(a, rows(a), a.size(-1));
                flow.give(1, matmul(Views.t(rows), Views.reshape(dy, rows(a), b.size(1))));
            }
        }

        @Override
        public double flops(Tensor output, Tensor... inputs) {
            return 2.0 * output.numel() * inputs[1].size(0);
        }
    };

    private static Tensor batched(Op op, Tensor a, Tensor b) {
        var front = Shape.of(front(op.name(), a, b));
        var shape = front.insert(front.rank(), a.size(-2)).insert(front.rank() + 1, b.size(-1));
        if (!a.dtype().isFloatingPoint()) {
            return Autograd.computed(op.name(), WholeProducts.product(op.name(), a, b, shape), a, b);
        }
        var y = Tensor.empty(a.dtype(), shape, op.name());
        BatchGemm.run(op.name(), a.detach(), false, b.detach(), false, y, false);
        return Autograd.record(op, y, a, b);
    }

    /** The dimensions in front of the matrices, broadcast. */
    private static long[] front(String op, Tensor a, Tensor b) {
        var sizes = new long[Math.max(a.rank(), b.rank()) - 2];
        for (int i = 1; i <= sizes.length; i++) {
            long x = i + 2 <= a.rank() ? a.size(-2 - i) : 1;
            long y = i + 2 <= b.rank() ? b.size(-2 - i) : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(op + ": batches of " + a.shape() + " x " + b.shape()
                        + " cannot be broadcast: sizes " + x + " and " + y + " differ and neither is 1");
            }
            sizes[sizes.length - i] = x == 1 ? y : x;
        }
        return sizes;
    }

    private static final Op MATMUL_BATCH = new Batched("matmul");
    private static final Op BMM = new Batched("bmm");

    private static final class Batched extends Op {
        Batched(String name) {
            super(name);
        }

        @Override
        public int keeps() {
            return 0b11;
        }

        @Override
        public void backward(Gradients flow) {
            var dy = flow.gradOutput();
            if (flow.wants(0)) {
                product(flow, 0, dy, false, flow.input(1), true);
            }
            if (flow.wants(1)) {
                product(flow, 1, flow.input(0), true, dy, false);
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            var a = flow.input(0);
            var b = flow.input(1);
            var dy = flow.gradOutput();
            if (flow.wants(0)) {
                flow.give(0, Reduce.sumTo(matmul(dy, Views.transpose(b, -2, -1)), a.shape()));
            }
            if (flow.wants(1)) {
                flow.give(1, Reduce.sumTo(matmul(Views.transpose(a, -2, -1), dy), b.shape()));
            }
        }

        @Override
        public double flops(Tensor output, Tensor... inputs) {
            return 2.0 * output.numel() * inputs[0].size(-1);
        }

        /** The gradient of an operand as a product, summed over the dimensions that were broadcast. */
        private void product(Gradients flow, int which, Tensor left, boolean tl, Tensor right, boolean tr) {
            var operand = flow.input(which);
            var dims = flow.gradOutput().shape().toArray();
            dims[dims.length - 2] = operand.size(-2);
            dims[dims.length - 1] = operand.size(-1);
            var shape = Shape.of(dims);
            if (shape.equals(operand.shape())) {
                boolean add = flow.accumulates(which);
                BatchGemm.run(name(), left, tl, right, tr, flow.into(which), add);
            } else {
                var all = Tensor.empty(operand.dtype(), shape, name());
                BatchGemm.run(name(), left, tl, right, tr, all, false);
                flow.give(which, Reduce.sumTo(all, operand.shape()));
            }
        }
    }
}
