package io.chagres.runtime.memory;

/** Slabs that wait for their next use. The one given back last is handed out first, while caches still hold it. */
final class SlabPool {
    static final SlabPool SCOPES = new SlabPool();

    private static final int MOST_IDLE = 64;

    private final Slab[] idle = new Slab[MOST_IDLE];
    private int count;

    private SlabPool() {
    }

    Slab take() {
        Slab slab = pop();
        if (slab == null) {
            return new Slab(Owner.ACTIVATIONS, "a scope that was never closed");
        }
        slab.transfer(Owner.ACTIVATIONS);
        return slab;
    }

    private synchronized Slab pop() {
        if (count == 0) {
            return null;
        }
        var slab = idle[--count];
        idle[count] = null;
        return slab;
    }

    void giveBack(Slab slab) {
        try {
            slab.reset();
        } catch (MemoryBudgetException tight) {
            slab.free(); // no room for one block as large as all of them: the next user starts small again
        }
        slab.transfer(Owner.RESERVE);
        if (!push(slab)) {
            slab.free();
        }
    }

    private synchronized boolean push(Slab slab) {
        if (count == MOST_IDLE) {
            return false;
        }
        idle[count++] = slab;
        return true;
    }

    void trim() {
        for (var slab = pop(); slab != null; slab = pop()) {
            slab.free();
        }
    }
}
