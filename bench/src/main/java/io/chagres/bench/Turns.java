package io.chagres.bench;

import com.sun.management.ThreadMXBean;
import io.chagres.runtime.thread.Threads;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measures several things by turns, A B C A B C, so that what else the machine does disturbs all alike, and goes on until so
 * many rounds were quiet: other processes took hardly any CPU time. If time runs out before, the quietest rounds count.
 */
public final class Turns {
    /** How many CPUs others may keep busy in a round that is called quiet. */
    private static final double QUIET = 0.1;
    private static final int LEAST_ROUNDS = 3;
    private static final int WARM_UP_TURNS = 10;
    private static final int UNTIMED_RUNS = 3;
    private static final ThreadMXBean HEAP = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final int wanted;
    private final long nanos;
    private final List<Series> all = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();

    /** One turn of each series: microseconds and heap bytes a run. */
    private static final class Round {
        final double[] micros;
        final double[] heapBytes;
        double otherCpus;

        Round(int series) {
            micros = new double[series];
            heapBytes = new double[series];
        }
    }

    /**
     * @param wanted how many quiet rounds are enough
     * @param nanos how long a turn takes
     */
    public Turns(int wanted, long nanos) {
        this.wanted = wanted;
        this.nanos = nanos;
    }

    /** One of the things that are measured. */
    public final class Series {
        private final int index;
        private final int threads;
        private final Runnable work;

        private Series(int index, int threads, Runnable work) {
            this.index = index;
            this.threads = threads;
            this.work = work;
        }

        /** Microseconds a run. */
        public Spread micros() {
            return spread(round -> round.micros[index]);
        }

        /** Bytes of the Java heap that a run allocates, on all threads; the median. */
        public double heapBytes() {
            return spread(round -> round.heapBytes[index]).median();
        }

        /** The time of this over that of others together, round by round. */
        public Spread over(Series... others) {
            return spread(round -> {
                double sum = 0;
                for (var other : others) {
                    sum += round.micros[other.index];
                }
                return round.micros[index] / sum;
            });
        }

        /** Runs it for some time, in nanoseconds, without measuring. */
        public void warmUp(long time) {
            try (var _ = Threads.share(threads)) {
                repeat(time);
            }
        }

        private void take(Round round) {
            try (var _ = Threads.share(threads)) {
                long begin = System.nanoTime();
                for (int i = 0; i < UNTIMED_RUNS && (i == 0 || System.nanoTime() - begin < nanos); i++) {
                    work.run();
                }
                long heap = HEAP.getTotalThreadAllocatedBytes();
                long start = System.nanoTime();
                long runs = repeat(nanos);
                round.micros[index] = (System.nanoTime() - start) / 1e3 / runs;
                round.heapBytes[index] = (double) (HEAP.getTotalThreadAllocatedBytes() - heap) / runs;
            }
        }

        private long repeat(long time) {
            long start = System.nanoTime();
            long runs = 0;
            do {
                work.run();
                runs++;
            } while (System.nanoTime() - start < time);
            return runs;
        }
    }

    /** Adds something to measure, and says on how many threads. */
    public Series add(int threads, Runnable work) {
        var series = new Series(all.size(), threads, work);
        all.add(series);
        return series;
    }

    /** Warms everything up, then takes turns, for the time of four times as many rounds as are wanted at most. */
    public void run() {
        for (var series : all) {
            series.warmUp(WARM_UP_TURNS * nanos);
        }
        long deadline = System.nanoTime() + 4 * wanted * all.size() * nanos;
        var others = new OtherProcesses();
        while (quietRounds() < wanted && (rounds.size() < LEAST_ROUNDS || System.nanoTime() < deadline)) {
            var round = new Round(all.size());
            for (var series : all) {
                series.take(round);
            }
            round.otherCpus = others.busyCpus();
            rounds.add(round);
        }
    }

    private long quietRounds() {
        return rounds.stream().filter(round -> round.otherCpus <= QUIET).count();
    }

    /** The rounds that count. */
    private List<Round> quietest() {
        return rounds.stream().sorted(Comparator.comparingDouble(round -> round.otherCpus))
                .limit(Math.max(LEAST_ROUNDS, quietRounds())).toList();
    }

    private Spread spread(ToDoubleFunction<Round> value) {
        return Spread.of(quietest().stream().mapToDouble(value).toArray());
    }

    /** The most CPUs that others kept busy in a round that counts. */
    public double otherCpus() {
        return spread(round -> round.otherCpus).greatest();
    }

    /** How many rounds count. */
    public int counted() {
        return quietest().size();
    }

    /** How many rounds there were. */
    public int rounds() {
        return rounds.size();
    }
}
