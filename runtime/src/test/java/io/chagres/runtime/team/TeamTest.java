package io.chagres.runtime.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.op.Matmul;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work on a team of three, whatever the machine has. */
class TeamTest {
    private final int limit = Threads.limit();
    private Threads.Share share;

    @BeforeEach
    void takeATeam() {
        Threads.setLimit(3);
        share = Threads.share(3);
    }

    @AfterEach
    void giveItBack() {
        share.close();
        Threads.setLimit(limit);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void eachPartRunsOnce(int most) {
        Set<Integer> ran = ConcurrentHashMap.newKeySet();
        var total = new AtomicInteger();
        Team.parallel(most, (part, parts) -> {
            assertEquals(Math.min(most, 3), parts);
            ran.add(part);
            total.incrementAndGet();
        });
        assertEquals(Math.min(most, 3), ran.size());
        assertEquals(ran.size(), total.get());
    }

    @Test
    void partsRunOnThreadsOfTheirOwn() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Team.parallel(3, (part, parts) -> threads.add(Thread.currentThread()));
        assertEquals(3, threads.size());
        Set<Thread> again = ConcurrentHashMap.newKeySet();
        Team.parallel(2, (part, parts) -> again.add(Thread.currentThread()));
        Team.parallel(3, (part, parts) -> again.add(Thread.currentThread()));
        assertEquals(threads, again, "the workers stay when fewer parts come between");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anExceptionOfAPartArrivesWhenAllHaveEnded(int failing) {
        var ended = new AtomicInteger();
        var thrown = new IllegalStateException("part " + failing);
        assertSame(thrown, assertThrows(IllegalStateException.class, () -> Team.parallel(3, (part, parts) -> {
            if (part == failing) {
                throw thrown;
            }
            ended.incrementAndGet();
        })));
        assertEquals(2, ended.get());
        Team.parallel(3, (part, parts) -> ended.incrementAndGet());
        assertEquals(5, ended.get(), "the team works on");
    }

    @Test
    void anErrorOfAPartArrivesToo() {
        assertThrows(AssertionError.class, () -> Team.parallel(3, (part, parts) -> {
            throw new AssertionError(part);
        }));
    }

    @Test
    void workWithinAPartIsNotCutAgain() {
        var ran = new AtomicInteger();
        Team.parallel(3, (part, parts) -> {
            assertEquals(1, Team.width());
            Team.parallel(3, (inner, inners) -> {
                assertEquals(0, inner);
                assertEquals(1, inners);
                ran.incrementAndGet();
            });
        });
        assertEquals(3, ran.get());
    }

    @Test
    void productsWithinAPartRunAlone() {
        var a = Tensor.ones(200, 200).to(DType.FLOAT64);
        var wrong = new AtomicInteger();
        Team.parallel(3, (part, parts) -> {
            for (double value : Matmul.matmul(a, a).toDoubleArray()) {
                if (value != 200) {
                    wrong.incrementAndGet();
                }
            }
        });
        assertEquals(0, wrong.get());
    }

    @Test
    void aComputationKnowsItsThreads() {
        assertEquals(3, Team.width());
        assertEquals(3, Team.enter());
        Team.exit();
    }

    @Test
    void virtualThreadsComputeAlone() throws InterruptedException {
        var widths = new AtomicInteger();
        var parts = ConcurrentHashMap.<Integer>newKeySet();
        Thread.ofVirtual().start(() -> {
            widths.set(Team.width());
            Team.parallel(3, (part, of) -> parts.add(of));
        }).join();
        assertEquals(1, widths.get());
        assertEquals(Set.of(1), parts);
    }

    @Test
    void whoWaitsAtTheGateGetsThrough() throws InterruptedException {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var threads = new Thread[200];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofVirtual().start(() -> {
                Team.enter();
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.yield();
                running.decrementAndGet();
                Team.exit();
            });
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(0, running.get());
        assertFalse(most.get() > Math.max(4, 2 * Runtime.getRuntime().availableProcessors()), () -> most + " at once");
    }
}
