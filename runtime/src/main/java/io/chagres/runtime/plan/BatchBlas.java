package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.Blas;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;

/** The products of {@link BatchMatmulPlan} by OpenBLAS: one call on one thread for each pair, parts of the batch on the team. */
public final class BatchBlas {
    /** Multiply-adds that are worth another thread. */
    private static final long PART = 1 << 19;

    private BatchBlas() {
    }

    /**
     * Runs the products; the arguments are those of {@link BatchMatmulPlan#run}, whose strides fit here too. Each matrix is
     * checked before it is touched.
     *
     * @throws IllegalArgumentException if a size is too large for 32 bits, a segment on the heap or C read only
     * @throws IndexOutOfBoundsException if a matrix reaches outside its segment
     * @throws IllegalStateException if a segment was closed, or belongs to another thread
     */
    public static void run(long[] batch, long m, long n, long k, MemorySegment a, long ao, long[] aStrides,
            MemorySegment b, long bo, long[] bStrides, MemorySegment c, long co, boolean accumulate) {
        long matrices = 1;
        for (long size : batch) {
            matrices *= size;
        }
        long all = matrices;
        long work = matrices * Math.max(1, m * n * k / 64) * 64;
        var left = Matrix.of(aStrides, m, k);
        var right = Matrix.of(bStrides, k, n);
        Team.parallel((int) Math.clamp(work / PART, 1, Math.min(all, Integer.MAX_VALUE)), (part, parts) -> {
            long end = Part.start(part + 1, parts, all, 1);
            for (long i = Part.start(part, parts, all, 1); i < end; i++) {
                Blas.sgemm(1, left.transposed, right.transposed, Math.toIntExact(m), Math.toIntExact(n),
                        Math.toIntExact(k), 1, a, ao + Float.BYTES * at(i, batch, aStrides), left.leading, b,
                        bo + Float.BYTES * at(i, batch, bStrides), right.leading, accumulate ? 1 : 0, c,
                        co + Float.BYTES * i * m * n, Math.toIntExact(n));
            }
        });
    }

    private static long at(long matrix, long[] batch, long[] strides) {
        long at = 0;
        for (int d = batch.length - 1; d >= 0; d--) {
            at += matrix % batch[d] * strides[d];
            matrix /= batch[d];
        }
        return at;
    }

    /** How one matrix of [rows, cols] lies. */
    private record Matrix(boolean transposed, int leading) {
        static Matrix of(long[] strides, long rows, long cols) {
            long row = strides[strides.length - 2];
            long col = strides[strides.length - 1];
            boolean transposed = col != 1;
            return new Matrix(transposed,
                    Math.toIntExact(transposed ? Math.max(col, rows) : Math.max(row, Math.max(1, cols))));
        }
    }
}
