package io.chagres.runtime.team;

/** Work that is cut into parts; the parts may run at once, on different threads. */
@FunctionalInterface
public interface Part {
    /** Does one of so many parts; the parts together do the whole. */
    void run(int part, int parts);

    /** Where a part of n elements starts, at a multiple of {@code grain}; part {@code parts} starts at n. */
    static long start(int part, int parts, long n, long grain) {
        if (part >= parts) {
            return n;
        }
        long grains = (n + grain - 1) / grain;
        return Math.min(n, grains * part / parts * grain);
    }
}
