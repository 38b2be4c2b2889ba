package io.chagres.runtime.ffi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.plan.BatchMatmulPlan;
import io.chagres.runtime.plan.EltwisePlan;
import io.chagres.runtime.plan.MatmulPlan;
import io.chagres.runtime.reliability.ChildJvm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every argument of every product, wrong in every way that we can think of: an exception each time, and not a word from the
 * libraries, which would complain on stderr and return.
 */
class WrongArgumentsTest {
    private static final int M = 4;
    private static final int N = 5;
    private static final int K = 3;

    /** A right call of C = A · B, to be made wrong. Segments end where the matrices do. */
    private abstract static class Call {
        final long size;
        int threads = 1;
        long m = M;
        long n = N;
        long k = K;
        MemorySegment a;
        long ao;
        MemorySegment b;
        long bo;
        MemorySegment c;
        long co;

        Call(long size) {
            this.size = size;
            a = matrix(M * K);
            b = matrix(K * N);
            c = matrix(M * N);
        }

        final MemorySegment matrix(long elements) {
            var matrix = Arena.ofAuto().allocate(elements * size, 64);
            for (long i = 0; i < elements; i++) {
                if (size == 4) {
                    matrix.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
                } else {
                    matrix.setAtIndex(ValueLayout.JAVA_DOUBLE, i, i + 1);
                }
            }
            return matrix;
        }

        abstract void run();
    }

    private static final class BlasCall extends Call {
        boolean transA;
        boolean transB;
        int lda = K;
        int ldb = N;
        int ldc = N;

        BlasCall(long size) {
            super(size);
        }

        @Override
        void run() {
            if (size == 4) {
                Blas.sgemm(threads, transA, transB, (int) m, (int) n, (int) k, 1, a, ao, lda, b, bo, ldb, 0, c, co,
                        ldc);
            } else {
                Blas.dgemm(threads, transA, transB, (int) m, (int) n, (int) k, 1, a, ao, lda, b, bo, ldb, 0, c, co,
                        ldc);
            }
        }
    }

    private static final class PlanCall extends Call {
        long aRow = K;
        long aCol = 1;
        long bRow = N;
        long bCol = 1;
        MemorySegment bias;
        long biasOffset;

        PlanCall() {
            super(4);
        }

        @Override
        void run() {
            MatmulPlan.run(m, n, k, a, ao, aRow, aCol, b, bo, bRow, bCol, bias, biasOffset, c, co, false, false);
        }
    }

    /** A call that must fail, and how. */
    private record Wrong(String name, Class<? extends RuntimeException> how, Call call) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Cases<C extends Call> {
        private final String of;
        private final Supplier<C> right;
        private final Map<String, Wrong> wrong = new LinkedHashMap<>();

        Cases(String of, Supplier<C> right) {
            this.of = of;
            this.right = right;
        }

        void add(String name, Class<? extends RuntimeException> how, Consumer<C> spoil) {
            var call = right.get();
            spoil.accept(call);
            var before = wrong.put(name, new Wrong(of + ": " + name, how, call));
            assertEquals(null, before);
        }

        Stream<Wrong> stream() {
            return wrong.values().stream();
        }
    }

