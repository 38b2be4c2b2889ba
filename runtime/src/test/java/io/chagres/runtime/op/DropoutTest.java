package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DropoutTest extends OpTest {
    private static final double ALPHA = 1.7580993408473766;

    private interface Dropping {
        Tensor apply(Tensor x, double p, boolean training, Generator generator);
    }

    private interface ByDefault {
        Tensor apply(Tensor x, double p, boolean training);
    }

    @Override
    Stream<Case> cases() {
        return Stream.of(elements("dropout", Dropout::dropout, Dropout::dropout, 1 / 0.7, 0, 0),
                elements("alphaDropout", Dropout::alphaDropout, Dropout::alphaDropout, a(0.3), ALPHA * a(0.3) * 0.3,
                        ALPHA * a(0.3) * (0.3 - 1)),
                channels("dropout1d", Dropout::dropout1d, Dropout::dropout1d, 1 / 0.7, 0, 0, 1, dims(2, 3, 5),
                        dims(0, 2, 1)),
                channels("dropout1d", Dropout::dropout1d, Dropout::dropout1d, 1 / 0.7, 0, 0, 0, dims(7, 5)),
                channels("dropout2d", Dropout::dropout2d, Dropout::dropout2d, 1 / 0.7, 0, 0, 1, dims(2, 5, 3, 2),
                        dims(1, 1, 1, 1), dims(4, 3, 2)),
                channels("dropout3d", Dropout::dropout3d, Dropout::dropout3d, 1 / 0.7, 0, 0, 1, dims(2, 5, 3, 2, 1)),
                channels("dropout3d", Dropout::dropout3d, Dropout::dropout3d, 1 / 0.7, 0, 0, 0, dims(5, 3, 2, 1)),
                channels("featureAlphaDropout", Dropout::featureAlphaDropout, Dropout::featureAlphaDropout, a(0.3),
                        ALPHA * a(0.3) * 0.3, ALPHA * a(0.3) * (0.3 - 1), 1, dims(4, 5), dims(3, 2, 3)))
                .flatMap(cases -> cases);
    }

    private static double a(double p) {
        return 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
    }

    /** Operands are made dense first, so that numbers are drawn in row-major order. */
    private static Stream<Case> elements(String name, Dropping op, ByDefault usual, double scale, double kept,
            double dropped) {
        return Stream.of(
                Case.op("Dropout." + name + "(Tensor, double, boolean, Generator)", "training",
                        in -> op.apply(dense(in[0]), 0.3, true, new Generator(5))),
                Case.op("Dropout." + name + "(Tensor, double, boolean)", "training", in -> {
                    Generator.seed(5);
                    return usual.apply(dense(in[0]), 0.3, true);
                })).map(operation -> operation.expects(in -> {
                    var generator = new Generator(5);
                    return in[0].map(v -> Integer.toUnsignedLong(generator.nextInt() ^ 1 << 31) >= 0.3 * 0x1p32
                            ? scale * v + kept
                            : dropped);
                }).on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(200)).on(dims(2, 1, 33)).on(dims(0))
                        .on(dims(2, 0, 3)));
    }

    private static Tensor dense(Tensor x) {
        return x == null || !x.storage().isOpen() ? x : x.contiguous();
    }

    private static Stream<Case> channels(String name, Dropping op, ByDefault usual, double scale, double kept,
            double dropped, int axis, int[]... shapes) {
        return Stream.of(Case.op("Dropout." + name + "(Tensor, double, boolean, Generator)", axis + "",
                in -> op.apply(in[0], 0.3, true, new Generator(5))),
                Case.op("Dropout." + name + "(Tensor, double, boolean)", axis + "", in -> {
                    Generator.seed(5);
                    return usual.apply(in[0], 0.3, true);
                })).map(operation -> {
                    operation.expects(in -> {
                        var leading = Arrays.copyOf(in[0].dims(), axis + 1);
                        var generator = new Generator(5);
                        var on = Array.generate(leading, _ -> generator.nextDouble() < 0.7 ? 1 : 0);
                        return Array.generate(in[0].dims(), at -> on.at(Arrays.copyOf(at, axis + 1)) != 0
                                ? scale * in[0].at(at) + kept
                                : dropped);
                    });
                    Arrays.stream(shapes).forEach(shape -> operation.on(shape));
                    return operation;
                });
    }

    // ---- Chance

    @Test
    void asManyAreLeftOutAsTheProbabilitySays() {
        for (double p : new double[]{0.01, 0.2, 0.5, 0.9}) {
            for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16)) {
                var y = Dropout.dropout(Tensor.ones(1 << 20).to(dtype), p, true, new Generator(3));
                double zeros = y.eq(0).sum().item() / (1 << 20);
                assertEquals(p, zeros, 4 * Math.sqrt(p * (1 - p) / (1 << 20)));
                assertEquals(1 / (1 - p), y.max().item(), dtype == DType.BFLOAT16 ? 0.004 / (1 - p) : 1e-6 / (1 - p));
                assertEquals(dtype, y.dtype());
            }
        }
    }

    @Test
    void channelsAreLeftOutAsAWhole() {
        var y = Dropout.dropout2d(Tensor.ones(100, 64, 3, 2), 0.25, true, new Generator(3));
        var sums = y.sum(new int[]{2, 3}, false);
        assertEquals(0.25, sums.eq(0).sum().item() / 6400, 0.02);
        assertEquals(0.75, sums.eq(6 / 0.75).sum().item() / 6400, 0.02);
    }

    @Test
    void alphaDropoutKeepsMeanAndVariance() {
        for (double p : new double[]{0.1, 0.5}) {
            var x = Tensor.randn(new Generator(1), 1 << 18);
            normal(Dropout.alphaDropout(x, p, true, new Generator(2)), 0.015);
            normal(Dropout.featureAlphaDropout(x.view(1 << 16, 4), p, true, new Generator(2)), 0.015);
        }
    }

    private static void normal(Tensor y, double tolerance) {
        assertEquals(0, y.mean().item(), tolerance);
        assertEquals(1, y.var().item(), 2 * tolerance);
    }

    @Test
    void theSameSeedGivesTheSameWhateverTheNumberOfThreads() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            var x = Tensor.randn(dtype, new Generator(1), 333, 777);
            double[] expected;
            try (var _ = Threads.share(1)) {
                expected = Dropout.dropout(x, 0.4, true, new Generator(9)).toDoubleArray();
            }
            var generator = new Generator(9);
            assertArrayEquals(expected, Dropout.dropout(x, 0.4, true, generator).toDoubleArray());
            assertEquals(333 * 777, generator.position());
            assertFalse(Arrays.equals(expected, Dropout.dropout(x, 0.4, true, generator).toDoubleArray()));
        }
    }

    @Test
    void anyPositionOfTheGeneratorWillDo() {
        var numbers = new Generator(4);
        numbers.position(3);
        var expected = new double[5000];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = numbers.nextInt() >= 0 ? 2 : 0;
        }
        var generator = new Generator(4);
        generator.position(3);
        Checks.values(Tensor.ones(5000).dropout(0.5, true, generator), expected);
    }

    // ---- Ends of the range

    @Test
    void nothingIsDoneInUseOrWithoutAProbability() {
        var x = Tensor.randn(new Generator(1), 2, 3, 4, 5);
        var generator = new Generator(2);
        for (Dropping op : List.<Dropping>of(Dropout::dropout, Dropout::dropout2d, Dropout::dropout3d,
                Dropout::alphaDropout, Dropout::featureAlphaDropout)) {
            assertSame(x, op.apply(x, 0.5, false, generator));
            assertSame(x, op.apply(x, 1, false, generator));
            assertSame(x, op.apply(x, 0, true, generator));
            var leaf = x.detach().requiresGrad(true);
            var y = op.apply(leaf, 1, true, generator);
            assertArrayEquals(new double[120], y.abs().toDoubleArray());
            y.sum().backward();
            assertArrayEquals(new double[120], leaf.grad().abs().toDoubleArray());
        }
        assertEquals(0, generator.position());
        for (double p : new double[]{Double.MIN_VALUE, 1e-12}) {
            assertArrayEquals(x.toDoubleArray(), Dropout.dropout(x, p, true, generator).toDoubleArray(), 1e-6);
        }
        assertTrue(Tensor.ones(1000).dropout(Math.nextDown(1.0), true).eq(0).all().item() != 0);
    }

    @Test
    void whatIsNoNumberStaysSo() {
        var x = Tensor.of(new float[]{Float.NaN, Float.POSITIVE_INFINITY, 1}).repeat(100);
        double[] y = x.dropout(0.5, true, new Generator(1)).toDoubleArray();
        for (int i = 0; i < 300; i += 3) {
            assertTrue(Double.isNaN(y[i]));
            assertTrue(Double.isNaN(y[i + 1]) || Double.isInfinite(y[i + 1])); // 0 times infinity, as in PyTorch
        }
    }

    // ---- Layouts

    @Test
    void channelsThatLieInnermostStaySo() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            var x = Tensor.randn(dtype, new Generator(1), 3, 5, 4, 7).channelsLast().requiresGrad(true);
            for (Dropping op : List.<Dropping>of(Dropout::dropout, Dropout::dropout2d, Dropout::alphaDropout,
                    Dropout::featureAlphaDropout)) {
                var y = op.apply(x, 0.5, true, new Generator(3));
                assertTrue(y.isChannelsLast());
                var weights = Tensor.randn(dtype, new Generator(4), 3, 5, 4, 7); // of another order
                x.zeroGrad();
                y.mul(weights).sum().backward();
                var slope = op.apply(x.detach().mul(0).add(1).channelsLast(), 0.5, true, new Generator(3))
                        .sub(op.apply(x.detach().mul(0).channelsLast(), 0.5, true, new Generator(3)));
                assertArrayEquals(slope.mul(weights).toDoubleArray(), x.grad().toDoubleArray(), 1e-5);
            }
        }
    }

    @Test
    void aSteadyStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.randn(new Generator(1), 4, 16, 9, 9).channelsLast().requiresGrad(true);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                x.dropout(0.5, true).dropout2d(0.1, true).alphaDropout(0.1, true).sum().backward();
            }
        });
    }

    // ---- Mistakes

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        for (double p : new double[]{-0.1, 1.1, Double.NaN}) {
            Checks.message(assertThrows(IllegalArgumentException.class, () -> x.dropout(p, true)), "dropout",
                    "probability of " + p, "[2, 3]");
            Checks.message(assertThrows(IllegalArgumentException.class, () -> x.dropout1d(p, false)), "dropout1d",
                    "probability of " + p, "[2, 3]");
        }
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.select(0, 0).dropout1d(0.5, true)),
                "dropout1d", "[3]", "[N, C, L] or [C, L]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.dropout2d(0.5, true)), "dropout2d",
                "[2, 3]", "[N, C, H, W] or [N, C, L]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.dropout3d(0.5, true)), "dropout3d",
                "[2, 3]", "[N, C, D, H, W] or [C, D, H, W]");
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> x.select(0, 0).featureAlphaDropout(0.5, true)),
                "featureAlphaDropout", "[3]", "[N, C, ...]");
        Checks.message(assertThrows(NullPointerException.class, () -> x.dropout(0.5, true, null)), "dropout",
                "the generator");
    }
}
