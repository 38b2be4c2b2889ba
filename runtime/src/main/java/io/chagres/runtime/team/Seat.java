package io.chagres.runtime.team;

/** What the team knows of one Java thread that computes. Only that thread changes it. */
public final class Seat {
    final Thread thread;
    final boolean virtual;

    /** The share that was asked for explicitly; 0 if none. */
    volatile int share;
    /** The size of the OpenMP team that the operating system thread asks for; 0 before its first computation. */
    int teamSize;
    /** Where the seat stands among those that have a team; -1 if it has none. */
    int slot = -1;
    boolean gated;

    volatile boolean busy;
    volatile long lastUse;
    volatile Part part;
    volatile int parts;
    volatile Throwable failure;

    Seat(Thread thread) {
        this.thread = thread;
        this.virtual = thread.isVirtual();
    }
}
