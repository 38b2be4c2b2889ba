package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/** Any function of each element, for what has no kernel; nothing is recorded. */
final class Maps {
    private static final ThreadLocal<double[]> TILE = ThreadLocal.withInitial(() -> new double[Lines.SIZE]);

    private Maps() {
    }

    /** y[i] = f(x[i]), computed in double precision; dense. */
    static Tensor map(String op, Tensor operand, DType dtype, DoubleUnaryOperator f) {
        var x = operand.detach().contiguous();
        var y = Tensor.empty(dtype, x.shape(), op);
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            Cutoffs.inParts(x.numel(), (from, count) -> {
                var tile = TILE.get();
                for (long i = from; i < from + count; i += Lines.SIZE) {
                    int n = (int) Math.min(Lines.SIZE, from + count - i);
                    Lines.load(x.dtype(), x.storage().base(), x.position() + i * x.dtype().bytes(), 1, tile, 0, n);
                    for (int j = 0; j < n; j++) {
                        tile[j] = f.applyAsDouble(tile[j]);
                    }
                    Lines.store(tile, 0, dtype, y.storage().base(), y.position() + i * dtype.bytes(), 1, n);
                }
            });
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return y;
    }
}
