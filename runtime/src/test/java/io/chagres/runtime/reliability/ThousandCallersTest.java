package io.chagres.runtime.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R3: a thousand threads that all want products at once, which alone aborts OpenBLAS. */
@EnabledOnOs(OS.LINUX)
class ThousandCallersTest {
    private static final int CALLERS = 1000;
    private static final int LIMIT = 2;
    private static final long SMALL_STACK = 256 << 10;

    /** A square of small whole numbers and its square, computed here, so that every way to add up gives the same bits. */
    private record Square(Tensor operand, double[] product) {
        static Square of(int n, DType dtype) {
            var values = new double[n * n];
            Arrays.setAll(values, i -> i % 7 - 3);
            var product = new double[n * n];
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < n; k++) {
                    for (int j = 0; j < n; j++) {
                        product[i * n + j] += values[i * n + k] * values[k * n + j];
                    }
                }
            }
            return new Square(Tensor.of(values, n, n).to(dtype), product);
        }

        boolean isRight() {
            try (var _ = Scope.open()) {
                return Arrays.equals(product, operand.matmul(operand).toDoubleArray());
            }
        }
    }

    /** Calls them all; the argument says on which kind of thread. */
    static final class Callers {
        private final boolean virtual;
        private final Square[] squares;
        private final AtomicInteger right = new AtomicInteger();

        /** The last product of platform threads takes so long that hundreds are interrupted in it, and others come. */
        private Callers(boolean virtual) {
            this.virtual = virtual;
            this.squares = new Square[]{Square.of(16, DType.FLOAT32), Square.of(100, DType.FLOAT32),
                    Square.of(virtual ? 100 : 400, DType.FLOAT64)};
        }

        static void main(String[] arguments) throws Exception {
            Threads.setLimit(LIMIT);
            var callers = new Callers(arguments[0].equals("virtual"));
            callers.startWhatStays();
            Garbage.collect();
            int before = OsThreads.settled();
            long activations = Memory.liveBytes(Owner.ACTIVATIONS);
            callers.right.set(0);
            callers.run(CALLERS);
            System.out.println(callers.right + " right");
            System.out.println(Math.max(0, OsThreads.settled(before) - before) + " threads more");
            System.out.println(Memory.liveBytes(Owner.ACTIVATIONS) - activations + " bytes more");
        }

        /** Carriers, and a thread of OpenBLAS that sleeps. */
        private void startWhatStays() throws InterruptedException {
            run(10);
            try (var _ = Threads.share(LIMIT)) {
                squares[2].isRight();
            }
        }

        private void run(int count) throws InterruptedException {
            var start = new CountDownLatch(1);
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < count; i++) {
                int first = i;
                var builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().stackSize(SMALL_STACK);
                threads.add(builder.start(() -> {
                    await(start);
                    call(first);
                }));
            }
            start.countDown();
            for (var thread : threads) {
                thread.join();
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Each begins with another product, so that all kinds run at once. */
        private void call(int first) {
            for (int i = 0; i < squares.length; i++) {
                if (squares[(first + i) % squares.length].isRight()) {
                    right.incrementAndGet();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    void allGetTheirProducts(String kind) throws Exception {
        assertEquals("""
                3000 right
                0 threads more
                0 bytes more
                """, ChildJvm.run(Callers.class, OsThreads.STEADY_JVM, Map.of(), kind).clean());
    }
}
