package io.chagres.runtime.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * Memory straight from Linux for large blocks: zeroed by the system as it is touched, on huge pages where they are to be had,
 * so that a product over 64 MB does not look up 16,000 small ones; and outside the JVM's limit for direct memory, which is the
 * heap's size. Not for other systems. The three functions are the C library's, and stand in no header of the native jars.
 */
public final class Pages {
    /** The size of a huge page; memory from here begins at a multiple of it. */
    public static final long HUGE = 2 << 20;

    /** A multiple of every page size that Linux has. */
    private static final long SMALL = 1 << 16;
    private static final int READ_WRITE = 0x1 | 0x2;
    private static final int PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int ADVISE_HUGE = 14;
    private static final long FAILED = -1;

    private static final MethodHandle MMAP;
    private static final MethodHandle MUNMAP;
    private static final MethodHandle MADVISE;

    static {
        var size = ValueLayout.JAVA_LONG;
        var integer = ValueLayout.JAVA_INT;
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        MMAP = linux
                ? bind("mmap", FunctionDescriptor.of(size, size, size, integer, integer, integer, size))
                : null;
        MUNMAP = linux ? bind("munmap", FunctionDescriptor.of(integer, size, size)) : null;
        MADVISE = linux ? bind("madvise", FunctionDescriptor.of(integer, size, size, integer)) : null;
    }

    private Pages() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().defaultLookup().find(name)
                .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor)).orElse(null);
    }

    /** Whether {@link #map} works here. */
    public static boolean available() {
        return MMAP != null && MUNMAP != null && MADVISE != null;
    }

    /**
     * Zeroed memory that goes back to the system when the arena is closed.
     *
     * @throws OutOfMemoryError if the system has no room
     */
    @SuppressWarnings("restricted")
    public static MemorySegment map(long bytes, Arena arena) {
        long rounded = bytes + SMALL - 1 & -SMALL;
        long begin = mapAligned(rounded);
        try {
            var segment = MemorySegment.ofAddress(begin).reinterpret(bytes, arena, _ -> unmap(begin, rounded));
            advise(begin, rounded);
            return segment;
        } catch (RuntimeException e) {
            unmap(begin, rounded);
            throw e;
        }
    }

    /** Maps more than is needed, and gives back what lies before the first huge page and behind the last byte. */
    private static long mapAligned(long bytes) {
        long found;
        try {
            found = (long) MMAP.invokeExact(0L, Math.addExact(bytes, HUGE), READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (found == FAILED) {
            throw new OutOfMemoryError("the system has no room for " + bytes + " bytes");
        }
        long begin = found + HUGE - 1 & -HUGE;
        if (begin > found) {
            unmap(found, begin - found);
        }
        unmap(begin + bytes, found + HUGE - begin);
        return begin;
    }

    private static void unmap(long begin, long bytes) {
        if (bytes == 0) {
            return;
        }
        int status;
        try {
            status = (int) MUNMAP.invokeExact(begin, bytes);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (status != 0) {
            throw new IllegalStateException("munmap refused " + bytes + " bytes");
        }
    }

    /** Asks for huge pages; a system without them refuses, and small ones do. */
    private static void advise(long begin, long bytes) {
        try {
            int _ = (int) MADVISE.invokeExact(begin, bytes, ADVISE_HUGE);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a call into the C library failed", e);
    }
}
