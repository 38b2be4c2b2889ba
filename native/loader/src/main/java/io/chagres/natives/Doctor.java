package io.chagres.natives;

import io.chagres.natives.doctor.EnvironmentReport;
import io.chagres.natives.doctor.KernelReport;
import io.chagres.natives.doctor.LibraryReport;
import io.chagres.natives.doctor.SelfTest;
import io.chagres.natives.doctor.SystemReport;
import io.chagres.natives.doctor.ThreadReport;
import java.io.PrintStream;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Tells what Chagres runs on, and whether it works: {@code java io.chagres.natives.Doctor}. The self-test takes about
 * two seconds. The exit code is 0 if all is well, else 1.
 */
public final class Doctor {
    private static final List<Checkup> OWN = List.of(new SystemReport(), new LibraryReport(), new EnvironmentReport(),
            new KernelReport(), new ThreadReport(), new SelfTest());

    private Doctor() {
    }

    /** Prints the report to standard output and ends the JVM. Arguments are not looked at. */
    public static void main(String[] args) {
        System.exit(examine(System.out) ? 0 : 1);
    }

    private static boolean examine(PrintStream out) {
        var well = true;
        try {
            for (var checkup : OWN) {
                well &= examine(checkup, out);
            }
            for (var checkup : ServiceLoader.load(Checkup.class, Checkup.class.getClassLoader())) {
                well &= examine(checkup, out);
            }
        } catch (NativeLoadException e) {
            out.println("  FAILED: " + e.getMessage());
            well = false;
        } catch (ServiceConfigurationError e) {
            out.println("FAILED: a checkup is declared that cannot be used: " + e.getMessage());
            well = false;
        }
        out.println(well ? "All is well." : "Something is wrong: see FAILED above.");
        return well;
    }

    private static boolean examine(Checkup checkup, PrintStream out) {
        out.println(checkup.title());
        try {
            var well = checkup.run(out);
            if (!well) {
                out.println("  FAILED");
            }
            return well;
        } catch (NativeLoadException e) {
            throw e;
        } catch (RuntimeException | LinkageError | AssertionError e) {
            out.println("  FAILED: " + e);
            return false;
        }
    }
}
