package io.chagres.runtime.ffi;

import io.chagres.natives.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The OpenMP library that oneDNN brings along. These few functions stand in no header of the native jars, so they are
 * bound here and not by jextract: OpenMP's own, and {@code GOMP_parallel}, which GCC's compiled code calls to run a
 * function on a team of threads (LLVM's library has it too).
 */
public final class Gomp {
    private static final MethodHandle SET_NUM_THREADS;
    private static final MethodHandle SET_DYNAMIC;
    private static final MethodHandle GET_MAX_THREADS;
    private static final MethodHandle GET_NUM_THREADS;
    private static final MethodHandle GET_THREAD_NUM;
    private static final MethodHandle IN_PARALLEL;
    private static final MethodHandle GET_THREAD_LIMIT;
    private static final MethodHandle GET_MAX_ACTIVE_LEVELS;
    private static final MethodHandle PAUSE_RESOURCE_ALL;
    private static final MethodHandle PARALLEL;
    private static final int PAUSE_HARD = 2;

    static {
        Natives.load();
        var integer = ValueLayout.JAVA_INT;
        SET_NUM_THREADS = bind("omp_set_num_threads", FunctionDescriptor.ofVoid(integer));
        SET_DYNAMIC = bind("omp_set_dynamic", FunctionDescriptor.ofVoid(integer));
        GET_MAX_THREADS = bind("omp_get_max_threads", FunctionDescriptor.of(integer));
        GET_NUM_THREADS = bind("omp_get_num_threads", FunctionDescriptor.of(integer));
        GET_THREAD_NUM = bind("omp_get_thread_num", FunctionDescriptor.of(integer));
        IN_PARALLEL = bind("omp_in_parallel", FunctionDescriptor.of(integer));
        GET_THREAD_LIMIT = bind("omp_get_thread_limit", FunctionDescriptor.of(integer));
        GET_MAX_ACTIVE_LEVELS = bind("omp_get_max_active_levels", FunctionDescriptor.of(integer));
        PAUSE_RESOURCE_ALL = bind("omp_pause_resource_all", FunctionDescriptor.of(integer, integer));
        PARALLEL = bind("GOMP_parallel",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, integer, integer));
    }

    private Gomp() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return SymbolLookup.loaderLookup().find(name)
                .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor)).orElse(null);
    }

    /** Whether functions of ours can run on the team; where they cannot, they run on the calling thread. */
    public static boolean canRunTeams() {
        return PARALLEL != null;
    }

    /**
     * The most threads that the environment allows: {@code OMP_THREAD_LIMIT}, or 1 if {@code OMP_MAX_ACTIVE_LEVELS} forbids
     * teams.
     */
    public static int threadLimit() {
        try {
            int levels = (int) GET_MAX_ACTIVE_LEVELS.invokeExact();
            return levels < 1 ? 1 : (int) GET_THREAD_LIMIT.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sets the size of the team that the calling operating system thread gets from now on; exactly that many, whatever
     * {@code OMP_DYNAMIC} says, because OpenBLAS's jobs wait for each other.
     */
    public static void setNumThreads(int threads) {
        try {
            SET_DYNAMIC.invokeExact(0);
            SET_NUM_THREADS.invokeExact(threads);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The size of the team that the calling operating system thread gets. */
    public static int maxThreads() {
        try {
            return (int) GET_MAX_THREADS.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Ends the calling thread's team of workers, if it has one. */
    public static void releaseTeam() {
        if (PAUSE_RESOURCE_ALL == null) {
            return;
        }
        try {
            int failed = (int) PAUSE_RESOURCE_ALL.invokeExact(PAUSE_HARD);
            if (failed != 0) {
                throw new IllegalStateException("omp_pause_resource_all: status " + failed);
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The calling thread's number in the running team. */
    public static int threadNum() {
        try {
            return (int) GET_THREAD_NUM.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The size of the running team. */
    public static int numThreads() {
        try {
            return (int) GET_NUM_THREADS.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether the calling thread is at work for a team. */
    public static boolean inParallel() {
        try {
            return (int) IN_PARALLEL.invokeExact() != 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Runs {@code void body(long data)} once on each of so many threads and waits for all. The body must not throw. */
    public static void parallel(MemorySegment body, long data, int threads) {
        try {
            PARALLEL.invokeExact(body, data, threads, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A C function pointer for a static {@code void body(long data)}; it lives as long as the program. */
    @SuppressWarnings("restricted")
    public static MemorySegment body(MethodHandle target) {
        return Linker.nativeLinker().upcallStub(target, FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG),
                Arena.global());
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException exception) {
            return exception;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
