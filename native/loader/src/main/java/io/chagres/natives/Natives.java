package io.chagres.natives;

import io.chagres.natives.load.Loading;
import java.lang.foreign.SymbolLookup;

/**
 * OpenBLAS and oneDNN, loaded once for this class loader.
 *
 * <p>The libraries come from the folder that the system property {@code chagres.native.path} or the environment
 * variable {@code CHAGRES_NATIVE_PATH} names; without either from the {@link NativeBundle} of this platform, by way of
 * a private cache folder ({@code chagres.native.cache}, {@code CHAGRES_NATIVE_CACHE}).
 *
 * <p>Before they are loaded, {@code OMP_NUM_THREADS} and {@code OPENBLAS_NUM_THREADS} are set to 1 in the environment
 * of this process unless the user has set them, so that no thread gets a team of native threads that nobody asked for.
 * Processes started from Java do not inherit them. {@code OMP_WAIT_POLICY} and {@code GOMP_SPINCOUNT} are left alone.
 *
 * <p>Code that finds symbols through {@link SymbolLookup#loaderLookup()} must share the class loader of this class;
 * {@link #symbols()} serves any caller. All methods may be called from any thread.
 */
public final class Natives {
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

    private static synchronized NativeInfo loadOnce() {
        if (failure != null) {
            throw new NativeLoadException(failure.getMessage(), failure);
        }
        if (loaded == null) {
            try {
                loaded = Loading.intoThisJvm().run();
            } catch (NativeLoadException e) {
                failure = e;
                throw e;
            }
        }
        return loaded;
    }
}