    /** What is wrong with segments and offsets in any product. */
    private static <C extends Call> Cases<C> common(String of, Supplier<C> right) {
        var cases = new Cases<>(of, right);
        cases.add("m is negative", IllegalArgumentException.class, call -> call.m = -1);
        cases.add("n is negative", IllegalArgumentException.class, call -> call.n = -1);
        cases.add("k is negative", IllegalArgumentException.class, call -> call.k = -1);
        cases.add("m is far too large", RuntimeException.class, call -> call.m = Integer.MAX_VALUE);
        cases.add("n is far too large", RuntimeException.class, call -> call.n = Integer.MAX_VALUE);
        cases.add("k is far too large", RuntimeException.class, call -> call.k = Integer.MAX_VALUE);
        cases.add("A begins before its segment", IndexOutOfBoundsException.class, call -> call.ao = -4);
        cases.add("B begins before its segment", IndexOutOfBoundsException.class, call -> call.bo = -4);
        cases.add("C begins before its segment", IndexOutOfBoundsException.class, call -> call.co = Long.MIN_VALUE);
        cases.add("A reaches over its end", IndexOutOfBoundsException.class, call -> call.ao = 1);
        cases.add("B reaches over its end", IndexOutOfBoundsException.class, call -> call.bo = 4);
        cases.add("C reaches over its end", IndexOutOfBoundsException.class, call -> call.co = Long.MAX_VALUE);
        cases.add("A is too short", IndexOutOfBoundsException.class, call -> call.a = call.matrix(M * K - 1));
        cases.add("B is too short", IndexOutOfBoundsException.class, call -> call.b = call.matrix(K * N - 1));
        cases.add("C is too short", IndexOutOfBoundsException.class, call -> call.c = call.matrix(M * N - 1));
        cases.add("A is on the heap", IllegalArgumentException.class,
                call -> call.a = MemorySegment.ofArray(new double[M * K]));
        cases.add("B is on the heap", IllegalArgumentException.class,
                call -> call.b = MemorySegment.ofArray(new double[K * N]));
        cases.add("C is on the heap", IllegalArgumentException.class,
                call -> call.c = MemorySegment.ofArray(new double[M * N]));
        cases.add("A is null", NullPointerException.class, call -> call.a = null);
        cases.add("B is null", NullPointerException.class, call -> call.b = null);
        cases.add("C is null", NullPointerException.class, call -> call.c = null);
        cases.add("A is the null pointer", IndexOutOfBoundsException.class, call -> call.a = MemorySegment.NULL);
        cases.add("A was closed", IllegalStateException.class, call -> call.a = closed(call.a.byteSize()));
        cases.add("B was closed", IllegalStateException.class, call -> call.b = closed(call.b.byteSize()));
        cases.add("C was closed", IllegalStateException.class, call -> call.c = closed(call.c.byteSize()));
        cases.add("A is another thread's", RuntimeException.class, call -> call.a = foreign(call.a.byteSize()));
        cases.add("B is another thread's", RuntimeException.class, call -> call.b = foreign(call.b.byteSize()));
        cases.add("C is another thread's", RuntimeException.class, call -> call.c = foreign(call.c.byteSize()));
        cases.add("C is read only", IllegalArgumentException.class, call -> call.c = call.c.asReadOnly());
        return cases;
    }

    private static MemorySegment closed(long bytes) {
        try (var arena = Arena.ofShared()) {
            return arena.allocate(bytes);
        }
    }

