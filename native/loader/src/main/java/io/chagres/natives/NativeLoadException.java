package io.chagres.natives;

/** The native libraries cannot be used. The message says what was sought and where, what was found, and the way out. */
public final class NativeLoadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NativeLoadException(String message) {
        super(message);
    }

    public NativeLoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
