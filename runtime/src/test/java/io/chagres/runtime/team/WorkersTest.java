package io.chagres.runtime.team;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.reliability.ChildJvm;
import io.chagres.runtime.reliability.OsThreads;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many threads of the operating system there are, whoever computes and whatever the environment says. */
@EnabledOnOs(OS.LINUX)
class WorkersTest {
    private static final int LIMIT = 3;
    private static final long IDLE_MILLIS = 1100;

    /** What a thread may do with its team: products by both libraries, and a kernel of ours. */
    private static void compute() {
        var a = Tensor.ones(100, 100);
        check(a.matmul(a));
        var b = a.to(DType.FLOAT64);
        check(b.matmul(b));
        Team.parallel(Team.limit(), (part, parts) -> Thread.onSpinWait());
        a.close();
        b.close();
    }

    private static void check(Tensor product) {
        for (double value : product.toDoubleArray()) {
            if (value != 100) {
                throw new AssertionError("100 was expected, not " + value);
            }
        }
        product.close();
    }

    /** Threads beyond those that were there before anybody computed, OpenBLAS's sleepers left out. */
    private record Extra(int before, int sleepers) {
        static Extra begin() throws Exception {
            Threads.setLimit(LIMIT);
            System.gc();
            Tensor.ones(10).close();
            int before = OsThreads.count();
            Thread.ofPlatform().start(WorkersTest::compute).join();
            return new Extra(before, OsThreads.settled(before + LIMIT - 1) - before);
        }

        /** A thread that ended may need a moment to end its workers. */
        int settled(int most) throws Exception {
            return OsThreads.settled(before + sleepers + most) - before - sleepers;
        }
    }

    private static String run(Class<?> main) throws Exception {
        return ChildJvm.run(main, OsThreads.STEADY_JVM, Map.of()).clean();
    }

    /** Each finds the team free, since the one before has ended. */
    static final class ShortLived {
        private ShortLived() {
        }

        static void main() throws Exception {
            var extra = Extra.begin();
            int most = 0;
            for (int i = 0; i < 50; i++) {
                Thread.ofPlatform().start(WorkersTest::compute).join();
                most = Math.max(most, extra.settled(2 * (LIMIT - 1)));
            }
            System.out.println("sleepers " + extra.sleepers());
            System.out.println("bounded " + (most <= 2 * (LIMIT - 1)));
            System.out.println("left " + extra.settled(0));
        }
    }

    @Test
    void threadsThatEndTakeTheirWorkersAlong() throws Exception {
        assertEquals("""
                sleepers 2
                bounded true
                left 0
                """, run(ShortLived.class));
    }

    /** They take turns, with more than a second between, so that the team passes from one to the next. */
    static final class LongLived {
        private static final List<ExecutorService> CALLERS = List.of(Executors.newSingleThreadExecutor(),
                Executors.newSingleThreadExecutor(), Executors.newSingleThreadExecutor());

        private LongLived() {
        }

        static void main() throws Exception {
            var extra = Extra.begin();
            var widths = new ArrayList<Integer>();
            int most = 0;
            for (int turn : new int[]{0, 1, 0, 2}) {
                widths.add(width(turn));
                widths.add(width((turn + 1) % 2));
                most = Math.max(most, extra.settled(CALLERS.size() + 2 * (LIMIT - 1)) - CALLERS.size());
                Thread.sleep(IDLE_MILLIS);
            }
            CALLERS.forEach(ExecutorService::close);
            System.out.println(widths);
            System.out.println("at most " + most + " workers, " + extra.settled(0) + " left");
        }

        private static int width(int caller) throws Exception {
            return CALLERS.get(caller).submit(() -> {
                compute();
                return Team.width();
            }).get();
        }
    }

    @Test
    void threadsThatTakeTurnsHandTheTeamOn() throws Exception {
        // Whoever comes after a pause computes on the whole team, the other at that time alone.
        assertEquals("""
                [3, 1, 3, 1, 3, 1, 3, 1]
                at most 4 workers, 0 left
                """, run(LongLived.class));
    }

    /** One product on two threads. */
    static final class Product {
        private Product() {
        }

        static void main() throws Exception {
            Tensor.ones(10).close();
            System.gc();
            int before = OsThreads.count();
            Threads.setLimit(2);
            try (var _ = Threads.share(2)) {
                var a = Tensor.ones(512, 512).to(DType.FLOAT64);
                for (int i = 0; i < 20; i++) {
                    for (double value : a.matmul(a).toDoubleArray()) {
                        if (value != 512) {
                            throw new AssertionError(value);
                        }
                    }
                }
                System.out.println(OsThreads.count() - before + " more");
            }
        }
    }

    @Test
    void openBlasComputesOnTheOneTeam() throws Exception {
        // One worker of OpenMP, and one of OpenBLAS that sleeps.
        assertEquals("2 more\n", run(Product.class));
    }

    /** Virtual threads, on carriers that computed nothing before. */
    static final class Virtual {
        private Virtual() {
        }

        static void main() throws Exception {
            start(200, () -> Tensor.ones(10).close());
            System.gc();
            int before = OsThreads.count();
            start(200, WorkersTest::compute);
            System.out.println(OsThreads.settled(before) - before + " more");
        }

        private static void start(int count, Runnable work) throws InterruptedException {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < count; i++) {
                threads.add(Thread.ofVirtual().start(work));
            }
            for (var thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void virtualThreadsHaveNoWorkers() throws Exception {
        var options = new ArrayList<>(OsThreads.STEADY_JVM);
        options.addAll(
                List.of("-Djdk.virtualThreadScheduler.parallelism=2", "-Djdk.virtualThreadScheduler.maxPoolSize=2"));
        assertEquals("0 more\n", ChildJvm.run(Virtual.class, options, Map.of("OMP_NUM_THREADS", "4")).clean());
    }

    /** Products and kernels by whoever is allowed to. */
    static final class Compute {
        private Compute() {
        }

        static void main() {
            compute();
            System.out.println("limit " + Team.limit());
        }
    }

    @ParameterizedTest
    @CsvSource({"3, OMP_DYNAMIC=true OMP_NUM_THREADS=5 OMP_NESTED=true OPENBLAS_NUM_THREADS=4", "2, OMP_THREAD_LIMIT=2",
            "1, OMP_MAX_ACTIVE_LEVELS=0"})
    void whateverTheEnvironmentSays(int limit, String environment) throws Exception {
        var variables = Arrays.stream(environment.split(" ")).map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        assertEquals("limit " + limit + "\n",
                ChildJvm.run(Compute.class, List.of("-Dchagres.threads=3"), variables).clean());
    }
}
