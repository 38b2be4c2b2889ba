package io.chagres.runtime.ffi;

import io.chagres.bindings.lapack.Lapacke;
import io.chagres.bindings.openblas.OpenBlas;
import io.chagres.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/**
 * Factorizations and triangular systems by OpenBLAS, in float32 or, if {@code wide}, float64. Matrices are column-major as in
 * LAPACK, except where a method says so; whoever has rows instead of columns hands in the transposed matrix. Offsets are
 * bytes; leading dimensions, and lengths of scratch segments, are elements.
 * <p>
 * All arguments are checked. Each method throws {@link IllegalArgumentException} if a size is negative, a leading dimension
 * too small, a segment on the heap or what is to be written read only, {@link IndexOutOfBoundsException} if a matrix or a
 * vector reaches outside its segment, and {@link IllegalStateException} if a segment was closed. What is returned is LAPACK's
 * {@code info}: 0, or where the matrix itself is to blame.
 */
public final class Lapack {
    static {
        Natives.load();
    }

    private static final int COLUMNS = Lapacke.LAPACK_COL_MAJOR();

    private Lapack() {
    }

    // ---- Cholesky and LU

    /** A [n, n] becomes its Cholesky factor, in one triangle; the other is not touched. {@code xPOTRF}. */
    public static int potrf(int threads, boolean wide, boolean upper, int n, MemorySegment a, long ao, int lda) {
        var name = name("potrf", wide);
        writable(name, "A", a, ao, n, n, lda, size(wide));
        long stamp = Blas.begin(name, threads);
        try {
            byte part = (byte) (upper ? 'U' : 'L');
            return status(name, wide
                    ? Lapacke.LAPACKE_dpotrf_work(COLUMNS, part, n, a.asSlice(ao), lda)
                    : Lapacke.LAPACKE_spotrf_work(COLUMNS, part, n, a.asSlice(ao), lda));
        } finally {
            Blas.end(stamp);
        }
    }

    /**
     * A [n, n] becomes L and U, and {@code pivots}, n 32-bit integers, the rows that were exchanged. {@code xGETRF}, on one
     * thread: on several, OpenBLAS takes half a megabyte of the caller's stack at each level of its recursion, which ends
     * the process.
     */
    public static int getrf(boolean wide, int n, MemorySegment a, long ao, int lda, MemorySegment pivots) {
        var name = name("getrf", wide);
        writable(name, "A", a, ao, n, n, lda, size(wide));
        vector(name, "pivots", pivots, n, Integer.BYTES);
        long stamp = Blas.begin(name, 1);
        try {
            return status(name, wide
                    ? Lapacke.LAPACKE_dgetrf_work(COLUMNS, n, n, a.asSlice(ao), lda, pivots)
                    : Lapacke.LAPACKE_sgetrf_work(COLUMNS, n, n, a.asSlice(ao), lda, pivots));
        } finally {
            Blas.end(stamp);
        }
    }

    /** How many elements {@link #getri} wants to work with. */
    public static long getriWork(boolean wide, int n) {
        var none = MemorySegment.NULL;
        int lda = Math.max(1, n);
        return asked(name("getri", wide), wide, work -> wide
                ? Lapacke.LAPACKE_dgetri_work(COLUMNS, n, none, lda, none, work, -1)
                : Lapacke.LAPACKE_sgetri_work(COLUMNS, n, none, lda, none, work, -1));
    }

    /** The L and U of {@link #getrf} become the inverse. {@code xGETRI}. */
    public static int getri(int threads, boolean wide, int n, MemorySegment a, long ao, int lda, MemorySegment pivots,
            MemorySegment work) {
        var name = name("getri", wide);
        writable(name, "A", a, ao, n, n, lda, size(wide));
        vector(name, "pivots", pivots, n, Integer.BYTES);
        for (int i = 0; i < n; i++) {
            int pivot = pivots.getAtIndex(ValueLayout.JAVA_INT, i);
            if (pivot < 1 || pivot > n) {
                throw new IllegalArgumentException(name + ": pivot " + pivot + " of " + n + " rows");
            }
        }
        int length = work(name, work, Math.max(1, n), wide);
        long stamp = Blas.begin(name, threads);
        try {
            return status(name, wide
                    ? Lapacke.LAPACKE_dgetri_work(COLUMNS, n, a.asSlice(ao), lda, pivots, work, length)
                    : Lapacke.LAPACKE_sgetri_work(COLUMNS, n, a.asSlice(ao), lda, pivots, work, length));
        } finally {
            Blas.end(stamp);
        }
    }

