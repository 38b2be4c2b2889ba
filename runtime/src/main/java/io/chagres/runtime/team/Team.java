package io.chagres.runtime.team;

import io.chagres.natives.Natives;
import io.chagres.runtime.ffi.Gomp;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Who may compute on how many threads. OpenMP keeps a team of workers for every thread that ever asked for one; left alone,
 * sixteen callers on sixteen cores would start 240 workers. So:
 * <ul>
 * <li>A thread computes alone unless it holds the team. The first to ask holds it and keeps it while it goes on computing;
 * others compute alone meanwhile. After a second of idleness, or when it ends, the team passes on.</li>
 * <li>A thread with an explicit share has just that many threads; shares are taken from the limit.</li>
 * <li>A thread that lost its team ends its workers at its next operation. At most {@value #MOST_TEAMS} teams without a share
 * exist at any time, so there are never more than twice (limit - 1) workers.</li>
 * <li>Virtual threads compute alone: their carriers change.</li>
 * <li>Threads that compute alone pass a gate, so that a thousand callers cannot exhaust what the libraries set aside for
 * each.</li>
 * </ul>
 */
public final class Team {
    private static final int MOST_TEAMS = 2;
    private static final long IDLE_NANOS = 1_000_000_000L;
    private static final ThreadLocal<Seat> SEAT = ThreadLocal.withInitial(Team::newSeat);
    private static final Semaphore GATE = new Semaphore(Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));

    private static volatile int limit;
    private static volatile Seat holder;
    private static volatile Seat[] seats = new Seat[0];
    private static volatile Seat[] sharing = new Seat[0];

    private Team() {
    }

    /** A thread's first use of the team loads the native libraries, so that a failure is an exception of that use. */
    private static synchronized Seat newSeat() {
        Natives.load();
        if (limit == 0) {
            int wanted = Integer.getInteger("chagres.threads", Runtime.getRuntime().availableProcessors());
            limit = Math.clamp(Gomp.threadLimit(), 1, Math.max(1, wanted));
        }
        return new Seat(Thread.currentThread());
    }

    /** The function that OpenMP's workers call. */
    private static final class Worker {
        static final MemorySegment BODY = body();

        private static MemorySegment body() {
            try {
                return Gomp.body(MethodHandles.lookup().findStatic(Worker.class, "run",
                        MethodType.methodType(void.class, long.class)));
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        /** An exception must not reach the native caller: it would end the JVM. */
        private static void run(long slot) {
            var seat = seats[(int) slot];
            try {
                int threads = Gomp.numThreads();
                for (int part = Gomp.threadNum(); part < seat.parts; part += threads) {
                    seat.part.run(part, seat.parts);
                }
            } catch (Throwable e) {
                seat.failure = e;
            }
        }
    }

    /** The most threads that compute at once for those who share the team. */
    public static int limit() {
        SEAT.get();
        return limit;
    }

    /** Sets the limit; operations that start from now on keep to it. */
    public static synchronized void setLimit(int threads) {
        SEAT.get();
        if (threads < 1 || threads > Gomp.threadLimit()) {
            throw new IllegalArgumentException("threads: limit " + threads + "; 1 to " + Gomp.threadLimit()
                    + " are possible (OMP_THREAD_LIMIT sets the upper end)");
        }
        if (threads < reserved()) {
            throw new IllegalStateException(
                    "threads: limit " + threads + " is less than the " + reserved() + " that are given away as shares");
        }
        limit = threads;
    }

    /** Gives the calling thread exactly so many threads until {@link #giveBack}. */
    public static synchronized void take(int threads) {
        var seat = SEAT.get();
        if (seat.share != 0) {
            throw new IllegalStateException(
                    "threads: this thread has a share of " + seat.share + " already; close it first");
        }
        if (threads < 1 || threads > 1 && threads > limit - reserved()) {
            throw new IllegalArgumentException(
                    "threads: a share of " + threads + " was asked for, " + reserved() + " of "
                            + limit + " are given away; ask for fewer or raise the limit");
        }
        if (threads > 1 && seat.virtual) {
            throw new IllegalArgumentException("threads: a virtual thread computes on one thread; a share of " + threads
                    + " needs a platform thread");
        }
        if (holder == seat) {
            holder = null;
        }
        share(seat, threads);
    }

    /** Ends what {@link #take} began. */
    public static synchronized void giveBack() {
        var seat = SEAT.get();
        share(seat, 0);
        resize(seat, 1);
    }

    private static void share(Seat seat, int threads) {
        seat.share = threads;
        var others = new ArrayList<>(List.of(sharing));
        others.removeIf(other -> other == seat || !other.thread.isAlive());
        if (threads > 1) {
            others.add(seat);
        }
        sharing = others.toArray(Seat[]::new);
    }

    /** How many threads are given away as shares; those of a thread that ended without closing its share are not. */
    private static int reserved() {
        int sum = 0;
        for (var seat : sharing) {
            sum += seat.thread.isAlive() ? seat.share : 0;
        }
        return sum;
    }

    /**
     * Begins a native computation on this thread and says on how many threads it may run. Must be followed by {@link #exit};
     * in between, no other computation may begin on this thread.
     */
    public static int enter() {
        var seat = SEAT.get();
        int width = width(seat);
        if (width > 1) {
            seat.busy = true;
        } else {
            GATE.acquireUninterruptibly();
            seat.gated = true;
            if (seat.virtual || Gomp.inParallel()) {
                Gomp.setNumThreads(1); // a carrier, or a task of a team: whatever number it has, the seat did not set it
            }
        }
        return width;
    }

    /** Ends what {@link #enter} began. */
    public static void exit() {
        var seat = SEAT.get();
        if (seat.gated) {
            seat.gated = false;
            GATE.release();
        } else {
            seat.lastUse = System.nanoTime();
            seat.busy = false;
        }
    }

    /** How many threads a computation on this thread may use now. */
    public static int width() {
        return width(SEAT.get());
    }

    private static int width(Seat seat) {
        if (seat.part != null) {
            return 1; // within a part the team is at work already
        }
        int width;
        if (seat.virtual || seat.share == 1) {
            width = 1;
        } else if (seat.share > 1) {
            width = seat.share;
        } else {
            width = holder == seat || claim(seat) ? Math.max(1, limit - reserved()) : 1;
        }
        return width == seat.teamSize ? width : resize(seat, width);
    }

    private static boolean claim(Seat seat) {
        var other = holder;
        if (limit - reserved() <= 1 || other != null && other.thread.isAlive()
                && (other.busy || System.nanoTime() - other.lastUse < IDLE_NANOS) || Gomp.inParallel()) {
            return false;
        }
        synchronized (Team.class) {
            if (holder != other) {
                return false;
            }
            seat.lastUse = System.nanoTime();
            holder = seat;
            return true;
        }
    }

    /** Makes the calling thread's OpenMP team that large, if there is a place for one more; returns its size. */
    private static int resize(Seat seat, int width) {
        if (seat.virtual || width == seat.teamSize) {
            return width;
        }
        synchronized (Team.class) {
            if (width > 1 && seat.slot < 0 && !seated(seat)) {
                width = 1;
            }
            if (width == 1 && seat.slot >= 0) {
                seats[seat.slot] = null;
                seat.slot = -1;
            }
        }
        if (width == seat.teamSize) {
            return width;
        }
        Gomp.setNumThreads(width);
        if (width == 1 && seat.teamSize > 1) {
            Gomp.releaseTeam();
        }
        seat.teamSize = width;
        return width;
    }

    /** Finds a slot for a seat that is to have a team. Seats of threads that ended have lost theirs. */
    private static boolean seated(Seat seat) {
        int free = -1;
        int unshared = 0;
        for (int i = 0; i < seats.length; i++) {
            var other = seats[i];
            if (other == null || !other.thread.isAlive()) {
                seats[i] = null;
                free = i;
            } else if (other.share <= 1) {
                unshared++;
            }
        }
        if (seat.share <= 1 && unshared >= MOST_TEAMS) {
            return false;
        }
        if (free < 0) {
            free = seats.length;
            seats = Arrays.copyOf(seats, free + 1);
        }
        seats[free] = seat;
        seat.slot = free;
        return true;
    }

    /**
     * Runs work on this thread's team, at most so many parts at once, and waits for it. An exception of a part is thrown here
     * when all parts have ended. Work within a part is not cut again.
     */
    public static void parallel(int most, Part work) {
        if (most <= 1) {
            work.run(0, 1);
            return;
        }
        var seat = SEAT.get();
        int width = Gomp.canRunTeams() ? width(seat) : 1;
        if (width == 1) {
            work.run(0, 1);
            return;
        }
        seat.part = work;
        seat.parts = Math.min(most, width);
        seat.busy = true;
        try {
            // The whole team, whatever the number of parts: OpenMP ends workers that a region leaves out.
            Gomp.parallel(Worker.BODY, seat.slot, width);
        } finally {
            seat.part = null;
            seat.lastUse = System.nanoTime();
            seat.busy = false;
        }
        rethrow(seat);
    }

    private static void rethrow(Seat seat) {
        var failure = seat.failure;
        if (failure != null) {
            seat.failure = null;
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }
}
