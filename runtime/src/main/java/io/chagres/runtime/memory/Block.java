package io.chagres.runtime.memory;

import io.chagres.runtime.ffi.Pages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One allocation: its arena, its segment and its entry in the books. Whoever holds it frees it. A block that becomes
 * unreachable without that is freed after garbage collection, and reported as a leak unless it was made to be left to the
 * collector.
 */
final class Block {
    /** Cache lines, and the vectors of AVX-512, start at multiples of this. */
    static final long ALIGNMENT = 64;

    /** From here on a block comes straight from the system, in whole pages. */
    private static final long LARGE = Pages.HUGE;
    private static final Cleaner CLEANER = Cleaner.create();
    private static final AtomicLong LEFT_TO_COLLECTOR = new AtomicLong();

    private final MemorySegment segment;
    private final State state;
    private final Cleaner.Cleanable cleanable;

    private Block(Arena arena, MemorySegment segment, Owner owner, Leaks.Kind kind, String origin) {
        this.segment = segment;
        this.state = new State(arena, owner, segment.byteSize(), kind,
                Leaks.track(kind, owner, origin, segment.byteSize()));
        this.cleanable = CLEANER.register(this, state);
        Memory.held(owner);
        LEFT_TO_COLLECTOR.addAndGet(state.leftToCollector());
    }

    /** Zeroed memory, 64-byte aligned. */
    static Block allocate(Owner owner, long bytes, Leaks.Kind kind, String origin) {
        if (bytes < 0) {
            throw new IllegalArgumentException(origin + ": " + bytes + " bytes of memory");
        }
        Memory.reserve(owner, bytes);
        var arena = Arena.ofShared();
        try {
            var segment = bytes >= LARGE && Pages.available()
                    ? Pages.map(bytes, arena)
                    : arena.allocate(bytes, ALIGNMENT);
            return new Block(arena, segment, owner, kind, origin);
        } catch (OutOfMemoryError refused) {
            arena.close();
            Memory.release(owner, bytes);
            throw Memory.exceeded(owner, bytes, refused);
        }
    }

    /** Memory that somebody else made in the given arena, such as a mapped file; the arena is closed with the block. */
    static Block adopt(Arena arena, MemorySegment segment, Owner owner, String origin) {
        Memory.reserve(owner, segment.byteSize());
        return new Block(arena, segment, owner, Leaks.Kind.MUST_CLOSE, origin);
    }

    /** The bytes of all blocks that were made to be left to the garbage collector and are still there. */
    static long leftToCollector() {
        return LEFT_TO_COLLECTOR.get();
    }

    MemorySegment segment() {
        return segment;
    }

    Leaks.Kind kind() {
        return state.kind;
    }

    long bytes() {
        return state.bytes;
    }

    void transfer(Owner to) {
        state.transfer(to);
    }

    /**
     * Gives the memory back; a second call does nothing.
     *
     * @throws IllegalStateException if a native call outside Chagres is using the segment; nothing is freed then
     */
    void free() {
        state.closeArena();
        cleanable.clean();
    }

    /** What must outlive the block for the cleaner. */
    private static final class State implements Runnable {
        private final Arena arena;
        private final long bytes;
        private final Leaks.Kind kind;
        private Leaks.Trace trace;
        private Owner owner;
        private boolean closed;

        State(Arena arena, Owner owner, long bytes, Leaks.Kind kind, Leaks.Trace trace) {
            this.arena = arena;
            this.owner = owner;
            this.bytes = bytes;
            this.kind = kind;
            this.trace = trace;
        }

        long leftToCollector() {
            return kind == Leaks.Kind.COLLECTED ? bytes : 0;
        }

        synchronized void closeArena() {
            if (!closed) {
                arena.close();
                closed = true;
                Memory.release(owner, bytes);
                LEFT_TO_COLLECTOR.addAndGet(-leftToCollector());
            }
        }

        synchronized void transfer(Owner to) {
            if (!closed && to != owner) {
                Memory.transfer(owner, to, bytes);
                owner = to;
                trace = Leaks.passOn(trace, to);
            }
        }

        @Override
        public void run() {
            boolean leaked;
            synchronized (this) {
                leaked = !closed;
                closeArena();
            }
            if (leaked) {
                Leaks.reclaimed(trace);
            }
        }
    }
}
