package io.chagres.natives.load;

import java.nio.file.Path;

/** Says in words what the system's linker says in its own. */
final class LinkAdvice {
    private LinkAdvice() {
    }

    static String explain(Path library, String linker) {
        return "loading " + library + " failed: " + linker.replace(library + ": ", "") + "; " + wayOut(linker);
    }

    private static String wayOut(String linker) {
        if (linker.contains("already loaded in another classloader")) {
            return "let one class loader hold Chagres for all who use it, such as the parent of theirs";
        }
        if (linker.contains("GLIBC")) {
            return "the system's C or C++ library is too old: use a newer system, or set " + Settings.LIBRARIES
                    + " to a folder with OpenBLAS and oneDNN built for this one";
        }
        if (linker.contains("libstdc++") || linker.contains("libgcc_s")) {
            return "install the C++ runtime library (Debian, Ubuntu: libstdc++6; Fedora, Red Hat: libstdc++)";
        }
        if (linker.contains("failed to map segment") || linker.contains("Operation not permitted")) {
            return "is the folder mounted 'noexec'? Choose another with " + Settings.CACHE;
        }
        if (linker.contains("dependent libraries")) {
            return "install the Microsoft Visual C++ 2015-2022 Redistributable (x64)";
        }
        if (linker.contains("cannot open shared object file")) {
            return "install the library that is missing, or put it beside this one";
        }
        if (linker.contains("ELF") || linker.contains("file too short") || linker.contains("mach-o")) {
            return "the file is damaged, or no library for this system";
        }
        return "io.chagres.natives.Doctor shows more about this system";
    }
}
