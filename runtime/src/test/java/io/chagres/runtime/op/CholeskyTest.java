package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CholeskyTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                factor(Case.op("Cholesky.cholesky(Tensor)",
                        in -> Cholesky.cholesky(PlainMatrices.symmetric(in[0]))), false),
                factor(Case.op("Cholesky.cholesky(Tensor, boolean)", "upper",
                        in -> Cholesky.cholesky(PlainMatrices.symmetric(in[0]), true)), true),
                solve(false), solve(true));
    }

    private static Case factor(Case operation, boolean upper) {
        return operation.expects(in -> PlainMatrices.each(PlainMatrices.symmetric(in[0]), a -> {
            var l = PlainMatrices.cholesky(a);
            return upper ? PlainMatrices.transposed(l) : l;
        })).on(dims(3, 3)).on(dims(1, 1)).on(dims(5, 5)).on(dims(2, 3, 3)).on(dims(2, 1, 2, 2)).on(dims(0, 0))
                .on(dims(0, 2, 2));
    }

    /** The factor is any triangle; what is solved is L · Lᵀ · X = B. */
    private static Case solve(boolean upper) {
        return Case.op("Cholesky.choleskySolve(Tensor, Tensor, boolean)", "upper " + upper,
                in -> Cholesky.choleskySolve(in[0], PlainMatrices.shifted(in[1]), upper)).expects(in -> {
                    var l = PlainMatrices.each(PlainMatrices.shifted(in[1]), a -> {
                        for (int i = 0; i < a.length; i++) {
                            for (int j = 0; j < a.length; j++) {
                                a[i][j] = (upper ? j < i : j > i) ? 0 : a[i][j];
                            }
                        }
                        var t = PlainMatrices.transposed(a);
                        return PlainMatrices.inverse(upper ? multiply(t, a) : multiply(a, t));
                    });
                    return SolveTest.product(l, in[0]);
                }).on(dims(3, 2), dims(3, 3)).on(dims(1, 1), dims(1, 1)).on(dims(2, 3, 2), dims(2, 3, 3))
                .on(dims(0, 2), dims(0, 0)).on(dims(3, 0), dims(3, 3));
    }

    private static double[][] multiply(double[][] a, double[][] b) {
        var y = new double[a.length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                for (int k = 0; k < a.length; k++) {
                    y[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return y;
    }

    @Test
    void knownFactors() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var a = Tensor.of(new double[]{4, 12, -16, 12, 37, -43, -16, -43, 98}, 3, 3).to(dtype);
            Checks.values(Cholesky.cholesky(a), 2, 0, 0, 6, 1, 0, -8, 5, 3);
            Checks.values(Cholesky.cholesky(a, true), 2, 6, -8, 0, 1, 5, 0, 0, 3);
            // the other triangle is not read
            Checks.values(Cholesky.cholesky(a.tril()), 2, 0, 0, 6, 1, 0, -8, 5, 3);
            Checks.values(Cholesky.cholesky(a.triu(), true), 2, 6, -8, 0, 1, 5, 0, 0, 3);
        }
    }

    @Test
    void largeOnesMultiplyBack() {
        for (int n : new int[]{130, 600}) {
            var x = Tensor.randn(DType.FLOAT64, new Generator(n), n, n);
            var a = x.matmul(x.t()).add(Tensor.eye(DType.FLOAT64, n, n).mul(n));
            var l = Cholesky.cholesky(a);
            assertArrayEquals(a.toDoubleArray(), l.matmul(l.t()).toDoubleArray(), 1e-10 * n);
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        var bad = Tensor.of(new double[]{1, 0, 0, 1, 1, 2, 2, 1}, 2, 2, 2);
        Checks.message(assertThrows(ArithmeticException.class, () -> Cholesky.cholesky(bad)), "cholesky",
                "matrix 1 of [2, 2, 2]", "positive definite", "order 2");
        Checks.message(assertThrows(ArithmeticException.class, () -> Cholesky.cholesky(Tensor.zeros(2, 2))), "cholesky",
                "[2, 2]", "order 1");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Cholesky.cholesky(Tensor.ones(2, 3))),
                "cholesky", "[2, 3]", "not square");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Cholesky.cholesky(Tensor.ones(3))),
                "cholesky", "[3]", "2 are needed");
        Checks.message(
                assertThrows(IllegalArgumentException.class,
                        () -> Cholesky.choleskySolve(Tensor.ones(3, 1), Tensor.ones(2, 2), false)),
                "choleskySolve", "[2, 2]", "[3, 1]");
    }
}
