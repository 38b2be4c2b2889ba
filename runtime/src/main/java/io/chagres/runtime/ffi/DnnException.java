package io.chagres.runtime.ffi;

/** oneDNN refused a call that our own checks let through. */
public final class DnnException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    DnnException(String message) {
        super(message);
    }
}
