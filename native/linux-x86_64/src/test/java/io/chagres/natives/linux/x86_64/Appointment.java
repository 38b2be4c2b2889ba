package io.chagres.natives.linux.x86_64;

import io.chagres.natives.Checkup;
import java.io.PrintStream;

/** A checkup from another module, such that it shows how the doctor takes one that fails. */
public final class Appointment implements Checkup {
    @Override
    public String title() {
        return "Appointment";
    }

    @Override
    public boolean run(PrintStream out) {
        throw new IllegalStateException("the patient did not come");
    }
}
