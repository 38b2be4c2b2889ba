package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;

/**
 * C = relu(A · B + bias + C) in float32 by oneDNN, where bias, the old C and relu may each be absent. A is [m, k], B is
 * [k, n], both at any strides with one of the two being 1; bias is [n]; C is [m, n] and dense.
 */
public final class MatmulPlan extends Plan {
    /** From so many rows and columns on. */
    private static final long PACKS_FROM = 1000;

    private final DnnDesc a;
    private final DnnDesc b;
    private final DnnDesc bias;
    private final DnnDesc c;
    /** Brings B into the primitive's own layout first; null if B stays as it is. */
    private final Packing packing;

    private MatmulPlan(DnnPrimitive primitive, DnnDesc a, DnnDesc b, DnnDesc bias, DnnDesc c, Packing packing) {
        super(primitive);
        this.a = a;
        this.b = b;
        this.bias = bias;
        this.c = c;
        this.packing = packing;
    }

    /**
     * Runs the product. Offsets are bytes, strides elements. {@code biasSegment} is null for none; {@code accumulate} adds to
     * C. All is checked before anything native is called. The caller sees to it that no segment is closed until this returns.
     *
     * @throws IllegalArgumentException if a size is not positive, strides are unfit, a segment on the heap or C read only
     * @throws IndexOutOfBoundsException if an operand reaches outside its segment
     * @throws IllegalStateException if a segment was closed, or belongs to another thread
     */
    public static void run(long m, long n, long k, MemorySegment a, long ao, long aRow, long aCol, MemorySegment b,
            long bo,
            long bRow, long bCol, MemorySegment biasSegment, long biasOffset, MemorySegment c, long co,
            boolean accumulate, boolean relu) {
        long aAddress = address("A", a, ao, m, k, aRow, aCol);
        long bAddress = address("B", b, bo, k, n, bRow, bCol);
        long cAddress = address("C", c, co, m, n, n, 1);
        long biasAddress = biasSegment == null ? 0 : address("the bias", biasSegment, biasOffset, 1, n, n, 1);
        if (c.isReadOnly()) {
            throw new IllegalArgumentException("matmul: C is read only");
        }
        int width = Team.enter();
        try {
            Block block = null;
            MatmulPlan plan = null;
            while (block == null) {
                var key = PlanKey.start(PlanKey.Kind.MATMUL).add(m).add(n).add(k).add(aRow).add(aCol).add(bRow)
                        .add(bCol)
                        .add(biasSegment != null).add(accumulate).add(relu).add(width);
                plan = (MatmulPlan) Plans.find(key);
                if (plan == null) {
                    var fresh = make(m, n, k, aRow, aCol, bRow, bCol, biasSegment != null, accumulate, relu);
                    plan = (MatmulPlan) Plans.insert(key, fresh);
                }
                block = plan.begin();
            }
            try {
                block.arguments.set(0, aAddress);
                block.arguments.set(2, cAddress);
                if (biasSegment != null) {
                    block.arguments.set(3, biasAddress);
                }
                plan.run(block, bAddress);
            } finally {
                plan.end(block);
            }
        } finally {
            Team.exit();
        }
    }

    private void run(Block block, long bAddress) {
        if (packing == null) {
            block.arguments.set(1, bAddress);
            run(block);
            return;
        }
        var workspace = Workspace.take(packing.bytes());
        try {
            packing.run(bAddress, workspace.address());
            block.arguments.set(1, workspace.address());
            run(block);
        } finally {
            workspace.giveBack();
        }
    }

    private static MatmulPlan make(long m, long n, long k, long aRow, long aCol, long bRow, long bCol, boolean withBias,
            boolean accumulate, boolean relu) {
        var a = DnnDesc.float32(new long[]{m, k}, new long[]{aRow, aCol});
        var b = DnnDesc.float32(new long[]{k, n}, new long[]{bRow, bCol});
        var bias = withBias ? DnnDesc.float32(new long[]{1, n}, new long[]{n, 1}) : null;
        var c = DnnDesc.float32(new long[]{m, n}, new long[]{n, 1});
        try (var attributes = DnnAttributes.product(accumulate, relu)) {
            return packs(m, n, k, aRow)
                    ? packed(a, b, bias, c, attributes, k, n)
                    : new MatmulPlan(DnnPrimitive.matmul(a, b, bias, c, attributes), a, b, bias, c, null);
        } catch (RuntimeException e) {
            DensePlan.close(a, b, bias, c);
            throw e;
        }
    }

    /**
     * Whether B is brought into the kernel's own layout first. That pays for the gradient of a large layer's weight, whose A
     * is a transposed gradient: by 2 to 5 % at 1000 to 4096 rows; for small ones it costs more than it brings.
     */
    private static boolean packs(long m, long n, long k, long aRow) {
        return aRow == 1 && m >= PACKS_FROM && n >= PACKS_FROM;
    }

    private static MatmulPlan packed(DnnDesc a, DnnDesc b, DnnDesc bias, DnnDesc c, DnnAttributes attributes, long k,
            long n) {
        try (var any = DnnDesc.any(k, n)) {
            var primitive = DnnPrimitive.matmul(a, any, bias, c, attributes);
            try {
                var inside = primitive.weights();
                return new MatmulPlan(primitive, a, inside, bias, c, Packing.make(b, inside));
            } catch (RuntimeException e) {
                primitive.close();
                throw e;
            }
        }
    }

    /** The address of an operand, all of whose elements are there. */
    private static long address(String operand, MemorySegment segment, long offset, long rows, long cols,
            long rowStride,
            long colStride) {
        long bytes = extent(operand, rows, cols, rowStride, colStride);
        return Operand.address("matmul", operand, segment, offset, bytes);
    }

    /** The bytes from the first element of a matrix to behind the last. */
    private static long extent(String operand, long rows, long cols, long rowStride, long colStride) {
        boolean byRows = colStride == 1 && rowStride >= cols;
        long lines = byRows ? rows : cols;
        long length = byRows ? cols : rows;
        long step = byRows ? rowStride : colStride;
        long most = Long.MAX_VALUE / Float.BYTES;
        if (rows < 1 || cols < 1 || !byRows && (rowStride != 1 || colStride < rows) || length > most
                || lines - 1 > (most - length) / step) {
            throw new IllegalArgumentException("matmul: " + operand + " [" + rows + ", " + cols + "] at strides ["
                    + rowStride + ", " + colStride
                    + "]; sizes are positive, one stride is 1, and the other spans what lies between");
        }
        return ((lines - 1) * step + length) * Float.BYTES;
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
        DensePlan.close(a, b, bias, c);
        if (packing != null) {
            packing.retire();
        }
    }
}
