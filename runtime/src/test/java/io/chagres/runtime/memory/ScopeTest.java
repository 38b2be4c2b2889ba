package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
    @AfterEach
    void noScopeIsLeftOpen() {
        assertNull(Scope.current());
    }

    /** What a thread of its own returns, or throws. */
    static <T> T elsewhere(Callable<T> work) throws Exception {
        var task = new FutureTask<>(work);
        Thread.ofPlatform().name("elsewhere").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Test
    void resultsEndWithTheInnermostScope() {
        try (var outer = Scope.open()) {
            var a = Tensor.of(new float[]{1, 2});
            Tensor b;
            try (var inner = Scope.open()) {
                assertSame(inner, Scope.current());
                b = a.add(a);
                assertArrayEquals(new float[]{2, 4}, b.toFloatArray());
            }
            assertSame(outer, Scope.current());
            assertFalse(b.isOpen());
            assertArrayEquals(new float[]{1, 2}, a.toFloatArray());
        }
    }

    @Test
    void useAfterTheEndNamesTheTensorAndTheWayOut() {
        Tensor sum;
        try (var _ = Scope.open()) {
            sum = Tensor.ones(3, 4).add(1);
        }
        var gone = assertThrows(IllegalStateException.class, sum::toFloatArray);
        for (String fact : new String[]{"[3, 4]", "add", "scope that has ended", "keep()"}) {
            assertTrue(gone.getMessage().contains(fact), gone.getMessage());
        }
    }

    @Test
    void scopesCloseInReverseOrder() {
        var outer = Scope.open();
        var a = Tensor.ones(2);
        var inner = Scope.open();
        var b = Tensor.ones(2);
        assertThrows(IllegalStateException.class, outer::close);
        assertTrue(a.isOpen() && b.isOpen());
        inner.close();
        outer.close();
        assertFalse(a.isOpen() || b.isOpen());
    }

    @Test
    void closingTwiceDoesNothing() {
        var first = Scope.open();
        first.close();
        try (var second = Scope.open()) {
            var a = Tensor.ones(2);
            first.close();
            assertSame(second, Scope.current());
            assertTrue(a.isOpen());
            assertEquals(0, first.bytes());
        }
    }

    @Test
    void anExceptionClosesTheScope() {
        var made = new ArrayList<Tensor>();
        assertThrows(IllegalArgumentException.class, () -> {
            try (var _ = Scope.open()) {
                made.add(Tensor.ones(2));
                made.getFirst().view(3);
            }
        });
        assertFalse(made.getFirst().isOpen());
    }

    @Test
    void aScopeBelongsToItsThread() throws Exception {
        try (var scope = Scope.open()) {
            var a = Tensor.of(new float[]{5});
            var closed = elsewhere(() -> assertThrows(IllegalStateException.class, scope::close));
            assertTrue(closed.getMessage().contains("elsewhere"), closed.getMessage());
            var used = elsewhere(() -> assertThrows(IllegalStateException.class, a::item));
            assertTrue(used.getMessage().contains("elsewhere") && used.getMessage().contains("keep()"),
                    used.getMessage());
            elsewhere(() -> assertThrows(IllegalStateException.class, () -> Tensor.ones(1).moveTo(scope)));
            elsewhere(() -> assertThrows(IllegalStateException.class, () -> a.add(a)));
            assertEquals(5, a.item());
        }
    }

    @Test
    void otherThreadsHaveNoPartInAScope() throws Exception {
        try (var scope = Scope.open()) {
            long before = scope.bytes();
            var theirs = elsewhere(() -> {
                assertNull(Scope.current());
                return Tensor.of(new float[]{7});
            });
            assertEquals(before, scope.bytes());
            assertEquals(7, theirs.item());
            theirs.close();
        }
    }

    @Test
    void virtualThreadsOnOneCarrierDoNotMixTheirScopes() throws InterruptedException {
        var wrong = new ArrayList<String>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 50; i++) {
            int mark = i;
            threads.add(Thread.ofVirtual().start(() -> {
                try (var _ = Scope.open()) {
                    var mine = Tensor.full(DType.FLOAT64, mark, 100);
                    for (int round = 0; round < 10; round++) {
                        Thread.yield();
                        mine = mine.add(1);
                    }
                    for (double value : mine.toDoubleArray()) {
                        if (value != mark + 10) {
                            synchronized (wrong) {
                                wrong.add(mark + ": " + value);
                            }
                        }
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.size(), wrong::toString);
    }

    @Test
    void bytesAreRoundedToCacheLines() {
        try (var scope = Scope.open()) {
            Tensor.empty(DType.INT8, 1);
            assertEquals(64, scope.bytes());
            Tensor.empty(DType.FLOAT32, 0, 7);
            assertEquals(64, scope.bytes());
            Tensor.empty(DType.FLOAT32, 17);
            assertEquals(64 + 128, scope.bytes());
        }
    }

    @Test
    void tensorsDoNotOverlapAndAreAligned() {
        try (var _ = Scope.open()) {
            var tensors = new ArrayList<Tensor>();
            for (int i = 0; i < 300; i++) {
                tensors.add(Tensor.full(DType.INT32, i, i * 37 % 1000));
            }
            for (int i = 0; i < tensors.size(); i++) {
                assertEquals(0, tensors.get(i).storage().address() % 64);
                for (long value : tensors.get(i).toLongArray()) {
                    assertEquals(i, value);
                }
            }
        }
    }

    @Test
    void segmentsOfTensorsEndWithTheScope() {
        MemorySegment segment;
        try (var _ = Scope.open()) {
            segment = Tensor.of(new float[]{1, 2, 3}).segment();
            assertEquals(12, segment.byteSize());
            assertEquals(3, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
        }
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_FLOAT, 0));
    }
}
