package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * C = relu(A · B + bias + C) in float32 by oneDNN, where bias, the old C and relu may each be absent. A is [m, k], B is
 * [k, n], both at any strides with one of the two being 1; bias is [n]; C is [m, n] and dense.
 */
public final class MatmulPlan extends Plan {
    private static final int KIND = 1;

    private final DnnDesc a;
    private final DnnDesc b;
    private final DnnDesc bias;
    private final DnnDesc c;
    private final long aBytes;
    private final long bBytes;
    private final long cBytes;
    private final long biasBytes;

    private MatmulPlan(DnnPrimitive primitive, DnnDesc a, DnnDesc b, DnnDesc bias, DnnDesc c) {
        super(primitive);
        this.a = a;
        this.b = b;
        this.bias = bias;
        this.c = c;
        this.aBytes = a.bytes();
        this.bBytes = b.bytes();
        this.cBytes = c.bytes();
        this.biasBytes = bias == null ? 0 : bias.bytes();
    }

    /**
     * Runs the product. Offsets are bytes, strides elements. {@code biasSegment} is null for none; {@code accumulate} adds to
     * C.
     *
     * @throws IndexOutOfBoundsException if an operand reaches outside its segment
     */
    public static void run(long m, long n, long k, MemorySegment a, long ao, long aRow, long aCol, MemorySegment b,
            long bo,
            long bRow, long bCol, MemorySegment biasSegment, long biasOffset, MemorySegment c, long co,
            boolean accumulate, boolean relu) {
        int width = Team.enter();
        try {
            Block block = null;
            MatmulPlan plan = null;
            while (block == null) {
                var key = PlanKey.start(KIND).add(m).add(n).add(k).add(aRow).add(aCol).add(bRow).add(bCol)
                        .add(biasSegment != null).add(accumulate).add(relu).add(width);
                plan = (MatmulPlan) Plans.find(key);
                if (plan == null) {
                    var fresh = make(m, n, k, aRow, aCol, bRow, bCol, biasSegment != null, accumulate, relu);
                    plan = (MatmulPlan) Plans.insert(key, fresh);
                }
                block = plan.begin();
            }
            try {
                plan.bind(block.arguments, a, ao, b, bo, biasSegment, biasOffset, c, co);
                plan.run(block);
            } finally {
                plan.end(block);
            }
        } finally {
            Team.exit();
        }
    }

    private static MatmulPlan make(long m, long n, long k, long aRow, long aCol, long bRow, long bCol, boolean withBias,
            boolean accumulate, boolean relu) {
        var a = DnnDesc.float32(new long[]{m, k}, new long[]{aRow, aCol});
        var b = DnnDesc.float32(new long[]{k, n}, new long[]{bRow, bCol});
        var bias = withBias ? DnnDesc.float32(new long[]{1, n}, new long[]{n, 1}) : null;
        var c = DnnDesc.float32(new long[]{m, n}, new long[]{n, 1});
        try (var attributes = DnnAttributes.product(accumulate, relu)) {
            return new MatmulPlan(DnnPrimitive.matmul(a, b, bias, c, attributes), a, b, bias, c);
        }
    }

    private void bind(DnnArguments arguments, MemorySegment aSegment, long ao, MemorySegment bSegment, long bo,
            MemorySegment biasSegment, long biasOffset, MemorySegment cSegment, long co) {
        if (cSegment.isReadOnly()) {
            throw new IllegalArgumentException("matmul: the result is read only");
        }
        arguments.set(0, address(aSegment, ao, aBytes));
        arguments.set(1, address(bSegment, bo, bBytes));
        arguments.set(2, address(cSegment, co, cBytes));
        if (bias != null) {
            arguments.set(3, address(biasSegment, biasOffset, biasBytes));
        }
    }

    private static long address(MemorySegment segment, long offset, long bytes) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("matmul: an operand is on the heap; a native segment is needed");
        }
        return segment.address() + Objects.checkFromIndexSize(offset, bytes, segment.byteSize());
    }

    @Override
    int argumentCount() {
        return bias == null ? 3 : 4;
    }

    @Override
    void describe(DnnArguments arguments) {
        arguments.add(DnnArguments.SRC, a);
        arguments.add(DnnArguments.WEIGHTS, b);
        arguments.add(DnnArguments.DST, c);
        if (bias != null) {
            arguments.add(DnnArguments.BIAS, bias);
        }
    }

    @Override
    void closeDescriptions() {
        a.close();
        b.close();
        c.close();
        if (bias != null) {
            bias.close();
        }
    }
}
