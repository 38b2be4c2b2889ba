package io.chagres.runtime.ffi;

import io.chagres.bindings.openblas.OpenBlas;
import io.chagres.bindings.openblas.openblas_threads_callback;
import io.chagres.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.locks.StampedLock;

/**
 * Products by OpenBLAS. It asks for its threads through a callback, which runs the jobs on the OpenMP team of the calling
 * thread, so that both libraries share one team.
 * <p>
 * OpenBLAS keeps one thread count for the whole process. A call on several threads therefore runs alone, between raising
 * and lowering that count; calls on one thread run side by side. The jobs of one call wait for each other by spinning, so
 * each must have a thread of its own: the team is as large as the count.
 */
public final class Blas {
    private static final StampedLock THREAD_COUNT = new StampedLock();
    private static final boolean ON_TEAM;
    private static final MemorySegment JOB_BODY;
    private static final MethodHandle DO_JOB = doJobHandle();

    // The call that runs on the team; there is one at most, guarded by the write lock.
    private static volatile MemorySegment doJob;
    private static volatile long jobData;
    private static volatile long jobSize;
    private static volatile int jobArgument;
    private static volatile int jobCount;
    private static volatile int teamSize;

    static {
        Natives.load();
        ON_TEAM = Gomp.canRunTeams();
        try {
            JOB_BODY = ON_TEAM
                    ? Gomp.body(MethodHandles.lookup().findStatic(Blas.class, "runJob",
                            MethodType.methodType(void.class, long.class)))
                    : MemorySegment.NULL;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        if (ON_TEAM) {
            OpenBlas.openblas_set_threads_callback_function(
                    openblas_threads_callback.allocate(Blas::runJobs, Arena.global()));
        }
        OpenBlas.openblas_set_num_threads(1);
    }

    private Blas() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle doJobHandle() {
        return Linker.nativeLinker().downcallHandle(
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    private static void runJobs(int sync, MemorySegment job, int count, long size, MemorySegment data, int argument) {
        doJob = job;
        jobData = data.address();
        jobSize = size;
        jobArgument = argument;
        jobCount = count;
        // The whole team, even if there are fewer jobs: OpenMP would end the workers that it leaves out.
        Gomp.parallel(JOB_BODY, 0L, teamSize);
    }

    private static void runJob(long unused) {
        int thread = Gomp.threadNum();
        if (thread >= jobCount) {
            return;
        }
        try {
            DO_JOB.invokeExact(doJob, thread, jobData + thread * jobSize, jobArgument);
        } catch (Throwable e) {
            throw new AssertionError("a job of OpenBLAS cannot throw", e);
        }
    }

    /**
     * C ← alpha · op(A) · op(B) + beta · C in float32, row-major; op(A) is [m, k], op(B) is [k, n], C is [m, n]. Offsets
     * are bytes, leading dimensions elements of the matrices as they are stored.
     *
     * @param threads how many threads of the caller's team may be used
     * @throws IllegalArgumentException if a size is negative, a leading dimension too small, a segment on the heap, C read
     *         only, or the team has fewer threads
     * @throws IndexOutOfBoundsException if a matrix reaches outside its segment
     * @throws IllegalStateException if a segment was closed
     */
    public static void sgemm(int threads, boolean transA, boolean transB, int m, int n, int k, float alpha,
            MemorySegment a, long ao, int lda, MemorySegment b, long bo, int ldb, float beta, MemorySegment c, long co,
            int ldc) {
        if (KernelLog.isOn()) {
            KernelLog.ran("OpenBLAS sgemm");
        }
        check("sgemm", transA, transB, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, Float.BYTES);
        long stamp = begin("sgemm", threads);
        try {
            OpenBlas.cblas_sgemm(OpenBlas.CblasRowMajor(), transposition(transA), transposition(transB), m, n, k, alpha,
                    a.asSlice(ao), lda, b.asSlice(bo), ldb, beta, c.asSlice(co), ldc);
        } finally {
            end(stamp);
        }
    }

    /** {@link #sgemm} in float64. */
    public static void dgemm(int threads, boolean transA, boolean transB, int m, int n, int k, double alpha,
            MemorySegment a, long ao, int lda, MemorySegment b, long bo, int ldb, double beta, MemorySegment c, long co,
            int ldc) {
        if (KernelLog.isOn()) {
            KernelLog.ran("OpenBLAS dgemm");
        }
        check("dgemm", transA, transB, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, Double.BYTES);
        long stamp = begin("dgemm", threads);
        try {
            OpenBlas.cblas_dgemm(OpenBlas.CblasRowMajor(), transposition(transA), transposition(transB), m, n, k, alpha,
                    a.asSlice(ao), lda, b.asSlice(bo), ldb, beta, c.asSlice(co), ldc);
        } finally {
            end(stamp);
        }
    }

    private static int transposition(boolean transposed) {
        return transposed ? OpenBlas.CblasTrans() : OpenBlas.CblasNoTrans();
    }

    static long begin(String name, int threads) {
        if (threads == 1 || !ON_TEAM) {
            return THREAD_COUNT.readLock();
        }
        int team = Gomp.maxThreads();
        if (threads < 1 || threads > team) {
            throw new IllegalArgumentException(name + ": " + threads + " threads of a team of " + team);
        }
        long stamp = THREAD_COUNT.tryWriteLock();
        if (stamp == 0) {
            return THREAD_COUNT.readLock();
        }
        teamSize = team;
        OpenBlas.openblas_set_num_threads(threads);
        return stamp;
    }

    static void end(long stamp) {
        if (StampedLock.isWriteLockStamp(stamp)) {
            OpenBlas.openblas_set_num_threads(1);
        }
        THREAD_COUNT.unlock(stamp);
    }

    private static void check(String name, boolean transA, boolean transB, int m, int n, int k, MemorySegment a,
            long ao,
            int lda, MemorySegment b, long bo, int ldb, MemorySegment c, long co, int ldc, int size) {
        if (m < 0 || n < 0 || k < 0) {
            throw new IllegalArgumentException(name + ": negative size in m " + m + ", n " + n + ", k " + k);
        }
        checkMatrix(name, "A", a, ao, transA ? k : m, transA ? m : k, lda, size);
        checkMatrix(name, "B", b, bo, transB ? n : k, transB ? k : n, ldb, size);
        checkMatrix(name, "C", c, co, m, n, ldc, size);
        if (c.isReadOnly()) {
            throw new IllegalArgumentException(name + ": C is read only");
        }
    }

    static void checkMatrix(String name, String matrix, MemorySegment segment, long offset, int rows, int cols,
            int leading, int size) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(name + ": " + matrix + " is on the heap; a native segment is needed");
        }
        if (leading < Math.max(1, cols)) {
            throw new IllegalArgumentException(name + ": leading dimension of " + matrix + " is " + leading
                    + ", less than the " + cols + " elements of its lines");
        }
        long elements = rows == 0 || cols == 0 ? 0 : (rows - 1L) * leading + cols;
        if (offset < 0 || offset > segment.byteSize() || elements > (segment.byteSize() - offset) / size) {
            throw new IndexOutOfBoundsException(name + ": " + matrix + " has " + elements + " elements from byte "
                    + offset + " on, " + rows + " rows of " + cols + " at leading dimension " + leading
                    + "; its segment has " + segment.byteSize() + " bytes");
        }
    }
}
