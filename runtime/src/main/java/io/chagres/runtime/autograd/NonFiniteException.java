package io.chagres.runtime.autograd;

/** A NaN or an infinity was computed while {@link Anomaly#detect} was looking. The message names the operation and the place. */
public final class NonFiniteException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    NonFiniteException(String message) {
        super(message);
    }
}
