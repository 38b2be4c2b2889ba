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

    private final Owner owner;
    private final String name;
    private Block[] blocks = new Block[8];
    private int count;
    private long top;
    private long last;
    private long used;

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
        if (count == 0 || blocks[count - 1].bytes() - top < rounded) {
            grow(rounded);
        }
        top += rounded;
        used += rounded;
        last = rounded;
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
        return blocks[count - 1].segment();
    }

    /** Where in {@link #segment()} the last allocation starts, in bytes. */
    long offset() {
        return top - last;
    }

    /** Bytes allocated since the last reset, rounded to the alignment. */
    long used() {
        return used;
    }

    /** Forgets all allocations. */
    void reset() {
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
        for (int i = 0; i < count; i++) {
            blocks[i].free();
            blocks[i] = null;
        }
        count = 0;
        top = 0;
        used = 0;
    }
}
