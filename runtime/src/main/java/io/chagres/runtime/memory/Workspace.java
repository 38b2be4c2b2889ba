package io.chagres.runtime.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Scratch memory for the time of one native call. It comes from a pool and only ever grows, so that a steady user
 * allocates nothing; there are as many as calls ran at once.
 */
public final class Workspace {
    private static Workspace[] idle = new Workspace[4];
    private static int count;

    private Block block;

    private Workspace() {
    }

    /**
     * Takes at least so many bytes, 64-byte aligned, not zeroed.
     *
     * @throws MemoryBudgetException if there is no room
     */
    public static Workspace take(long bytes) {
        var workspace = pop();
        try {
            workspace.ensure(bytes);
        } catch (RuntimeException e) {
            workspace.giveBack();
            throw e;
        }
        return workspace;
    }

    private static synchronized Workspace pop() {
        if (count == 0) {
            return new Workspace();
        }
        var workspace = idle[--count];
        idle[count] = null;
        return workspace;
    }

    private void ensure(long bytes) {
        if (block == null || block.bytes() < bytes) {
            free();
            block = Block.allocate(Owner.WORKSPACE, bytes, Leaks.Kind.MUST_CLOSE, "workspace");
        }
    }

    private void free() {
        if (block != null) {
            block.free();
            block = null;
        }
    }

    /** The address of its first byte; valid until {@link #giveBack()}. */
    public long address() {
        return block.segment().address();
    }

    /** The bytes that were taken, or more; valid until {@link #giveBack()}. */
    public MemorySegment segment() {
        return block.segment();
    }

    /** Ends the use. */
    public void giveBack() {
        synchronized (Workspace.class) {
            if (count == idle.length) {
                idle = Arrays.copyOf(idle, 2 * count);
            }
            idle[count++] = this;
        }
    }

    static void trim() {
        synchronized (Workspace.class) {
            for (int i = 0; i < count; i++) {
                idle[i].free();
                idle[i] = null;
            }
            count = 0;
        }
    }
}
