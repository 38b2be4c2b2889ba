package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * C = A · B (+ C) in float32 by oneDNN for each of a batch of matrices, counted by up to {@value #MAX_BATCH_DIMS} dimensions
 * in front of the two of the matrices. A is [batch, m, k], B is [batch, k, n], both at any strides without overlap with one
 * of the last two being 1; a stride of 0 in the batch repeats a matrix. C is [batch, m, n] and dense.
 */
public final class BatchMatmulPlan extends Plan {
    /** The most dimensions that count matrices. */
    public static final int MAX_BATCH_DIMS = 4;

    private final DnnDesc a;
    private final DnnDesc b;
    private final DnnDesc c;

    private BatchMatmulPlan(DnnPrimitive primitive, DnnDesc a, DnnDesc b, DnnDesc c) {
        super(primitive);
        this.a = a;
        this.b = b;
        this.c = c;
    }

    /**
     * Runs the products. Offsets are bytes, strides elements: those of the batch, then of rows and columns. All is checked
     * before anything native is called. The caller sees to it that no segment is closed until this returns.
     *
     * @param batch the sizes of the batch
     * @throws IllegalArgumentException if a size is not positive, strides are unfit, a segment on the heap or C read only
     * @throws IndexOutOfBoundsException if an operand reaches outside its segment
     * @throws IllegalStateException if a segment was closed, or belongs to another thread
     */
    public static void run(long[] batch, long m, long n, long k, MemorySegment a, long ao, long[] aStrides,
            MemorySegment b, long bo, long[] bStrides, MemorySegment c, long co, boolean accumulate) {
        if (batch.length < 1 || batch.length > MAX_BATCH_DIMS) {
            throw new IllegalArgumentException("matmul: " + batch.length + " dimensions of a batch; 1 to "
                    + MAX_BATCH_DIMS + " are possible");
        }
        long[] aDims = dims("A", batch, m, k, aStrides);
        long[] bDims = dims("B", batch, k, n, bStrides);
        for (int d = 0; d < batch.length; d++) {
            if (Math.max(aDims[d], bDims[d]) != batch[d]) {
                throw new IllegalArgumentException("matmul: both operands repeat in dimension " + d + " of the batch "
                        + Arrays.toString(batch));
            }
        }
        var cDims = with(batch, m, n);
        var cStrides = dense(cDims);
        long aAddress = Operand.address("matmul", "A", a, ao, bytes("A", aDims, aStrides));
        long bAddress = Operand.address("matmul", "B", b, bo, bytes("B", bDims, bStrides));
        long cAddress = Operand.writable("matmul", "C", c, co, bytes("C", cDims, cStrides));
        int width = Team.enter();
        try {
            Block block = null;
            BatchMatmulPlan plan = null;
            while (block == null) {
                var key = PlanKey.start(PlanKey.Kind.BATCH_MATMUL).add(batch.length).add(k).add(accumulate).add(width);
                for (int d = 0; d < cDims.length; d++) {
                    key.add(cDims[d]).add(aStrides[d]).add(bStrides[d]);
                }
                plan = (BatchMatmulPlan) Plans.find(key);
                if (plan == null) {
                    var fresh = make(aDims, aStrides, bDims, bStrides, cDims, cStrides, accumulate);
                    plan = (BatchMatmulPlan) Plans.insert(key, fresh);
                }
                block = plan.begin();
            }
            try {
                block.arguments.set(0, aAddress);
                block.arguments.set(1, bAddress);
                block.arguments.set(2, cAddress);
                plan.run(block);
            } finally {
                plan.end(block);
            }
        } finally {
            Team.exit();
        }
    }

    /**
     * Whether a stack of matrices can be an operand: no stride is negative, one of the last two is 1, and no two elements lie
     * in one place, but for strides of 0 in the batch.
     */
    public static boolean accepts(long[] dims, long[] strides) {
        int rank = dims.length;
        boolean unit = strides[rank - 1] == 1 || strides[rank - 2] == 1;
        long taken = 0;
        long reached = 1;
        // by rising strides, each has to clear what the smaller ones reach
        for (int step = 0; unit && step < rank; step++) {
            int next = -1;
            for (int d = 0; d < rank; d++) {
                boolean repeats = d < rank - 2 && strides[d] == 0;
                if ((taken >>> d & 1) == 0 && !repeats && dims[d] > 1 && (next < 0 || strides[d] < strides[next])) {
                    next = d;
                }
            }
            if (next < 0) {
                return true;
            }
            if (strides[next] < reached || dims[next] > Long.MAX_VALUE / strides[next]) {
                return false;
            }
            taken |= 1L << next;
            reached = strides[next] * dims[next];
        }
        return unit;
    }

    /** The sizes of an operand, 1 where it repeats. */
    private static long[] dims(String operand, long[] batch, long rows, long cols, long[] strides) {
        var dims = with(batch, rows, cols);
        boolean positive = strides.length == dims.length;
        for (int d = 0; d < dims.length && positive; d++) {
            positive = dims[d] >= 1 && strides[d] >= 0;
            dims[d] = d < batch.length && strides[d] == 0 ? 1 : dims[d];
        }
        if (!positive || !accepts(dims, strides)) {
            throw new IllegalArgumentException("matmul: " + operand + " " + Arrays.toString(with(batch, rows, cols))
                    + " at strides " + Arrays.toString(strides)
                    + "; sizes are positive, the stride of rows or columns is 1, and elements do not overlap");
        }
        return dims;
    }

    private static long[] with(long[] batch, long rows, long cols) {
        var dims = Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = rows;
        dims[batch.length + 1] = cols;
        return dims;
    }

    private static long[] dense(long[] dims) {
        var strides = new long[dims.length];
        long stride = 1;
        for (int d = dims.length - 1; d >= 0; d--) {
            strides[d] = stride;
            if (dims[d] > Long.MAX_VALUE / Float.BYTES / stride) {
                throw new IllegalArgumentException("matmul: C " + Arrays.toString(dims) + " is too large");
            }
            stride *= dims[d];
        }
        return strides;
    }

    /** The bytes from the first element to behind the last. */
    private static long bytes(String operand, long[] dims, long[] strides) {
        long most = Long.MAX_VALUE / Float.BYTES - 1;
        long last = 0;
        for (int d = 0; d < dims.length; d++) {
            if (strides[d] > 0 && dims[d] - 1 > (most - last) / strides[d]) {
                throw new IllegalArgumentException("matmul: " + operand + " " + Arrays.toString(dims) + " at strides "
                        + Arrays.toString(strides) + " is too large");
            }
            last += (dims[d] - 1) * strides[d];
        }
        return (last + 1) * Float.BYTES;
    }

    private static BatchMatmulPlan make(long[] aDims, long[] aStrides, long[] bDims, long[] bStrides, long[] cDims,
            long[] cStrides, boolean accumulate) {
        var a = describe(aDims, aStrides);
        var b = describe(bDims, bStrides);
        var c = describe(cDims, cStrides);
        try (var attributes = DnnAttributes.product(accumulate, false)) {
            return new BatchMatmulPlan(DnnPrimitive.matmul(a, b, null, c, attributes), a, b, c);
        } catch (RuntimeException e) {
            a.close();
            b.close();
            c.close();
            throw e;
        }
    }

    /** What repeats has size 1, and a stride that oneDNN takes for dense. */
    private static DnnDesc describe(long[] dims, long[] strides) {
        var own = strides.clone();
        for (int d = dims.length - 1; d >= 0; d--) {
            if (dims[d] == 1 && d < dims.length - 2) {
                own[d] = Math.max(own[d + 1] * dims[d + 1], own[dims.length - 2] * dims[dims.length - 2]);
            }
        }
        return DnnDesc.float32(dims, own);
    }

    @Override
    int argumentCount() {
        return 3;
    }

    @Override
    void describe(DnnArguments arguments) {
        arguments.add(DnnArguments.SRC, a);
        arguments.add(DnnArguments.WEIGHTS, b);
        arguments.add(DnnArguments.DST, c);
    }

    @Override
    void closeDescriptions() {
        a.close();
        b.close();
        c.close();
    }
}
