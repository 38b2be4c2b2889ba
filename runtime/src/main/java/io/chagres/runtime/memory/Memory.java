package io.chagres.runtime.memory;

import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The books of all memory off the heap, exact to the byte that was asked of the operating system, and its budget.
 * <p>
 * The budget starts at the system property {@code chagres.memory.budget} (bytes), else at 80 % of the memory that the
 * machine or container has. What lies outside these books: code and descriptors inside the native libraries, and the
 * JVM itself.
 */
public final class Memory {
    private static final Owner[] OWNERS = Owner.values();
    private static final AtomicLong[] LIVE = counters();
    private static final AtomicLong[] PEAK = counters();
    private static final AtomicLong TOTAL = new AtomicLong();
    private static final AtomicLong TOTAL_PEAK = new AtomicLong();
    private static final long SHORTEST_WAIT = 1_000_000;
    private static final long LONGEST_WAIT = 128_000_000;

    private static volatile long budget = initialBudget();

    private Memory() {
    }

    private static AtomicLong[] counters() {
        var counters = new AtomicLong[OWNERS.length];
        for (int i = 0; i < counters.length; i++) {
            counters[i] = new AtomicLong();
        }
        return counters;
    }

    private static long initialBudget() {
        String set = System.getProperty("chagres.memory.budget");
        if (set != null) {
            try {
                return requirePositive(Long.parseLong(set.trim()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("chagres.memory.budget: '" + set + "' is no number of bytes", e);
            }
        }
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return system.getTotalMemorySize() / 5 * 4;
    }

    private static long requirePositive(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memory budget: " + bytes + " bytes; a budget is positive");
        }
        return bytes;
    }

    /** A count of what is held now and was held at most. */
    public static MemoryReport report() {
        var live = new EnumMap<Owner, Long>(Owner.class);
        var peak = new EnumMap<Owner, Long>(Owner.class);
        for (var owner : OWNERS) {
            live.put(owner, LIVE[owner.ordinal()].get());
            peak.put(owner, PEAK[owner.ordinal()].get());
        }
        return new MemoryReport(live, peak, TOTAL.get(), TOTAL_PEAK.get(), budget);
    }

    /** Bytes held now. */
    public static long liveBytes() {
        return TOTAL.get();
    }

    /** Bytes that one owner holds now. */
    public static long liveBytes(Owner owner) {
        return LIVE[owner.ordinal()].get();
    }

    /** The most bytes held at once since the start or {@link #resetPeak()}. */
    public static long peakBytes() {
        return TOTAL_PEAK.get();
    }

    /** Starts the peaks again from what is held now. */
    public static void resetPeak() {
        for (int i = 0; i < OWNERS.length; i++) {
            PEAK[i].set(LIVE[i].get());
        }
        TOTAL_PEAK.set(TOTAL.get());
    }

    /** The limit in bytes. */
    public static long budget() {
        return budget;
    }

    /**
     * Sets the limit. What is held already stays, even if it is more.
     *
     * @throws IllegalArgumentException if the limit is not positive
     */
    public static void setBudget(long bytes) {
        budget = requirePositive(bytes);
    }

    /** Gives idle slabs and workspaces back to the operating system. */
    public static void trim() {
        SlabPool.SCOPES.trim();
        Workspace.trim();
    }

    /**
     * Enters bytes into the books before they are allocated. Idle slabs, and tensors that are garbage already, make room if
     * that is needed.
     */
    static void reserve(Owner owner, long bytes) {
        if (!tryReserve(bytes)) {
            trim();
            if (!tryReserve(bytes) && !collectAndReserve(bytes)) {
                throw exceeded(owner, bytes, null);
            }
        }
        LIVE[owner.ordinal()].addAndGet(bytes);
    }

    /** Whether there is room for so many bytes; idle slabs make some if that is needed. */
    static boolean makeRoom(long bytes) {
        if (bytes > budget - TOTAL.get()) {
            trim();
        }
        return bytes <= budget - TOTAL.get();
    }

    /** The collector does not see how large the tensors are that were left to it: has it look, and waits for the cleaner. */
    private static boolean collectAndReserve(long bytes) {
        if (bytes > budget - (TOTAL.get() - Block.leftToCollector())) {
            return false;
        }
        System.gc();
        for (long nanos = SHORTEST_WAIT; nanos <= LONGEST_WAIT; nanos *= 2) {
            if (tryReserve(bytes)) {
                return true;
            }
            LockSupport.parkNanos(nanos);
        }
        return tryReserve(bytes);
    }

    private static boolean tryReserve(long bytes) {
        while (true) {
            long used = TOTAL.get();
            if (bytes > budget - used) {
                return false;
            }
            if (TOTAL.compareAndSet(used, used + bytes)) {
                return true;
            }
        }
    }

    /** Notes that what was reserved has been allocated. */
    static void held(Owner owner) {
        raise(PEAK[owner.ordinal()], LIVE[owner.ordinal()].get());
        raise(TOTAL_PEAK, TOTAL.get());
    }

    static MemoryBudgetException exceeded(Owner owner, long bytes, Throwable cause) {
        var report = report();
        String reason = cause == null ? "the budget is" : "the operating system refused it although the budget is";
        return new MemoryBudgetException(String.format(Locale.ROOT,
                "%,d bytes asked for %s, %,d in use, %s %,d; held by: %s. Use smaller batches, close what is no longer "
                        + "needed, or raise the budget (Memory.setBudget or -Dchagres.memory.budget)",
                bytes, owner, report.totalLive(), reason, report.budget(), report.holders()), bytes,
                report.totalLive(), report.budget(), cause);
    }

    static void release(Owner owner, long bytes) {
        LIVE[owner.ordinal()].addAndGet(-bytes);
        TOTAL.addAndGet(-bytes);
    }

    /** Moves bytes from one owner to another; nothing is allocated or freed. */
    static void transfer(Owner from, Owner to, long bytes) {
        LIVE[from.ordinal()].addAndGet(-bytes);
        raise(PEAK[to.ordinal()], LIVE[to.ordinal()].addAndGet(bytes));
    }

    private static void raise(AtomicLong peak, long value) {
        long seen = peak.get();
        while (value > seen && !peak.compareAndSet(seen, value)) {
            seen = peak.get();
        }
    }
}
