package io.chagres.nn.format;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file does not hold what its format demands: it is cut short, damaged, or of another kind. The message names the file,
 * the place in it and what is wrong there. Readers throw this for whatever bytes they may be given, and nothing else.
 */
public final class FormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** A problem in a file; the text starts with the place, such as {@code "tensor 'fc1.weight': ..."}. */
    public FormatException(Path file, String problem) {
        this(file, problem, null);
    }

    /** A problem in a file that came to light by another exception. */
    public FormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
