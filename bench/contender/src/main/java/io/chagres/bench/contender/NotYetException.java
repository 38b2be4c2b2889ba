package io.chagres.bench.contender;

/** A workload that a contender cannot run; the message says what is missing. */
public final class NotYetException extends Exception {
    private static final long serialVersionUID = 1;

    /** Says what is missing. */
    public NotYetException(String missing) {
        super(missing);
    }
}
