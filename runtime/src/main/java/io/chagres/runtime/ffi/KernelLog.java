package io.chagres.runtime.ffi;

/** Which native kernel ran last on this thread; kept only while somebody asks for it. */
public final class KernelLog {
    private static final ThreadLocal<String> LAST = new ThreadLocal<>();
    private static volatile int readers;

    private KernelLog() {
    }

    /** Keeps names from now on, until {@link #stop} was called as often. */
    public static synchronized void start() {
        readers++;
    }

    /** Ends what {@link #start} began. */
    public static synchronized void stop() {
        readers--;
    }

    /** Whether names are kept: whoever makes them needs not otherwise. */
    public static boolean isOn() {
        return readers > 0;
    }

    /** Notes a kernel. */
    public static void ran(String kernel) {
        LAST.set(kernel);
    }

    /** The last kernel since the last call; null if none ran. */
    public static String take() {
        var last = LAST.get();
        LAST.remove();
        return last;
    }
}
