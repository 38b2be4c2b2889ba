package io.chagres.runtime.memory;

import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Tells of memory that ought to have been closed but was left to the garbage collector: parameters, kept tensors, data
 * sets, scopes. Such memory is freed all the same, only late. Tensors made outside any scope are meant for the collector
 * and are never reported.
 * <p>
 * The level starts at the system property {@code chagres.leaks}: {@code off}, {@code simple} (the default) or
 * {@code paranoid}.
 */
public final class Leaks {
    /** How much is remembered of each allocation. */
    public enum Level {
        /** Nothing is reported. */
        OFF,
        /** A leak is reported with its owner, size and operation. */
        SIMPLE,
        /** A leak is reported with the stack trace of its allocation, at the price of taking one for each. */
        PARANOID
    }

    /**
     * One leak.
     *
     * @param owner what the memory was for
     * @param bytes its size
     * @param origin the operation or object that it was made for
     * @param site where it was made; null below {@link Level#PARANOID}
     */
    public record Report(Owner owner, long bytes, String origin, Throwable site) {
    }

    enum Kind {
        MUST_CLOSE, COLLECTED
    }

    /** What is known of an allocation that must be closed; null for others. */
    record Trace(Owner owner, long bytes, String origin, Throwable site) {
    }

    private static final System.Logger LOG = System.getLogger("io.chagres");
    private static final AtomicLong COUNT = new AtomicLong();

    private static volatile Level level = initialLevel();
    private static volatile Consumer<Report> listener = Leaks::log;

    private Leaks() {
    }

    private static Level initialLevel() {
        String set = System.getProperty("chagres.leaks", "simple");
        try {
            return Level.valueOf(set.trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("chagres.leaks: '" + set + "' is not off, simple or paranoid", e);
        }
    }

    /** The level in force. */
    public static Level level() {
        return level;
    }

    /** Sets the level for allocations from now on. */
    public static void setLevel(Level level) {
        Leaks.level = Objects.requireNonNull(level, "level");
    }

    /** How many leaks were found so far. */
    public static long count() {
        return COUNT.get();
    }

    /** Sends reports to a listener instead of the log; it is called on the cleaner's thread. Null restores the log. */
    public static void setListener(Consumer<Report> listener) {
        Leaks.listener = listener == null ? Leaks::log : listener;
    }

    static Trace track(Kind kind, Owner owner, String origin, long bytes) {
        var now = level;
        if (kind == Kind.COLLECTED || now == Level.OFF) {
            return null;
        }
        return new Trace(owner, bytes, origin, now == Level.PARANOID ? new Throwable("allocated here") : null);
    }

    /** What is known of an allocation that serves somebody else from now on; the site becomes theirs. */
    static Trace passOn(Trace trace, Owner to) {
        return trace == null || level != Level.PARANOID
                ? trace
                : new Trace(to, trace.bytes(), trace.origin(), new Throwable("taken here"));
    }

    static void reclaimed(Trace trace) {
        if (trace != null) {
            COUNT.incrementAndGet();
            listener.accept(new Report(trace.owner(), trace.bytes(), trace.origin(), trace.site()));
        }
    }

    private static void log(Report leak) {
        String hint = leak.site() == null ? "; run with -Dchagres.leaks=paranoid to see where it was made" : "";
        LOG.log(System.Logger.Level.WARNING, String.format(Locale.ROOT,
                "leak: %,d bytes of %s (%s) were never closed and have been reclaimed by the garbage collector%s",
                leak.bytes(), leak.owner(), leak.origin(), hint), leak.site());
    }
}