    /**
     * B [m, n] ← op(A)⁻¹ · B, or B · op(A)⁻¹ if not {@code left}, where A is a triangle, [m, m] or [n, n]. Row-major.
     * {@code cblas_xtrsm}.
     */
    public static void trsm(int threads, boolean wide, boolean left, boolean upper, boolean trans, boolean unit, int m,
            int n, MemorySegment a, long ao, int lda, MemorySegment b, long bo, int ldb) {
        var name = name("trsm", wide);
        int side = left ? m : n;
        matrix(name, "A", a, ao, side, side, lda, size(wide));
        writable(name, "B", b, bo, n, m, ldb, size(wide));
        int where = left ? OpenBlas.CblasLeft() : OpenBlas.CblasRight();
        int part = upper ? OpenBlas.CblasUpper() : OpenBlas.CblasLower();
        int turned = trans ? OpenBlas.CblasTrans() : OpenBlas.CblasNoTrans();
        int diagonal = unit ? OpenBlas.CblasUnit() : OpenBlas.CblasNonUnit();
        long stamp = Blas.begin(name, threads);
        try {
            if (wide) {
                OpenBlas.cblas_dtrsm(OpenBlas.CblasRowMajor(), where, part, turned, diagonal, m, n, 1, a.asSlice(ao),
                        lda, b.asSlice(bo), ldb);
            } else {
                OpenBlas.cblas_strsm(OpenBlas.CblasRowMajor(), where, part, turned, diagonal, m, n, 1, a.asSlice(ao),
                        lda, b.asSlice(bo), ldb);
            }
        } finally {
            Blas.end(stamp);
        }
    }

    // ---- LQ, which is the QR of the transposed matrix

    /** How many elements {@link #gelqf} wants to work with. */
    public static long gelqfWork(boolean wide, int m, int n) {
        var none = MemorySegment.NULL;
        int lda = Math.max(1, m);
        return asked(name("gelqf", wide), wide, work -> wide
                ? Lapacke.LAPACKE_dgelqf_work(COLUMNS, m, n, none, lda, none, work, -1)
                : Lapacke.LAPACKE_sgelqf_work(COLUMNS, m, n, none, lda, none, work, -1));
    }

    /** How many elements {@link #orglq} wants to work with. */
    public static long orglqWork(boolean wide, int m, int n, int k) {
        var none = MemorySegment.NULL;
        int lda = Math.max(1, m);
        return asked(name("orglq", wide), wide, work -> wide
                ? Lapacke.LAPACKE_dorglq_work(COLUMNS, m, n, k, none, lda, none, work, -1)
                : Lapacke.LAPACKE_sorglq_work(COLUMNS, m, n, k, none, lda, none, work, -1));
    }

    /** A [m, n] becomes L, below the diagonal, and reflectors above; {@code tau} has min(m, n) elements. {@code xGELQF}. */
    public static void gelqf(int threads, boolean wide, int m, int n, MemorySegment a, long ao, int lda,
            MemorySegment tau, MemorySegment work) {
        var name = name("gelqf", wide);
        writable(name, "A", a, ao, m, n, lda, size(wide));
        vector(name, "tau", tau, Math.min(m, n), size(wide));
        int length = work(name, work, Math.max(1, m), wide);
        long stamp = Blas.begin(name, threads);
        try {
            status(name, wide
                    ? Lapacke.LAPACKE_dgelqf_work(COLUMNS, m, n, a.asSlice(ao), lda, tau, work, length)
                    : Lapacke.LAPACKE_sgelqf_work(COLUMNS, m, n, a.asSlice(ao), lda, tau, work, length));
        } finally {
            Blas.end(stamp);
        }
    }

