package io.chagres.natives.load;

/** The versions that the libraries must report. */
record Expected(Version openblas, Version onednn) {
    /** The versions whose headers the bindings were generated from. The manifests' files are these versions, too. */
    static final Expected BY_BINDINGS = new Expected(new Version(0, 3, 31), new Version(3, 13, 0));
}
