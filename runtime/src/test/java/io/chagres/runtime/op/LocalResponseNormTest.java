package io.chagres.runtime.op;

import static io.chagres.runtime.op.BatchNormTest.last;
import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalResponseNormTest extends OpTest {
    private static final String SIGNATURE = "LocalResponseNorm.localResponseNorm(Tensor, long, double, double, double)";

    @Override
    Stream<Case> cases() {
        return Stream.of(of(5, 0.5, 0.75, 1, false), of(5, 0.5, 0.75, 1, true), of(2, 0.3, 0.75, 2, false),
                of(4, 0.3, 1.5, 2, true), of(1, 1, 1, 0.5, false), of(100, 2, 0.5, 1, true), of(3, 0.1, 2, -2, false),
                of(3, 0.1, 0, 1, false))
                .map(operation -> operation.drawn(Values.within(-2, 2)));
    }

    private static Case of(int size, double alpha, double beta, double k, boolean innermost) {
        return Case.op(SIGNATURE, size + ", " + alpha + ", " + beta + ", " + k + ", " + innermost,
                in -> LocalResponseNorm.localResponseNorm(innermost ? last(in[0]) : in[0], size, alpha, beta, k))
                .expects(in -> normalized(in[0], size, alpha, beta, k)).on(dims(2, 6, 5)).on(dims(2, 3, 2, 2))
                .on(dims(1, 1, 1)).on(dims(2, 10, 1, 1)).on(dims(0, 3, 2, 2)).on(dims(2, 9, 3, 3))
                .on(dims(1, 4, 2, 2, 3)).on(dims(2, 0, 3)).on(dims(2, 3, 0));
    }

    private static Array normalized(Array x, int size, double alpha, double beta, double k) {
        return Array.generate(x.dims(), at -> {
            double sum = 0;
            for (int c = at[1] - size / 2; c <= at[1] + (size - 1) / 2; c++) {
                sum += c < 0 || c >= x.dims()[1] ? 0 : Math.pow(x.at(Array.with(at, 1, c)), 2);
            }
            return x.at(at) / Math.pow(k + alpha * sum / size, beta);
        });
    }

    /** Squares 1, 4, 9: of three around each 5, 14, 13, of two up to each 1, 5, 13. */
    @Test
    void numbersByHand() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{1, 2, 3}, 1, 3, 1).to(dtype);
            assertArrayEquals(new double[]{1 / 6.0, 2 / 15.0, 3 / 14.0},
                    x.localResponseNorm(3, 3, 1, 1).toDoubleArray(), 1e-6);
            assertArrayEquals(new double[]{1 / 2.0, 2 / 6.0, 3 / 14.0},
                    x.localResponseNorm(2, 2, 1, 1).toDoubleArray(), 1e-6);
            var none = Tensor.zeros(1, 3, 1).to(dtype).localResponseNorm(3, 1, 0.75, 0);
            for (double v : none.toDoubleArray()) {
                assertTrue(Double.isNaN(v));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 30, 96})
    void layoutsAndTypesAgree(long channels) {
        var exact = Tensor.randn(DType.FLOAT64, new Generator(channels), 3, channels, 13, 17);
        double[][] expected = null;
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32}) {
            for (boolean innermost : new boolean[]{false, true}) {
                var x = (innermost ? exact.to(dtype).channelsLast() : exact.to(dtype)).detach().requiresGrad(true);
                var inner = x.mul(1);
                var seen = new Tensor[1];
                inner.registerHook(g -> seen[0] = g);
                var y = inner.localResponseNorm(5, 0.5, 0.75, 2);
                y.square().sum().backward();
                assertEquals(innermost || channels == 1, y.isChannelsLast() && seen[0].isChannelsLast());
                var results = new double[][]{y.toDoubleArray(), x.grad().toDoubleArray()};
                expected = expected == null ? results : expected;
                for (int i = 0; i < results.length; i++) {
                    assertArrayEquals(expected[i], results[i], dtype == DType.FLOAT64 ? 1e-12 : 1e-5);
                }
            }
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Tensor.ones(2, 3).localResponseNorm(5, 1, 1, 1)), "localResponseNorm", "[2, 3]", "[N, C, L]");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Tensor.ones(2, 3, 4).localResponseNorm(0, 1, 1, 1)), "localResponseNorm", "size 0",
                "[2, 3, 4]", "at least 1");
    }
}