    private static MemorySegment foreign(long bytes) {
        var task = new FutureTask<>(() -> Arena.ofConfined().allocate(bytes));
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Cases<BlasCall> blas(String of, long size) {
        var cases = common(of, () -> new BlasCall(size));
        cases.add("no thread", IllegalArgumentException.class, call -> call.threads = 0);
        cases.add("fewer than no threads", IllegalArgumentException.class, call -> call.threads = -1);
        cases.add("more threads than the team has", IllegalArgumentException.class, call -> call.threads = 1 << 20);
        cases.add("lda is less than k", IllegalArgumentException.class, call -> call.lda = K - 1);
        cases.add("ldb is less than n", IllegalArgumentException.class, call -> call.ldb = N - 1);
        cases.add("ldc is less than n", IllegalArgumentException.class, call -> call.ldc = N - 1);
        cases.add("lda is less than m for the transposed A", IllegalArgumentException.class, call -> {
            call.transA = true;
            call.lda = M - 1;
        });
        cases.add("ldb is less than k for the transposed B", IllegalArgumentException.class, call -> {
            call.transB = true;
            call.ldb = K - 1;
        });
        cases.add("lda is 0", IllegalArgumentException.class, call -> call.lda = 0);
        cases.add("ldb is 0 though B is empty", IllegalArgumentException.class, call -> {
            call.n = 0;
            call.ldb = 0;
        });
        cases.add("ldc is negative", IllegalArgumentException.class, call -> call.ldc = Integer.MIN_VALUE);
        cases.add("lda spreads A beyond its end", IndexOutOfBoundsException.class, call -> call.lda = K + 1);
        cases.add("ldb spreads B beyond its end", IndexOutOfBoundsException.class, call -> call.ldb = N + 1);
        cases.add("ldc spreads C beyond its end", IndexOutOfBoundsException.class, call -> call.ldc = N + 1);
        cases.add("the bytes of A are 2^64 and a few", IndexOutOfBoundsException.class, call -> {
            call.m = (1 << 30) + 1;
            call.k = (1 << 30) + 1;
            call.n = 0;
            call.lda = Integer.MAX_VALUE;
        });
        return cases;
    }

    private static Cases<PlanCall> plan() {
        var cases = common("plan", PlanCall::new);
        cases.add("m is 0", IllegalArgumentException.class, call -> call.m = 0);
        cases.add("n is what oneDNN takes for unknown", IllegalArgumentException.class,
                call -> call.n = Long.MIN_VALUE);
        cases.add("m is 2^62", RuntimeException.class, call -> call.m = 1L << 62);
        cases.add("k is 2^63 - 1", RuntimeException.class, call -> call.k = Long.MAX_VALUE);
        cases.add("the bytes of A are 2^64", IllegalArgumentException.class, call -> {
            call.m = 1L << 31;
            call.aRow = 1L << 31;
            call.k = 1L << 31;
        });
        cases.add("A's rows overlap", IllegalArgumentException.class, call -> call.aRow = K - 1);
        cases.add("B's rows overlap", IllegalArgumentException.class, call -> call.bRow = N - 1);
        cases.add("A repeats", IllegalArgumentException.class, call -> call.aRow = 0);
        cases.add("A runs backwards", IllegalArgumentException.class, call -> call.aRow = -K);
        cases.add("no stride of A is 1", IllegalArgumentException.class, call -> call.aCol = 2);
        cases.add("no stride of B is 1", IllegalArgumentException.class, call -> call.bCol = 2);
        cases.add("both strides of B are 1", IllegalArgumentException.class, call -> call.bRow = 1);
        cases.add("A's rows are spread beyond its end", IndexOutOfBoundsException.class, call -> call.aRow = K + 1);
        cases.add("B's rows are spread beyond its end", IndexOutOfBoundsException.class, call -> call.bRow = 1L << 40);
        cases.add("the bias is too short", IndexOutOfBoundsException.class, call -> call.bias = call.matrix(N - 1));
        cases.add("the bias begins before its segment", IndexOutOfBoundsException.class, call -> {
            call.bias = call.matrix(N);
            call.biasOffset = -4;
        });
        cases.add("the bias is on the heap", IllegalArgumentException.class,
                call -> call.bias = MemorySegment.ofArray(new float[N]));
        cases.add("the bias was closed", IllegalStateException.class, call -> call.bias = closed(4 * N));
        return cases;
    }

    /** A is x, B is dy, C is what is computed; all of {@code n} elements. */
    private static final class EltwiseCall extends Call {
        private final boolean backward;

        EltwiseCall(boolean backward) {
            super(4);
            this.backward = backward;
            b = matrix(M * K);
            c = matrix(M * K);
            n = M * K;
        }

        @Override
        void run() {
            if (backward) {
                EltwisePlan.backward(DnnFunction.GELU_ERF, n, a, ao, b, bo, c, co);
            } else {
                EltwisePlan.forward(DnnFunction.GELU_ERF, n, a, ao, c, co);
            }
        }
    }

    private static Cases<EltwiseCall> eltwise(boolean backward) {
        var cases = new Cases<>("eltwise " + backward, () -> new EltwiseCall(backward));
        cases.add("no element", IllegalArgumentException.class, call -> call.n = 0);
        cases.add("2^62 elements", IllegalArgumentException.class, call -> call.n = 1L << 62);
        cases.add("one element too many", IndexOutOfBoundsException.class, call -> call.n++);
        cases.add("x begins before its segment", IndexOutOfBoundsException.class, call -> call.ao = -4);
        cases.add("the result reaches over its end", IndexOutOfBoundsException.class, call -> call.co = 4);
        cases.add("x is too short", IndexOutOfBoundsException.class, call -> call.a = call.matrix(M * K - 1));
        cases.add("the result is too short", IndexOutOfBoundsException.class, call -> call.c = call.matrix(M));
        cases.add("x is on the heap", IllegalArgumentException.class,
                call -> call.a = MemorySegment.ofArray(new float[M * K]));
        cases.add("x was closed", IllegalStateException.class, call -> call.a = closed(call.a.byteSize()));
        cases.add("the result is another thread's", IllegalStateException.class,
                call -> call.c = foreign(call.c.byteSize()));
        cases.add("the result is read only", IllegalArgumentException.class, call -> call.c = call.c.asReadOnly());
        cases.add("x is null", NullPointerException.class, call -> call.a = null);
        if (backward) {
            cases.add("dy is too short", IndexOutOfBoundsException.class, call -> call.b = call.matrix(M));
            cases.add("dy was closed", IllegalStateException.class, call -> call.b = closed(call.b.byteSize()));
        }
        return cases;
    }

    private static final class BatchCall extends Call {
        long[] batch = {2};
        long[] aStrides = {M * K, K, 1};
        long[] bStrides = {0, N, 1};

        BatchCall() {
            super(4);
            a = matrix(2 * M * K);
            c = matrix(2 * M * N);
        }

        @Override
        void run() {
            BatchMatmulPlan.run(batch, m, n, k, a, ao, aStrides, b, bo, bStrides, c, co, false);
        }
    }

    private static Cases<BatchCall> batch() {
        var cases = common("batch", BatchCall::new);
        cases.add("no dimensions in the batch", IllegalArgumentException.class, call -> call.batch = new long[0]);
        cases.add("too many dimensions in the batch", IllegalArgumentException.class, call -> {
            call.batch = new long[]{1, 1, 1, 1, 1};
            call.aStrides = new long[]{1, 1, 1, 1, 1, K, 1};
            call.bStrides = new long[]{1, 1, 1, 1, 1, N, 1};
        });
        cases.add("strides for another number of dimensions", IllegalArgumentException.class,
                call -> call.aStrides = new long[]{K, 1});
        cases.add("the batch is empty", IllegalArgumentException.class, call -> call.batch = new long[]{0});
        cases.add("the batch is negative", IllegalArgumentException.class, call -> call.batch = new long[]{-2});
        cases.add("the batch is longer than A", IndexOutOfBoundsException.class, call -> call.batch = new long[]{3});
        cases.add("the batch is 2^62", RuntimeException.class, call -> call.batch = new long[]{1L << 62});
        cases.add("matrices of A overlap", IllegalArgumentException.class,
                call -> call.aStrides = new long[]{M * K - 1, K, 1});
        cases.add("rows of A overlap", IllegalArgumentException.class,
                call -> call.aStrides = new long[]{M * K, K - 1, 1});
        cases.add("rows of B repeat", IllegalArgumentException.class, call -> call.bStrides = new long[]{0, 0, 1});
        cases.add("A runs backwards", IllegalArgumentException.class,
                call -> call.aStrides = new long[]{-M * K, K, 1});
        cases.add("no stride of B is 1", IllegalArgumentException.class,
                call -> call.bStrides = new long[]{0, 2 * N, 2});
        cases.add("A is spread beyond its end", IndexOutOfBoundsException.class,
                call -> call.aStrides = new long[]{M * K + 1, K, 1});
        cases.add("B has but one matrix", IndexOutOfBoundsException.class,
                call -> call.bStrides = new long[]{K * N, N, 1});
        cases.add("A is spread beyond 2^63", RuntimeException.class,
                call -> call.aStrides = new long[]{Long.MAX_VALUE, K, 1});
        cases.add("both repeat", IllegalArgumentException.class, call -> call.aStrides = new long[]{0, K, 1});
        return cases;
    }

    static Stream<Wrong> calls() {
        return Stream.of(blas("sgemm", 4), blas("dgemm", 8), plan(), eltwise(false), eltwise(true), batch())
                .flatMap(Cases::stream);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void itIsAnException(Wrong wrong) {
        assertThrows(wrong.how(), wrong.call()::run);
    }

    @Test
    void rightArgumentsAreTaken() {
        var product = new float[]{46, 52, 58, 64, 70, 100, 115, 130, 145, 160, 154, 178, 202, 226, 250, 208, 241, 274,
                307,
                340};
        for (var call : new Call[]{new BlasCall(4), new PlanCall()}) {
            call.run();
            assertArrayEquals(product, call.c.toArray(ValueLayout.JAVA_FLOAT));
        }
        var call = new BlasCall(8);
        call.run();
        for (int i = 0; i < product.length; i++) {
            assertEquals(product[i], call.c.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
        }
    }

    @Test
    void theLibrariesHadNothingToComplainOf() throws Exception {
        assertEquals(calls().count() + " exceptions\n", ChildJvm.run(MakeThemAll.class).clean());
    }

    /** Makes all wrong calls, then a right one. */
    static final class MakeThemAll {
        private MakeThemAll() {
        }

        static void main() {
            int exceptions = 0;
            for (var wrong : calls().toList()) {
                try {
                    wrong.call().run();
                } catch (RuntimeException e) {
                    exceptions++;
                }
            }
            new WrongArgumentsTest().rightArgumentsAreTaken();
            System.out.println(exceptions + " exceptions");
        }
    }
}
