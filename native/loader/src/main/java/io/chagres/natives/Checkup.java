package io.chagres.natives;

import java.io.PrintStream;

/**
 * One section of the {@link Doctor}'s report. Other modules add theirs as services; they run after the doctor's own,
 * with the libraries loaded.
 */
public interface Checkup {
    /** The heading, a few words. */
    String title();

    /**
     * Looks, and prints what it finds.
     *
     * @return whether all is well; if not, what was printed says what to do. An exception counts as false, its message
     *         as the explanation.
     */
    boolean run(PrintStream out);
}
