package io.chagres.runtime.plan;

import java.util.Arrays;

/** What tells one plan from another: a kind and its numbers. Each thread has one to fill, so that a look-up allocates nothing. */
final class PlanKey {
    private static final ThreadLocal<PlanKey> PROBE = ThreadLocal.withInitial(() -> new PlanKey(new long[32]));

    /** What is planned. */
    enum Kind {
        MATMUL, BATCH_MATMUL, ELTWISE, NORMALIZATION, NORMALIZATION_BACKWARD, POOL, POOL_TRAINING, POOL_BACKWARD, CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHT
    }

    private final long[] parts;
    private int count;
    private int hash;

    private PlanKey(long[] parts) {
        this.parts = parts;
    }

    /** This thread's key, emptied. It is overwritten by the next call on this thread. */
    static PlanKey start(Kind kind) {
        var key = PROBE.get();
        key.count = 0;
        key.hash = 0;
        return key.add(kind.ordinal());
    }

    PlanKey add(long part) {
        parts[count++] = part;
        long mixed = (hash * 31L + part) * 0x9E3779B97F4A7C15L;
        hash = (int) (mixed ^ mixed >>> 32);
        return this;
    }

    PlanKey add(boolean part) {
        return add(part ? 1 : 0);
    }

    PlanKey copy() {
        var copy = new PlanKey(Arrays.copyOf(parts, count));
        copy.count = count;
        copy.hash = hash;
        return copy;
    }

    int hash() {
        return hash;
    }

    boolean matches(PlanKey other) {
        return hash == other.hash && Arrays.equals(parts, 0, count, other.parts, 0, other.count);
    }
}
