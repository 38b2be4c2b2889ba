package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.Natives;
import io.chagres.natives.load.Foreign;
import java.io.PrintStream;

/** Threads, before anyone but the doctor has asked for any. */
public final class ThreadReport implements Checkup {
    @Override
    public String title() {
        return "Threads at start";
    }

    @Override
    public boolean run(PrintStream out) {
        print(out, "OpenMP team", "omp_get_max_threads");
        print(out, "OpenBLAS", "openblas_get_num_threads");
        Lines.print(out, "OpenBLAS built with", switch (Foreign.number(Natives.symbols(), "openblas_get_parallel")) {
            case 0 -> "no threads";
            case 1 -> "threads of its own";
            default -> "OpenMP";
        });
        return true;
    }

    /** Not every OpenMP library shows its functions. */
    private static void print(PrintStream out, String name, String function) {
        var symbols = Natives.symbols();
        Lines.print(out, name,
                symbols.find(function).isPresent() ? Foreign.number(symbols, function) : "unknown");
    }
}
