package io.chagres.runtime.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A segment that somebody else allocated, and may end. An operation must be sure of its memory until it is done, and nothing can
 * hold an arena open from outside. So only segments are taken that cannot end meanwhile: those of a confined arena, which only
 * the thread that uses them can close, and those of arenas that are never closed ({@code global}, {@code ofAuto}). A shared arena
 * can be closed by any thread at any time, and is refused.
 */
final class Foreign {
    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {
    });
    private static final Class<?> AUTO = Arena.ofAuto().scope().getClass();
    private static final boolean AUTO_IS_KNOWN = AUTO != sharedScope();

    private final MemorySegment segment;
    private final boolean confined;

    private static Class<?> sharedScope() {
        try (var arena = Arena.ofShared()) {
            return arena.scope().getClass();
        }
    }

    /**
     * @throws IllegalArgumentException if the segment is on the heap or in a shared arena
     * @throws IllegalStateException if its arena was closed, or is confined to another thread
     */
    Foreign(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("wrap: " + segment.byteSize()
                    + " bytes on the heap, which the garbage collector moves; Tensor.of copies arrays");
        }
        this.segment = segment;
        this.confined = !segment.isAccessibleBy(ANOTHER);
        String trouble = trouble();
        if (trouble != null) {
            throw new IllegalStateException("wrap: the segment " + trouble);
        }
        if (!confined && !cannotBeClosed()) {
            throw new IllegalArgumentException(
                    "wrap: a segment of a shared arena, which another thread could close during"
                            + " an operation; allocate it in a confined or automatic arena, or copy it");
        }
    }

    private boolean cannotBeClosed() {
        var scope = segment.scope();
        return scope.equals(Arena.global().scope()) || AUTO_IS_KNOWN && scope.getClass() == AUTO;
    }

    /** The bytes for those who have made sure that they are there; for all threads of a team. */
    @SuppressWarnings("restricted")
    MemorySegment bytes() {
        if (!confined) {
            return segment;
        }
        var same = MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize());
        return segment.isReadOnly() ? same.asReadOnly() : same;
    }

    /** The segment, which checks every access. */
    MemorySegment segment() {
        return segment;
    }

    boolean isOpen() {
        return segment.scope().isAlive();
    }

    /** Why this thread cannot use it, in words; null if it can. */
    String trouble() {
        if (!isOpen()) {
            return "is gone: its arena was closed";
        }
        return confined && !segment.isAccessibleBy(Thread.currentThread())
                ? "belongs to a confined arena of another thread and cannot be used on " + Thread.currentThread()
                : null;
    }
}
