package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeterminantTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                over("det(Tensor)", in -> Determinant.det(in[0]), x -> x),
                over("logdet(Tensor)", in -> Determinant.logdet(in[0]), Math::log));
    }

    private static Case over(String method, Function<Tensor[], Tensor> call,
            DoubleUnaryOperator of) {
        return Case.op("Determinant." + method, in -> call.apply(new Tensor[]{PlainMatrices.shifted(in[0])}))
                .expects(in -> {
                    var x = PlainMatrices.shifted(in[0]);
                    int rank = x.dims().length;
                    int n = x.dims()[rank - 1];
                    var dims = Array.remove(Array.remove(x.dims(), rank - 1), rank - 2);
                    int[] next = {0};
                    return Array.generate(dims, _ -> {
                        var a = new double[n][n];
                        for (int i = 0; i < n * n; i++) {
                            a[i / n][i % n] = x.values()[next[0]++];
                        }
                        return of.applyAsDouble(PlainMatrices.determinant(a));
                    });
                }).on(dims(3, 3)).on(dims(1, 1)).on(dims(2, 2, 2)).on(dims(0, 0)).on(dims(0, 2, 2)).on(dims(2, 0, 0));
    }

    @Test
    void knownDeterminants() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            Checks.values(Determinant.det(Tensor.of(new double[]{0, 2, 3, 0, 2, 0, 0, 5}, 2, 2, 2).to(dtype)), -6, 10);
            var log = Determinant.slogdet(Tensor.of(new double[]{0, 1, 1, 0, 0, 0, 0, 5}, 2, 2, 2).to(dtype));
            Checks.values(log.sign(), -1, 0);
            Checks.values(log.logabsdet(), 0, Double.NEGATIVE_INFINITY);
            Checks.values(Determinant.logdet(Tensor.of(new double[]{0, 1, 1, 0, 0, 0, 0, 5}, 2, 2, 2).to(dtype)),
                    Double.NaN, Double.NEGATIVE_INFINITY);
        }
    }

    @Test
    void gradientsOfSignAndLog() {
        var x = Tensor.of(new double[]{0.5, -2, 3, 1, 0.25, 2, -1, 1, 1}, 3, 3).requiresGrad(true);
        GradCheck.check(in -> Determinant.slogdet(in[0]).logabsdet(), x);
        GradCheck.checkSecond(in -> Determinant.slogdet(in[0]).logabsdet(), x);
    }

    @Test
    void gradientsAtSingularMatrices() {
        var rankTwo = Tensor.of(new double[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 0, 0, 0, 0, 0, 0, 0, 3}, 2, 3, 3);
        var x = rankTwo.requiresGrad(true);
        GradCheck.check(in -> Determinant.det(in[0]), x);
        var zero = Tensor.zeros(DType.FLOAT64, 3, 3).requiresGrad(true);
        Determinant.det(zero).backward();
        Checks.values(zero.grad(), new double[9]);
        Checks.message(assertThrows(UnsupportedOperationException.class,
                () -> Determinant.det(zero).backward(null, true, true)), "det");
    }

    @Test
    void whatIsWrongIsNamed() {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Determinant.det(Tensor.ones(2, 3))), "det",
                "[2, 3]", "not square");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Determinant.slogdet(Tensor.ones(2, 3))),
                "slogdet", "[2, 3]", "not square");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Determinant.logdet(Tensor.ones(3))), "logdet",
                "[3]", "2 are needed");
        assertThrows(NullPointerException.class, () -> Determinant.slogdet(null));
    }
}
