package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.Natives;
import java.io.PrintStream;

/** The libraries and where they came from. */
public final class LibraryReport implements Checkup {
    @Override
    public String title() {
        return "Libraries";
    }

    @Override
    public boolean run(PrintStream out) {
        var info = Natives.info();
        Lines.print(out, "platform", info.platform());
        Lines.print(out, "from", info.origin());
        for (var library : info.libraries()) {
            Lines.print(out, library.name(), "%,d bytes, %s".formatted(library.bytes(), library.path()));
        }
        Lines.print(out, "OpenBLAS", info.openblas());
        Lines.print(out, "oneDNN", info.onednn());
        return true;
    }
}
