package io.chagres.bench;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a thread spends its time, by looking at its stack about a thousand times a second. A thread in native code is seen
 * there; one in Java is seen at the next place where the JVM can stop it, so the shares are estimates: some Java just before a
 * native call is counted as native. Compare with the flight recorder's {@code jdk.CPUTimeSample} where it matters.
 */
final class Whereabouts {
    private static final long SHORTEST_PAUSE = 500_000;
    private static final long LONGEST_PAUSE = 1_500_000;

    private long inNative;
    private long inKernels;
    private long inJava;

    /** Watches this thread while it does some work again and again. */
    static Whereabouts of(Runnable work, long nanos) {
        var seen = new Whereabouts();
        var target = Thread.currentThread();
        var watcher = new Thread(() -> seen.watch(target), "whereabouts");
        watcher.setDaemon(true);
        watcher.start();
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            work.run();
        }
        watcher.interrupt();
        try {
            watcher.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while measuring", e);
        }
        return seen;
    }

    private void watch(Thread target) {
        var random = new SplittableRandom();
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(random.nextLong(SHORTEST_PAUSE, LONGEST_PAUSE));
            count(target.getStackTrace());
        }
    }

    private void count(StackTraceElement[] stack) {
        for (int i = 0; i < stack.length; i++) {
            String type = stack[i].getClassName();
            if (type.startsWith("io.chagres.runtime.kernel.")) {
                inKernels++;
                return;
            }
            if (type.startsWith("io.chagres.")) {
                if (i == 0 && isDoor(type)) {
                    inNative++;
                } else {
                    inJava++;
                }
                return;
            }
        }
    }

    /** Classes whose methods do nothing but call native code. */
    private static boolean isDoor(String type) {
        return type.startsWith("io.chagres.bindings.") || type.equals("io.chagres.runtime.ffi.Gomp");
    }

    /** The share of the time in the native libraries, waiting for the team included. */
    double nativeShare() {
        return (double) inNative / samples();
    }

    /** The share of the time in our own loops over data. */
    double kernelShare() {
        return (double) inKernels / samples();
    }

    /** The share of the time in all other Java code. */
    double javaShare() {
        return (double) inJava / samples();
    }

    /** How often the stack was looked at. */
    long samples() {
        return inNative + inKernels + inJava;
    }
}
