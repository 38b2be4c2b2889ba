package io.chagres.nn.reliability;

import io.chagres.runtime.memory.Memory;

/** What tests before this one left to the garbage collector, and a check of the books must not see go. */
final class Garbage {
    private static final int MOST_ROUNDS = 50;
    private static final long MILLIS = 20;

    private Garbage() {
    }

    /** Collects until two collections free nothing more, and gives idle memory back. */
    static void collect() throws InterruptedException {
        int quiet = 0;
        for (int round = 0; round < MOST_ROUNDS && quiet < 2; round++) {
            long before = Memory.liveBytes();
            System.gc();
            Thread.sleep(MILLIS);
            quiet = Memory.liveBytes() == before ? quiet + 1 : 0;
        }
        Memory.trim();
    }
}
