package io.chagres.natives.linux.x86_64;

import io.chagres.natives.NativeLoadException;
import io.chagres.natives.Natives;
import io.chagres.natives.load.Foreign;

/**
 * Loads the libraries and prints what it got; ends with 3 if it is told why not. Does so on a thread with a stack that is
 * too small for what the libraries do when they are loaded.
 */
final class Probe {
    private Probe() {
    }

    public static void main(String[] args) {
        new Thread(null, Probe::load, "small", 256 << 10).start();
    }

    private static void load() {
        try {
            var info = Natives.info();
            System.out.println("from " + info.origin());
            info.libraries().forEach(library -> System.out.println("library " + library.path()));
            System.out.println("versions " + info.openblas() + " and " + info.onednn());
            System.out.println("set " + info.environment());
            System.out.println("threads " + Foreign.number(Natives.symbols(), "omp_get_max_threads") + " and "
                    + Foreign.number(Natives.symbols(), "openblas_get_num_threads"));
            System.out.println("children inherit " + new ProcessBuilder().environment().get("OMP_NUM_THREADS"));
        } catch (NativeLoadException e) {
            System.out.println(e.getMessage());
            System.exit(3);
        }
    }
}
