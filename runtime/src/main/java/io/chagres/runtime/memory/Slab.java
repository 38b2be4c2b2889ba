package io.chagres.runtime.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Memory with a rising top. It grows by blocks while it is first used; when it is reset after having needed several
 * blocks, it replaces them by a single one that would have held all, so that a steady user allocates nothing.
 */
final class Slab {
    private static final long SMALLEST = 1 << 16;
    private static final long LARGEST_STEP = 64 << 20;

    private static final int MOST_FREE = 32;
    private static final long LEAST_FREE = 1 << 15;

    private final Owner owner;
    private final String name;
    private Block[] blocks = new Block[8];
    private int count;
    private long top;
    private long used;

    /** Where the last allocation is. */
    private MemorySegment segment;
    private long offset;

    /** Parts that were given back early: where they are and how large, rounded. Only large ones, so there are few. */
    private final MemorySegment[] freeSegments = new MemorySegment[MOST_FREE];
    private final long[] freeOffsets = new long[MOST_FREE];
    private final long[] freeSizes = new long[MOST_FREE];
    private int free;

    Slab(Owner owner, String name) {
        this.owner = owner;
        this.name = name;
    }

    /** Makes room for some bytes; {@link #segment()} and {@link #offset()} then tell where. The bytes are not zeroed. */
    void allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("scope: " + bytes + " bytes of memory");
        }
        long most = Long.MAX_VALUE - Block.ALIGNMENT; // beyond it nothing fits any budget
        long rounded = Math.min(bytes, most) + Block.ALIGNMENT - 1 & -Block.ALIGNMENT;
        if (free > 0 && rounded >= LEAST_FREE && reuse(rounded)) {
            return;
        }
        if (count == 0 || blocks[count - 1].bytes() - top < rounded) {
            grow(rounded);
        }
        segment = blocks[count - 1].segment();
        offset = top;
        top += rounded;
        used += rounded;
    }

    /** The smallest part that was given back, if it is not much too large. */
    private boolean reuse(long rounded) {
        int best = -1;
        for (int i = 0; i < free; i++) {
            if (freeSizes[i] >= rounded && freeSizes[i] < 2 * rounded
                    && (best < 0 || freeSizes[i] < freeSizes[best])) {
                best = i;
            }
        }
        if (best < 0) {
            return false;
        }
        segment = freeSegments[best];
        offset = freeOffsets[best];
        free--;
        freeSegments[best] = freeSegments[free];
        freeOffsets[best] = freeOffsets[free];
        freeSizes[best] = freeSizes[free];
        freeSegments[free] = null;
        return true;
    }

    /** Takes back the bytes of an allocation that nobody will use again; forgets it if there are too many or it is small. */
    void giveBack(MemorySegment where, long from, long bytes) {
        long rounded = bytes + Block.ALIGNMENT - 1 & -Block.ALIGNMENT;
        if (free < MOST_FREE && rounded >= LEAST_FREE) {
            freeSegments[free] = where;
            freeOffsets[free] = from;
            freeSizes[free++] = rounded;
        }
    }

    private void forget() {
        Arrays.fill(freeSegments, 0, free, null);
        free = 0;
        segment = null;
    }

    private void grow(long rounded) {
        long previous = count == 0 ? 0 : blocks[count - 1].bytes();
        long roomy = Math.max(rounded, Math.max(SMALLEST, Math.min(2 * previous, LARGEST_STEP)));
        var block = Block.allocate(owner, Memory.makeRoom(roomy) ? roomy : rounded, Leaks.Kind.MUST_CLOSE, name);
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * count);
        }
        blocks[count++] = block;
        top = 0;
    }

    /** The block of the last allocation. */
    MemorySegment segment() {
        return segment;
    }

    /** Where in {@link #segment()} the last allocation starts, in bytes. */
    long offset() {
        return offset;
    }

    /** Bytes allocated since the last reset, rounded to the alignment. */
    long used() {
        return used;
    }

    /** Forgets all allocations. */
    void reset() {
        forget();
        if (count > 1) {
            long needed = used;
            free();
            grow(needed);
        }
        top = 0;
        used = 0;
    }

    void transfer(Owner to) {
        for (int i = 0; i < count; i++) {
            blocks[i].transfer(to);
        }
    }

    void free() {
        forget();
        for (int i = 0; i < count; i++) {
            blocks[i].free();
            blocks[i] = null;
        }
        count = 0;
        top = 0;
        used = 0;
    }
}