    /** The k reflectors of {@link #gelqf} become the first m rows of Q [n, n]. {@code xORGLQ}. */
    public static void orglq(int threads, boolean wide, int m, int n, int k, MemorySegment a, long ao, int lda,
            MemorySegment tau, MemorySegment work) {
        var name = name("orglq", wide);
        if (k < 0 || k > m || m > n) {
            throw new IllegalArgumentException(name + ": " + m + " rows of " + n + " from " + k + " reflectors");
        }
        writable(name, "A", a, ao, m, n, lda, size(wide));
        vector(name, "tau", tau, k, size(wide));
        int length = work(name, work, Math.max(1, m), wide);
        long stamp = Blas.begin(name, threads);
        try {
            status(name, wide
                    ? Lapacke.LAPACKE_dorglq_work(COLUMNS, m, n, k, a.asSlice(ao), lda, tau, work, length)
                    : Lapacke.LAPACKE_sorglq_work(COLUMNS, m, n, k, a.asSlice(ao), lda, tau, work, length));
        } finally {
            Blas.end(stamp);
        }
    }

    // ---- Singular values, eigenvalues, least squares

    /** What {@link #gesdd} computes besides singular values. */
    public enum Vectors {
        NONE('N'), REDUCED('S'), ALL('A');

        private final byte job;

        Vectors(char job) {
            this.job = (byte) job;
        }
    }

    /** How many elements {@link #gesdd} wants to work with; besides, it takes 8 · min(m, n) 32-bit integers. */
    public static long gesddWork(boolean wide, Vectors vectors, int m, int n) {
        var name = name("gesdd", wide);
        addressable(name, m, n);
        var none = MemorySegment.NULL;
        int most = Math.max(1, Math.max(m, n));
        return asked(name, wide, work -> wide
                ? Lapacke.LAPACKE_dgesdd_work(COLUMNS, vectors.job, m, n, none, most, none, none, most, none, most,
                        work, -1, none)
                : Lapacke.LAPACKE_sgesdd_work(COLUMNS, vectors.job, m, n, none, most, none, none, most, none, most,
                        work, -1, none));
    }

    /**
     * A [m, n] = U · diag(s) · V; what A held is lost. U is [m, k] and V [k, n], where k is min(m, n), or they are square;
     * without vectors both are ignored. {@code xGESDD}.
     */
    public static int gesdd(int threads, boolean wide, Vectors vectors, int m, int n, MemorySegment a, long ao, int lda,
            MemorySegment s, long so, MemorySegment u, long uo, int ldu, MemorySegment v, long vo, int ldv,
            MemorySegment work, MemorySegment integers) {
        var name = name("gesdd", wide);
        addressable(name, m, n);
        int k = Math.min(m, n);
        writable(name, "A", a, ao, m, n, lda, size(wide));
        writable(name, "s", s, so, k, 1, Math.max(1, k), size(wide));
        if (vectors != Vectors.NONE) {
            writable(name, "U", u, uo, m, vectors == Vectors.ALL ? m : k, ldu, size(wide));
            writable(name, "V", v, vo, vectors == Vectors.ALL ? n : k, n, ldv, size(wide));
        }
        vector(name, "integers", integers, 8L * k, Integer.BYTES);
        int length = work(name, work, gesddWork(wide, vectors, m, n), wide);
        boolean none = vectors == Vectors.NONE;
        var left = none ? MemorySegment.NULL : u.asSlice(uo);
        var right = none ? MemorySegment.NULL : v.asSlice(vo);
        int leftLeading = none ? Math.max(1, m) : ldu;
        int rightLeading = none ? Math.max(1, n) : ldv;
        long stamp = Blas.begin(name, threads);
        try {
            return status(name, wide
                    ? Lapacke.LAPACKE_dgesdd_work(COLUMNS, vectors.job, m, n, a.asSlice(ao), lda, s.asSlice(so), left,
                            leftLeading, right, rightLeading, work, length, integers)
                    : Lapacke.LAPACKE_sgesdd_work(COLUMNS, vectors.job, m, n, a.asSlice(ao), lda, s.asSlice(so), left,
                            leftLeading, right, rightLeading, work, length, integers));
        } finally {
            Blas.end(stamp);
        }
    }

