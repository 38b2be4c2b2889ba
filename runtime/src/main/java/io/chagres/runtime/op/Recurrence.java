package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Passes along one dimension in which each element depends on the one before it; what gradients of cumulative operations
 * consist of. Their own gradients are passes of the same kind the other way, so that there are all orders of them.
 * <p>
 * With "before" in the direction of the pass: {@link #shift} gives x before; {@link #linear} gives y = b + a · (y before), where
 * a is taken at the element itself or before it.
 */
final class Recurrence {
    private static final ThreadLocal<double[][]> ROOM = ThreadLocal.withInitial(() -> new double[3][Lines.SIZE]);

    private Recurrence() {
    }

    /** The element before each; the first is filled. */
    static Tensor shift(String op, Tensor operand, int axis, boolean reverse, double fill) {
        var x = operand.contiguous();
        var y = Tensor.empty(x.dtype(), x.shape(), op).fill(fill);
        var along = Along.axis(x, axis);
        long bytes = along.inner() * x.dtype().bytes();
        long row = along.count() * bytes;
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            for (long index = 0; index < along.outer() && along.count() > 1; index++) {
                MemorySegment.copy(x.storage().base(), x.position() + index * row + (reverse ? bytes : 0),
                        y.storage().base(), y.position() + index * row + (reverse ? 0 : bytes), row - bytes);
            }
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return Autograd.record(Op.composed(op, Op.NOTHING,
                flow -> flow.give(0, shift(op, flow.gradOutput(), axis, !reverse, 0))), y, x);
    }

    /** y = b + a · (y before), with 0 before the first; a of the element itself, or of the one before. */
    static Tensor linear(String op, Tensor first, Tensor second, int axis, boolean reverse, boolean own) {
        var b = first.contiguous();
        var a = second.contiguous();
        var y = Tensor.empty(b.dtype(), b.shape(), op);
        var along = Along.axis(b, axis);
        Storage.acquire(op, a.storage(), b.storage(), y.storage(), null);
        try {
            along.inParts(op, b, (index, from, to) -> {
                if (along.inner() == 1) {
                    row(a, b, y, along.count(), index, reverse, own);
                    return;
                }
                for (int i = from; i < to; i += Lines.SIZE) {
                    columns(a, b, y, along, index, i, Math.min(Lines.SIZE, to - i), reverse, own);
                }
            });
        } finally {
            Storage.release(a.storage(), b.storage(), y.storage(), null);
        }
        return Autograd.record(Op.composed(op, 0b10 | Op.OUTPUT, flow -> {
            var db = linear(op, flow.gradOutput(), flow.input(1), axis, !reverse, !own);
            if (flow.wants(0)) {
                flow.give(0, db);
            }
            if (flow.wants(1)) {
                flow.give(1, own
                        ? Arithmetic.mul(db, shift(op, flow.output(), axis, reverse, 0))
                        : Arithmetic.mul(shift(op, db, axis, !reverse, 0), flow.output()));
            }
        }), y, b, a);
    }

    private static void columns(Tensor a, Tensor b, Tensor y, Along along, long index, int column, int n,
            boolean reverse,
            boolean own) {
        var room = ROOM.get();
        double[] factors = room[0];
        double[] terms = room[1];
        double[] state = room[2];
        for (long step = 0; step < along.count(); step++) {
            long row = reverse ? along.count() - 1 - step : step;
            long at = (index * along.count() + row) * along.inner() + column;
            if (own) {
                load(a, at, factors, n);
            }
            load(b, at, terms, n);
            for (int i = 0; i < n; i++) {
                state[i] = step == 0 ? terms[i] : terms[i] + factors[i] * state[i];
            }
            Lines.store(state, 0, y.dtype(), y.storage().base(), y.position() + at * y.dtype().bytes(), 1, n);
            if (!own) {
                load(a, at, factors, n);
            }
        }
    }

    private static void row(Tensor a, Tensor b, Tensor y, long count, long index, boolean reverse, boolean own) {
        var room = ROOM.get();
        double[] factors = room[0];
        double[] terms = room[1];
        double state = 0;
        double before = 0;
        for (long done = 0; done < count; done += Lines.SIZE) {
            int n = (int) Math.min(Lines.SIZE, count - done);
            long at = index * count + (reverse ? count - done - n : done);
            load(a, at, factors, n);
            load(b, at, terms, n);
            for (int step = 0; step < n; step++) {
                int i = reverse ? n - 1 - step : step;
                double factor = own ? factors[i] : before;
                state = done == 0 && step == 0 ? terms[i] : terms[i] + factor * state;
                before = factors[i];
                terms[i] = state;
            }
            Lines.store(terms, 0, y.dtype(), y.storage().base(), y.position() + at * y.dtype().bytes(), 1, n);
        }
    }

    private static void load(Tensor x, long at, double[] to, int n) {
        Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, to, 0, n);
    }
}
