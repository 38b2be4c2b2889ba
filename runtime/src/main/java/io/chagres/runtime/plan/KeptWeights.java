package io.chagres.runtime.plan;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Storage;
import java.util.Arrays;

/**
 * What weights of one storage are in the layouts that primitives like best, so that a network that is not being trained brings
 * them there once. Good for one version of the storage, and for a few layouts; freed with the storage.
 */
public final class KeptWeights implements Storage.Companion {
    private static final int MOST = 4;

    private final Kept[] all = new Kept[MOST];
    private int next;
    private boolean closed;

    /** Weights from a byte on, at a version, in a layout. */
    private record Kept(long from, int version, byte[] layout, Storage copy) {
        boolean is(long otherFrom, int otherVersion, byte[] otherLayout) {
            return from == otherFrom && version == otherVersion && Arrays.equals(layout, otherLayout);
        }
    }

    /** Makes the copy at an address. */
    interface Maker {
        void make(long address);
    }

    /** Weights, and where they may be kept. */
    public record Source(KeptWeights kept, int version) {
    }

    /**
     * The weights in a layout, made if they are not there; {@linkplain Storage#acquire acquired} for the caller, who releases
     * them.
     */
    synchronized Storage take(long from, int version, byte[] layout, long bytes, Maker maker) {
        for (var kept : all) {
            if (kept != null && kept.is(from, version, layout)) {
                kept.copy.acquire("convolution");
                return kept.copy;
            }
        }
        var copy = Storage.collected(Owner.PLANS, bytes, "weights in a kernel's layout");
        copy.acquire("convolution");
        boolean done = false;
        try {
            maker.make(copy.address());
            done = true;
        } finally {
            if (!done) {
                copy.release();
            }
        }
        if (!closed) {
            drop(version);
            all[next] = new Kept(from, version, layout, copy);
            next = (next + 1) % MOST;
        }
        return copy;
    }

    /** Gives up what is of another version, and what is in the way. */
    private void drop(int version) {
        for (int i = 0; i < MOST; i++) {
            if (all[i] != null && (i == next || all[i].version != version)) {
                free(all[i].copy);
                all[i] = null;
            }
        }
    }

    /** Whoever uses it at this moment is its last user; then the garbage collector frees it. */
    private static void free(Storage copy) {
        try {
            copy.close("the weights have changed");
        } catch (IllegalStateException inUse) {
            return;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (int i = 0; i < MOST; i++) {
            if (all[i] != null) {
                free(all[i].copy);
                all[i] = null;
            }
        }
    }
}
