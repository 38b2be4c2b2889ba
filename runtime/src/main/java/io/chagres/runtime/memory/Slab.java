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
    private int current;
    private long top;
    private long last;
    private long used;

    Slab(Owner owner, String name) {
        this.owner = owner;
        this.name = name;
    }

    /** Makes room for some bytes; {@link #segment()} and {@link #offset()} then tell where. The bytes are not zeroed. */
    void allocate(long bytes) {
        long rounded = Math.addExact(bytes, Block.ALIGNMENT - 1) & -Block.ALIGNMENT;
        while (count == 0 || blocks[current].bytes() - top < rounded) {
            if (count > 0 && current + 1 < count) {
                current++;
                top = 0;
            } else {
                grow(rounded);
            }
        }
        top += rounded;
        used += rounded;
        last = rounded;
    }

    private void grow(long rounded) {
        long previous = count == 0 ? 0 : blocks[count - 1].bytes();
        long roomy = Math.max(rounded, Math.max(SMALLEST, Math.min(2 * previous, LARGEST_STEP)));
        Block block;
        try {
            block = Block.allocate(owner, roomy, Leaks.Kind.MUST_CLOSE, name);
        } catch (MemoryBudgetException tight) {
            if (roomy == rounded) {
                throw tight;
            }
            block = Block.allocate(owner, rounded, Leaks.Kind.MUST_CLOSE, name);
        }
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * count);
        }
        blocks[count] = block;
        current = count++;
        top = 0;
    }

    /** The block of the last allocation. */
    MemorySegment segment() {
        return blocks[current].segment();
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
        current = 0;
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
        current = 0;
        top = 0;
        used = 0;
    }
}
