package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/** Comparisons; they have no gradients. */
public final class Compare {
    private Compare() {
    }

    /** Where two tensors of one shape and type are equal; bool. NaN equals nothing. */
    public static Tensor eq(Tensor a, Tensor b) {
        Check.sameShape("eq", Check.alive("eq", "the first operand", a),
                Check.alive("eq", "the second operand", b));
        Check.sameType("eq", a, b);
        var x = a.detach().contiguous();
        var y = b.detach().contiguous();
        boolean floating = x.dtype().isFloatingPoint();
        Storage.acquire("eq", x.storage(), y.storage(), null, null);
        try {
            return Convert.fill(Tensor.empty(DType.BOOL, x.shape(), "eq"), i -> {
                long at = i * x.dtype().bytes();
                var xs = x.storage().base();
                var ys = y.storage().base();
                boolean equal = floating
                        ? Elements.getDouble(x.dtype(), xs, x.position() + at) == Elements.getDouble(y.dtype(), ys,
                                y.position() + at)
                        : Elements.getLong(x.dtype(), xs, x.position() + at) == Elements.getLong(y.dtype(), ys,
                                y.position() + at);
                return equal ? 1 : 0;
            });
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
    }
}