    /** How many elements {@link #syevd} wants to work with; besides, it takes 3 + 5 n 32-bit integers. */
    public static long syevdWork(boolean wide, boolean vectors, int n) {
        var name = name("syevd", wide);
        addressable(name, n, n);
        var none = MemorySegment.NULL;
        try (var arena = Arena.ofConfined()) {
            var integers = arena.allocate(ValueLayout.JAVA_INT);
            byte job = (byte) (vectors ? 'V' : 'N');
            int lda = Math.max(1, n);
            return asked(name, wide, work -> wide
                    ? Lapacke.LAPACKE_dsyevd_work(COLUMNS, job, (byte) 'U', n, none, lda, none, work, -1, integers, -1)
                    : Lapacke.LAPACKE_ssyevd_work(COLUMNS, job, (byte) 'U', n, none, lda, none, work, -1, integers,
                            -1));
        }
    }

    /**
     * The eigenvalues w of a symmetric A [n, n], of which one triangle is read, in rising order; A becomes the vectors, one a
     * column, or is lost. {@code xSYEVD}.
     */
    public static int syevd(int threads, boolean wide, boolean vectors, boolean upper, int n, MemorySegment a, long ao,
            int lda, MemorySegment w, long wo, MemorySegment work, MemorySegment integers) {
        var name = name("syevd", wide);
        addressable(name, n, n);
        writable(name, "A", a, ao, n, n, lda, size(wide));
        writable(name, "w", w, wo, n, 1, Math.max(1, n), size(wide));
        vector(name, "integers", integers, 3 + 5L * n, Integer.BYTES);
        int length = work(name, work, syevdWork(wide, vectors, n), wide);
        int count = 3 + 5 * n;
        byte job = (byte) (vectors ? 'V' : 'N');
        byte part = (byte) (upper ? 'U' : 'L');
        long stamp = Blas.begin(name, threads);
        try {
            return status(name, wide
                    ? Lapacke.LAPACKE_dsyevd_work(COLUMNS, job, part, n, a.asSlice(ao), lda, w.asSlice(wo), work,
                            length, integers, count)
                    : Lapacke.LAPACKE_ssyevd_work(COLUMNS, job, part, n, a.asSlice(ao), lda, w.asSlice(wo), work,
                            length, integers, count));
        } finally {
            Blas.end(stamp);
        }
    }

    /** How much {@link #gelsd} wants to work with: elements, and 32-bit integers. */
    public record Work(long elements, long integers) {
    }

    /** How much {@link #gelsd} wants to work with. */
    public static Work gelsdWork(boolean wide, int m, int n, int k) {
        var name = name("gelsd", wide);
        addressable(name, m, n);
        var none = MemorySegment.NULL;
        try (var arena = Arena.ofConfined()) {
            var integers = arena.allocate(ValueLayout.JAVA_INT);
            var rank = arena.allocate(ValueLayout.JAVA_INT);
            int most = Math.max(1, Math.max(m, n));
            long elements = asked(name, wide, work -> wide
                    ? Lapacke.LAPACKE_dgelsd_work(COLUMNS, m, n, k, none, most, none, most, none, -1, rank, work, -1,
                            integers)
                    : Lapacke.LAPACKE_sgelsd_work(COLUMNS, m, n, k, none, most, none, most, none, -1, rank, work, -1,
                            integers));
            return new Work(elements, Math.max(1, integers.get(ValueLayout.JAVA_INT, 0)));
        }
    }

