package io.chagres.runtime.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * All plans, up to a bound; beyond it those go that were not used for longest. Looking one up takes no lock and allocates
 * nothing.
 */
public final class Plans {
    private static volatile int capacity = Math.max(8, Integer.getInteger("chagres.plans", 1024));
    private static volatile Plan[] table = new Plan[64];
    private static volatile long clock;
    private static int size;

    private Plans() {
    }

    /** The most plans that are kept. */
    public static int capacity() {
        return capacity;
    }

    /** Sets how many plans are kept at most, at least 8; what is too many goes at once. */
    public static synchronized void setCapacity(int plans) {
        if (plans < 8) {
            throw new IllegalArgumentException("plans: capacity " + plans + "; at least 8 are needed");
        }
        capacity = plans;
        while (size > plans) {
            evict();
        }
    }

    /** How many plans there are. */
    public static synchronized int count() {
        return size;
    }

    /** The names of the kernels that all plans use, each once, in alphabetical order. */
    public static List<String> kernels() {
        return Arrays.stream(table).filter(Objects::nonNull).map(Plan::kernel).distinct().sorted().toList();
    }

    /** The plan of a key; null if there is none yet. */
    static Plan find(PlanKey key) {
        var plans = table;
        int mask = plans.length - 1;
        for (int i = key.hash() & mask; plans[i] != null; i = i + 1 & mask) {
            if (plans[i].key.matches(key)) {
                plans[i].lastUse = clock;
                return plans[i];
            }
        }
        return null;
    }

    /** Takes in a new plan, unless another thread was faster; returns the one that stays. */
    static synchronized Plan insert(PlanKey key, Plan plan) {
        var there = find(key);
        if (there != null) {
            plan.retire();
            return there;
        }
        plan.key = key.copy();
        plan.lastUse = ++clock;
        if (size >= capacity) {
            evict();
        }
        var plans = new Plan[2 * (size + 1) > table.length ? 2 * table.length : table.length];
        for (var old : table) {
            put(plans, old);
        }
        put(plans, plan);
        size++;
        table = plans;
        return plan;
    }

    /** Ends all plans; those in use end after their run. */
    public static synchronized void clear() {
        var old = table;
        table = new Plan[64];
        size = 0;
        for (var plan : old) {
            if (plan != null) {
                plan.retire();
            }
        }
    }

    /** Drops the eighth that was not used for longest. */
    private static void evict() {
        long[] uses = new long[size];
        int n = 0;
        for (var plan : table) {
            if (plan != null) {
                uses[n++] = plan.lastUse;
            }
        }
        Arrays.sort(uses);
        long oldest = uses[size / 8];
        var kept = new Plan[table.length];
        var dropped = new Plan[size];
        int drops = 0;
        for (var plan : table) {
            if (plan != null && plan.lastUse <= oldest && drops <= size / 8) {
                dropped[drops++] = plan;
            } else {
                put(kept, plan);
            }
        }
        table = kept;
        size -= drops;
        for (int i = 0; i < drops; i++) {
            dropped[i].retire();
        }
    }

    private static void put(Plan[] plans, Plan plan) {
        if (plan != null) {
            int mask = plans.length - 1;
            int i = plan.key.hash() & mask;
            while (plans[i] != null) {
                i = i + 1 & mask;
            }
            plans[i] = plan;
        }
    }
}
