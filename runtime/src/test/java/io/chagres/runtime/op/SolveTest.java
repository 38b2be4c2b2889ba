package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SolveTest extends OpTest {
    @Override
    Stream<Case> cases() {
        var triangles = new ArrayList<Case>();
        for (int flags = 0; flags < 8; flags++) {
            triangles.add(triangular((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0));
        }
        return Stream.concat(Stream.of(
                Case.op("Solve.solve(Tensor, Tensor)", in -> Solve.solve(PlainMatrices.shifted(in[0]), in[1]))
                        .expects(in -> product(inverse(PlainMatrices.shifted(in[0])), in[1]))
                        .on(dims(3, 3), dims(3, 2)).on(dims(3, 3), dims(3)).on(dims(1, 1), dims(1, 1))
                        .on(dims(2, 4, 4), dims(2, 4, 3)).on(dims(2, 3, 3), dims(2, 3)).on(dims(2, 3, 3), dims(3, 1))
                        .on(dims(3, 3), dims(2, 3, 2)).on(dims(2, 1, 2, 2), dims(3, 2, 2)).on(dims(0, 0), dims(0, 2))
                        .on(dims(2, 2), dims(2, 0)).on(dims(0, 2, 2), dims(0, 2, 1)),
                Case.op("Solve.solveTriangular(Tensor, Tensor, boolean)",
                        in -> Solve.solveTriangular(PlainMatrices.shifted(in[0]), in[1], true))
                        .expects(in -> product(inverse(triangle(in[0], true, false)), in[1]))
                        .on(dims(3, 3), dims(3, 2)).on(dims(1, 1), dims(1, 1))),
                triangles.stream());
    }

    private static Case triangular(boolean upper, boolean left, boolean unit) {
        return Case.op("Solve.solveTriangular(Tensor, Tensor, boolean, boolean, boolean)",
                "upper " + upper + ", left " + left + ", unit " + unit,
                in -> Solve.solveTriangular(PlainMatrices.shifted(in[0]), in[1], upper, left, unit)).expects(in -> {
                    var inverse = inverse(triangle(in[0], upper, unit));
                    return left ? product(inverse, in[1]) : product(in[1], inverse);
                }).on(dims(3, 3), left ? dims(3, 2) : dims(2, 3)).on(dims(1, 1), dims(1, 1))
                .on(dims(2, 2, 2), dims(2, 2, 2)).on(dims(2, 2), dims(3, 2, 2)).on(dims(0, 0), dims(0, 0));
    }

    private static Array triangle(Array x, boolean upper, boolean unit) {
        return PlainMatrices.each(PlainMatrices.shifted(x), a -> {
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < a.length; j++) {
                    a[i][j] = (upper ? j < i : j > i) ? 0 : unit && i == j ? 1 : a[i][j];
                }
            }
            return a;
        });
    }

    private static Array inverse(Array x) {
        return PlainMatrices.each(x, PlainMatrices::inverse);
    }

    /** The product of matrices, or of matrices with as many vectors, broadcast. */
    static Array product(Array a, Array b) {
        boolean vectors = b.dims().length == 1 || b.dims().length == a.dims().length - 1
                && b.dims()[b.dims().length - 1] != 1 && b.dims().length > 1 && b.dims()[0] == a.dims()[0]
                && b.dims().length == 2 && a.dims().length == 3 && b.dims()[1] == a.dims()[2]
                && a.dims()[0] != a.dims()[2];
        var right = vectors ? new Array(Array.insert(b.dims(), b.dims().length, 1), b.values()) : b;
        int rank = Math.max(a.dims().length, right.dims().length);
        var dims = new int[rank];
        for (int i = 3; i <= rank; i++) {
            int x = i <= a.dims().length ? a.dims()[a.dims().length - i] : 1;
            dims[rank - i] = x == 1 && i <= right.dims().length ? right.dims()[right.dims().length - i] : x;
        }
        dims[rank - 2] = a.dims()[a.dims().length - 2];
        dims[rank - 1] = right.dims()[right.dims().length - 1];
        int inner = a.dims()[a.dims().length - 1];
        var y = Array.generate(dims, at -> {
            double sum = 0;
            for (int i = 0; i < inner; i++) {
                sum += a.at(Array.with(at, rank - 1, i)) * right.at(Array.with(at, rank - 2, i));
            }
            return sum;
        });
        return vectors ? new Array(Array.remove(dims, rank - 1), y.values()) : y;
    }

    @Test
    void aKnownSystem() {
        var a = Tensor.of(new double[]{0, 2, 1, 3}, 2, 2);
        Checks.values(Solve.solve(a, Tensor.of(new double[]{4, 7})), 1, 2);
        Checks.values(Solve.solve(a.t(), Tensor.of(new double[]{2, 8})), 1, 2);
        Checks.values(Solve.solveTriangular(Tensor.zeros(1, 1), Tensor.ones(1, 1), true), Double.POSITIVE_INFINITY);
    }

    /** Rows are exchanged in many ways, and matrices lie in many. */
    @Test
    void largeAndManyAndStrided() {
        for (int n : new int[]{5, 70, 400}) {
            var a = Tensor.randn(DType.FLOAT64, new Generator(n), n, n);
            var x = Tensor.randn(DType.FLOAT64, new Generator(n + 1), n, 3);
            double bound = 1e-7;
            assertArrayEquals(x.toDoubleArray(), Solve.solve(a, a.matmul(x)).toDoubleArray(), bound);
            assertArrayEquals(x.toDoubleArray(), Solve.solve(a.t(), a.t().matmul(x)).toDoubleArray(), bound);
        }
        var many = Tensor.randn(DType.FLOAT64, new Generator(3), 50, 20, 20);
        var right = Tensor.randn(DType.FLOAT64, new Generator(4), 50, 20, 2);
        assertArrayEquals(right.toDoubleArray(), Solve.solve(many, many.matmul(right)).toDoubleArray(), 1e-7);
    }

    /** OpenBLAS recurses: no level may need much of the caller's stack. */
    @Test
    void aLargeSystemOnASmallStack() throws InterruptedException {
        var error = new double[]{1};
        var thread = new Thread(null, () -> {
            try (var _ = Scope.open()) {
                var a = Tensor.randn(DType.FLOAT64, new Generator(1), 1500, 1500);
                var x = Tensor.randn(DType.FLOAT64, new Generator(2), 1500, 3);
                var found = a.solve(a.matmul(x));
                a.inv();
                a.slogdet();
                a.t().matmul(a).cholesky();
                error[0] = found.sub(x).abs().max().item();
            }
        }, "small", 1 << 18);
        thread.start();
        thread.join();
        assertEquals(0, error[0], 1e-7);
    }

    @Test
    void manyCallersAtOnce() throws InterruptedException {
        var a = Tensor.randn(DType.FLOAT64, new Generator(1), 300, 300).keep();
        var right = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 16; i++) {
            var work = (Runnable) () -> {
                try (var _ = Scope.open()) {
                    for (int n = 0; n < 3; n++) {
                        var part = a.narrow(0, 0, 200).narrow(1, 0, 200);
                        Svd.svdvals(part);
                        Qr.qr(part);
                        Eigh.eigvalsh(part.add(part.t()));
                        double error = Inverse.inv(part).matmul(part)
                                .sub(Tensor.eye(DType.FLOAT64, 200, 200)).norm().item();
                        right.addAndGet(error < 1e-6 ? 1 : 0);
                    }
                }
            };
            threads.add(i % 4 == 3 ? Thread.ofVirtual().start(work) : new Thread(null, work, "small", 1 << 18));
        }
        for (var thread : threads) {
            if (!thread.isVirtual()) {
                thread.start();
            }
        }
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(48, right.get());
        a.close();
    }

    @Test
    void whatIsWrongIsNamed() {
        var bad = Tensor.of(new double[]{1, 0, 0, 1, 1, 2, 2, 4}, 2, 2, 2);
        Checks.message(assertThrows(ArithmeticException.class, () -> Solve.solve(bad, Tensor.of(new double[]{1, 2}))),
                "solve", "matrix 1 of [2, 2, 2]", "singular", "pivot 2");
        refused(Tensor.ones(2, 3), Tensor.ones(2, 1), "[2, 3]", "not square");
        refused(Tensor.ones(2, 2), Tensor.ones(3, 1), "[2, 2]", "[3, 1]", "3 elements, 2 are needed");
        refused(Tensor.ones(2, 2), Tensor.ones(3), "[2, 2]", "[3]");
        refused(Tensor.ones(2, 2), Tensor.scalar(1), "[]");
        refused(Tensor.ones(2, 2, 2), Tensor.ones(3, 2, 1), "[2, 2, 2]", "[3, 2, 1]", "sizes 2 and 3");
        Checks.message(
                assertThrows(IllegalArgumentException.class,
                        () -> Solve.solveTriangular(Tensor.ones(2, 2), Tensor.ones(2, 3), true, false, false)),
                "solveTriangular", "[2, 2]", "[2, 3]", "columns");
    }

    private static void refused(Tensor a, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Solve.solve(a, b)), "solve", facts);
    }
}
