package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NormsTest extends OpTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    /** All of different size, so that the greatest and the least keep their places. */
    private static final Values APART = (random, index) -> {
        int mixed = 0;
        for (int i : index) {
            mixed = mixed * 7 + i;
        }
        return (mixed % 2 == 0 ? 1 : -1) * (0.5 + mixed * 371 % 1009 / 400.0);
    };

    @Override
    Stream<Case> cases() {
        var powers = DoubleStream.of(0.5, 1, 2, 3, 4.5, -1, INF, -INF).boxed().flatMap(p -> norms(p));
        var plain = Case.op("Norms.norm(Tensor)", in -> Norms.norm(in[0]))
                .expects(in -> Array.scalar(plain(2).applyAsDouble(in[0].values()))).on(new int[]{3, 5}).drawn(APART);
        var linalg = Case.op("Norms.vectorNorm(Tensor, double, int[], boolean)",
                in -> Norms.vectorNorm(in[0], 3, new int[]{-1, 0}, false))
                .expects(in -> Reductions.plain(in[0], new int[]{0, 2}, false, plain(3))).on(new int[]{2, 3, 4})
                .drawn(APART);
        var logs = Reductions.casesOfSome("Norms.logsumexp", Norms::logsumexp, Norms::logsumexp, Norms::logsumexp,
                v -> Math.log(Arrays.stream(v).map(Math::exp).sum()), c -> c);
        return Stream.of(powers, Stream.of(plain, linalg), logs).flatMap(c -> c);
    }

    private static Stream<Case> norms(double p) {
        return Stream.of(
                Case.op("Norms.norm(Tensor, double)", "p " + p, in -> Norms.norm(in[0], p))
                        .expects(in -> Array.scalar(plain(p).applyAsDouble(in[0].values()))).on(new int[]{3, 5})
                        .on(new int[]{1}),
                Case.op("Norms.norm(Tensor, double, int, boolean)", "p " + p, in -> Norms.norm(in[0], p, -2, true))
                        .expects(in -> Reductions.plain(in[0], new int[]{-2}, true, plain(p))).on(new int[]{3, 5})
                        .on(new int[]{2, 3, 4}),
                Case.op("Norms.norm(Tensor, double, int[], boolean)", "p " + p,
                        in -> Norms.norm(in[0], p, new int[]{0, 2}, false))
                        .expects(in -> Reductions.plain(in[0], new int[]{0, 2}, false, plain(p)))
                        .on(new int[]{2, 3, 4}))
                .map(c -> c.drawn(APART));
    }

    private static ToDoubleFunction<double[]> plain(double p) {
        return values -> {
            var sizes = Arrays.stream(values).map(Math::abs);
            return p == INF
                    ? sizes.max().orElse(0)
                    : p == -INF ? sizes.min().orElseThrow() : Math.pow(sizes.map(v -> Math.pow(v, p)).sum(), 1 / p);
        };
    }

    @Test
    void atZeroTheGradientIsZero() {
        for (double p : new double[]{0, 0.5, 1, 2, 3, INF}) {
            var x = Tensor.of(new double[]{0, 0, 3, 0}).view(2, 2).requiresGrad(true);
            var y = x.norm(p, 1, false);
            assertArrayEquals(new double[]{0, p == 0 ? 1 : 3}, y.toDoubleArray(), 1e-15 * 3);
            y.sum().backward();
            assertArrayEquals(new double[]{0, 0, p == 0 ? 0 : 1, 0}, x.grad().toDoubleArray(), 1e-15);
        }
    }

    @Test
    void wellKnownNorms() {
        var x = Tensor.of(new float[]{3, -4, 0});
        Checks.values(x.norm(), 5);
        Checks.values(x.norm(1), 7);
        Checks.values(x.norm(0), 2);
        Checks.values(x.norm(INF), 4);
        Checks.values(x.norm(-INF), 0);
        Checks.values(Tensor.zeros(2, 0).norm(2, 1, false), 0, 0);
        Checks.values(x.to(DType.FLOAT16).norm(), 5);
        assertEquals(5e20, Tensor.of(new float[]{3e20f, 4e20f}).norm().item(), 1e14);
    }

    @Test
    void logarithmsOfSumsDoNotOverflow() {
        var x = Tensor.of(new double[]{1000, 1000, -INF, -INF, INF, 0}).view(3, 2).requiresGrad(true);
        var y = x.logsumexp(1, false);
        assertArrayEquals(new double[]{1000 + Math.log(2), -INF, INF}, y.toDoubleArray());
        Checks.values(Tensor.zeros(2, 0).logsumexp(1, false), -INF, -INF);
        y.select(0, 0).backward();
        assertEquals(0.5, x.grad().select(0, 0).select(0, 1).item(), 1e-12);
    }

    @Test
    void refusals() {
        var x = Tensor.ones(2, 0);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.norm(-1, 1, false)), "norm", "[2, 0]",
                "empty");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.norm(Double.NaN)), "norm", "NaN");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.of(new long[]{1}).norm()), "norm",
                "INT64", "to(DType.FLOAT32)");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.logsumexp(2, false)), "logsumexp",
                "dimension 2");
    }
}
