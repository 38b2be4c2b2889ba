package io.chagres.natives;

import io.chagres.natives.load.Loading;
import java.lang.foreign.SymbolLookup;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * OpenBLAS and oneDNN, loaded once for this class loader.
 *
 * <p>The libraries come from the folder that the system property {@code chagres.native.path} or the environment
 * variable {@code CHAGRES_NATIVE_PATH} names; without either from the {@link NativeBundle} of this platform, by way of
 * a private cache folder ({@code chagres.native.cache}, {@code CHAGRES_NATIVE_CACHE}).
 *
 * <p>Before they are loaded, {@code OMP_NUM_THREADS} and {@code OPENBLAS_NUM_THREADS} are set to 1 in the environment
 * of this process unless the user has set them, so that no thread gets a team of native threads that nobody asked for.
 * {@code GOMP_SPINCOUNT} is set to 2000 unless the user has set it or {@code OMP_WAIT_POLICY}, so that threads that wait soon
 * leave their processor to others. Processes started from Java do not inherit any of these.
 *
 * <p>Code that finds symbols through {@link SymbolLookup#loaderLookup()} must share the class loader of this class;
 * {@link #symbols()} serves any caller. All methods may be called from any thread.
 */
public final class Natives {
    private static final long STACK_BYTES = 8 << 20;

    private static volatile NativeInfo loaded;
    private static NativeLoadException failure;

    private Natives() {
    }

    /**
     * Loads the libraries unless they are loaded already.
     *
     * @throws NativeLoadException if they cannot be found, trusted or loaded, or are of the wrong version; later calls
     *         throw it again, without a second try
     */
    public static void load() {
        info();
    }

    /**
     * What is loaded, and where it came from; loads it first if need be.
     *
     * @throws NativeLoadException as {@link #load()} does
     */
    public static NativeInfo info() {
        var info = loaded;
        return info != null ? info : loadOnce();
    }

    /**
     * The symbols of the loaded libraries; loads them first if need be.
     *
     * @throws NativeLoadException as {@link #load()} does
     */
    public static SymbolLookup symbols() {
        load();
        return SymbolLookup.loaderLookup();
    }

    /** The libraries' own first steps take more stack than some Java threads have; on such a one they would end the JVM. */
    private static NativeInfo onRoomyThread(Callable<NativeInfo> loading) {
        var task = new FutureTask<>(loading);
        var thread = new Thread(null, task, "io.chagres.natives", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static synchronized NativeInfo loadOnce() {
        if (failure != null) {
            throw new NativeLoadException(failure.getMessage(), failure);
        }
        if (loaded == null) {
            try {
                loaded = onRoomyThread(Loading.intoThisJvm()::run);
            } catch (NativeLoadException e) {
                failure = e;
                throw e;
            }
        }
        return loaded;
    }
}
