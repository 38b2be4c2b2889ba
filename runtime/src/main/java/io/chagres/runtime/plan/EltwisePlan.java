package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnFunction;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;

/** A function of each of n dense float32 elements by oneDNN, and its gradient. */
public final class EltwisePlan extends Plan {
    private final DnnDesc elements;
    private final boolean backward;

    private EltwisePlan(DnnPrimitive primitive, DnnDesc elements, boolean backward) {
        super(primitive);
        this.elements = elements;
        this.backward = backward;
    }

    /**
     * y[i] = f(x[i]). Offsets are bytes. All is checked before anything native is called. The caller sees to it that no segment
     * is closed until this returns.
     *
     * @throws IllegalArgumentException if n is not positive, a segment on the heap or y read only
     * @throws IndexOutOfBoundsException if an operand reaches outside its segment
     * @throws IllegalStateException if a segment was closed, or belongs to another thread
     */
    public static void forward(DnnFunction f, long n, MemorySegment x, long xo, MemorySegment y, long yo) {
        long bytes = bytes(n);
        long from = Operand.address("eltwise", "x", x, xo, bytes);
        long to = Operand.writable("eltwise", "y", y, yo, bytes);
        run(f, n, false, from, to, 0);
    }

    /** dx[i] = f'(x[i]) dy[i]; checks and throws as {@link #forward}. */
    public static void backward(DnnFunction f, long n, MemorySegment x, long xo, MemorySegment dy, long dyo,
            MemorySegment dx, long dxo) {
        long bytes = bytes(n);
        long point = Operand.address("eltwise", "x", x, xo, bytes);
        long from = Operand.address("eltwise", "dy", dy, dyo, bytes);
        long to = Operand.writable("eltwise", "dx", dx, dxo, bytes);
        run(f, n, true, point, to, from);
    }

    private static long bytes(long n) {
        if (n < 1 || n > Long.MAX_VALUE / Float.BYTES) {
            throw new IllegalArgumentException("eltwise: " + n + " elements");
        }
        return n * Float.BYTES;
    }

    private static void run(DnnFunction f, long n, boolean backward, long x, long to, long dy) {
        int width = Team.enter();
        try {
            Block block = null;
            EltwisePlan plan = null;
            while (block == null) {
                var key = PlanKey.start(PlanKey.Kind.ELTWISE).add(f.ordinal()).add(n).add(backward).add(width);
                plan = (EltwisePlan) Plans.find(key);
                if (plan == null) {
                    plan = (EltwisePlan) Plans.insert(key, make(f, n, backward));
                }
                block = plan.begin();
            }
            try {
                block.arguments.set(0, x);
                block.arguments.set(1, to);
                if (backward) {
                    block.arguments.set(2, dy);
                }
                plan.run(block);
            } finally {
                plan.end(block);
            }
        } finally {
            Team.exit();
        }
    }

    private static EltwisePlan make(DnnFunction f, long n, boolean backward) {
        var elements = DnnDesc.float32(new long[]{n}, new long[]{1});
        try (var attributes = DnnAttributes.plain()) {
            var primitive = backward
                    ? DnnPrimitive.eltwiseBackward(f, elements, attributes)
                    : DnnPrimitive.eltwiseForward(f, elements, attributes);
            return new EltwisePlan(primitive, elements, backward);
        } catch (RuntimeException e) {
            elements.close();
            throw e;
        }
    }

    @Override
    int argumentCount() {
        return backward ? 3 : 2;
    }

    @Override
    void describe(DnnArguments arguments) {
        arguments.add(DnnArguments.SRC, elements);
        arguments.add(backward ? DnnArguments.DIFF_SRC : DnnArguments.DST, elements);
        if (backward) {
            arguments.add(DnnArguments.DIFF_DST, elements);
        }
    }

    @Override
    void closeDescriptions() {
        elements.close();
    }
}
