package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** The product of two matrices. */
public final class Matmul {
    private Matmul() {
    }

    /**
     * a · b for a [m, k] and b [k, n], as {@code torch.mm}.
     *
     * @throws IllegalArgumentException if one is no matrix, the inner sizes or the types differ
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        Check.rank("matmul", "the first operand", Check.real("matmul", "the first operand", a), 2);
        Check.rank("matmul", "the second operand", Check.real("matmul", "the second operand", b), 2);
        Check.sameType("matmul", a, b);
        if (a.size(1) != b.size(0)) {
            String hint = a.size(1) == b.size(1)
                    ? "; did you mean b.t()?"
                    : a.size(0) == b.size(0) ? "; did you mean a.t()?" : "";
            throw new IllegalArgumentException(
                    "matmul: inner dimensions differ: " + a.shape() + " x " + b.shape() + hint);
        }
        var y = Tensor.empty(a.dtype(), Shape.of(a.size(0), b.size(1)), "matmul");
        Gemm.run("matmul", a.size(0), b.size(1), a.size(1), Gemm.fit(a.detach()), false, Gemm.fit(b.detach()), false,
                null, y,
                false, false);
        return Autograd.record(MATMUL, y, a, b);
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
                Gemm.run("matmul", a.size(0), a.size(1), b.size(1), dy, false, Gemm.fit(b), true, null, flow.into(0),
                        add,
                        false);
            }
            if (flow.wants(1)) {
                boolean add = flow.accumulates(1);
                Gemm.run("matmul", b.size(0), b.size(1), a.size(0), Gemm.fit(a), true, dy, false, null, flow.into(1),
                        add,
                        false);
            }
        }
    };
}