    /**
     * The shortest X that makes A · X - B smallest, for A [m, n], which is lost, and the k columns of B [max(m, n), k], whose
     * first n rows become X. {@code s} gets the singular values, {@code rank}, a 32-bit integer, how many of them are more than
     * {@code rcond} times the greatest. {@code xGELSD}.
     */
    public static int gelsd(int threads, boolean wide, int m, int n, int k, MemorySegment a, long ao, int lda,
            MemorySegment b, long bo, int ldb, MemorySegment s, long so, double rcond, MemorySegment rank,
            MemorySegment work, MemorySegment integers) {
        var name = name("gelsd", wide);
        addressable(name, m, n);
        int least = Math.min(m, n);
        writable(name, "A", a, ao, m, n, lda, size(wide));
        writable(name, "B", b, bo, Math.max(m, n), k, ldb, size(wide));
        writable(name, "s", s, so, least, 1, Math.max(1, least), size(wide));
        vector(name, "rank", rank, 1, Integer.BYTES);
        var wanted = gelsdWork(wide, m, n, k);
        vector(name, "integers", integers, wanted.integers, Integer.BYTES);
        int length = work(name, work, wanted.elements, wide);
        long stamp = Blas.begin(name, threads);
        try {
            return status(name, wide
                    ? Lapacke.LAPACKE_dgelsd_work(COLUMNS, m, n, k, a.asSlice(ao), lda, b.asSlice(bo), ldb,
                            s.asSlice(so), rcond, rank, work, length, integers)
                    : Lapacke.LAPACKE_sgelsd_work(COLUMNS, m, n, k, a.asSlice(ao), lda, b.asSlice(bo), ldb,
                            s.asSlice(so), (float) rcond, rank, work, length, integers));
        } finally {
            Blas.end(stamp);
        }
    }

    // ---- Checks

    private static String name(String routine, boolean wide) {
        var name = (wide ? "d" : "s") + routine;
        if (KernelLog.isOn()) {
            KernelLog.ran("OpenBLAS " + name);
        }
        return name;
    }

    private static int size(boolean wide) {
        return wide ? Double.BYTES : Float.BYTES;
    }

    private static int status(String name, int info) {
        if (info < 0) {
            throw new IllegalStateException(name + ": argument " + -info + " is refused by LAPACK");
        }
        return info;
    }

    /** Asks a routine, whose workspace has length -1, how much it wants. */
    private static long asked(String name, boolean wide, ToIntFunction<MemorySegment> routine) {
        try (var arena = Arena.ofConfined()) {
            var work = arena.allocate(ValueLayout.JAVA_DOUBLE);
            long stamp = Blas.begin(name, 1);
            try {
                status(name, routine.applyAsInt(work));
            } finally {
                Blas.end(stamp);
            }
            // float32 has it rounded, not always up
            double wanted = wide
                    ? work.get(ValueLayout.JAVA_DOUBLE, 0)
                    : Math.nextUp(work.get(ValueLayout.JAVA_FLOAT, 0));
            return Math.max(1, (long) Math.ceil(wanted));
        }
    }

    /** These routines count their workspace, which is a few squares of the smaller size, in 32 bits. */
    private static void addressable(String name, int m, int n) {
        long least = Math.min(m, n);
        if (least > 0 && 6 * least * least + 1024L * Math.max(m, n) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    name + ": [" + m + ", " + n + "] needs more workspace than LAPACK can count");
        }
    }

    private static int work(String name, MemorySegment work, long least, boolean wide) {
        vector(name, "work", work, least, size(wide));
        return (int) Math.min(Integer.MAX_VALUE, work.byteSize() / size(wide));
    }

    private static void vector(String name, String vector, MemorySegment segment, long count, int size) {
        writable(name, vector, segment);
        if (count < 0 || count > segment.byteSize() / size) {
            throw new IndexOutOfBoundsException(name + ": " + vector + " has " + count + " elements of " + size
                    + " bytes; its segment has " + segment.byteSize() + " bytes");
        }
    }

    private static void writable(String name, String matrix, MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(name + ": " + matrix + " is on the heap; a native segment is needed");
        }
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(name + ": " + matrix + " is read only");
        }
    }

    private static void writable(String name, String matrix, MemorySegment segment, long offset, int rows, int cols,
            int leading, int size) {
        writable(name, matrix, segment);
        matrix(name, matrix, segment, offset, rows, cols, leading, size);
    }

    /** A matrix of so many elements in a column. */
    private static void matrix(String name, String matrix, MemorySegment segment, long offset, int rows, int cols,
            int leading, int size) {
        if (rows < 0 || cols < 0) {
            throw new IllegalArgumentException(
                    name + ": " + matrix + " [" + rows + ", " + cols + "]; a size is negative");
        }
        Blas.checkMatrix(name, matrix, segment, offset, cols, rows, leading, size);
    }
}
