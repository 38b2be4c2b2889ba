package io.chagres.runtime.op;

import static io.chagres.runtime.op.BatchNormTest.last;
import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupNormTest extends OpTest {
    private static final String SIGNATURE = "GroupNorm.groupNorm(Tensor, long, Tensor, Tensor, double)";
    private static final double EPSILON = 1e-5;
    private static final Array ONE = Array.scalar(1);
    private static final Array ZERO = Array.scalar(0);

    @Override
    Stream<Case> cases() {
        return Stream.of(
                two(Case.op(SIGNATURE, "2 groups", in -> GroupNorm.groupNorm(in[0], 2, in[1], in[2], EPSILON))
                        .expects(in -> groupNorm(in[0], 2, in[1], in[2], EPSILON))),
                two(Case.op(SIGNATURE, "2 groups, channels last",
                        in -> GroupNorm.groupNorm(last(in[0]), 2, in[1], in[2], EPSILON))
                        .expects(in -> groupNorm(in[0], 2, in[1], in[2], EPSILON))),
                any(Case.op(SIGNATURE, "one group", in -> GroupNorm.groupNorm(in[0], 1, in[1], in[2], EPSILON))
                        .expects(in -> groupNorm(in[0], 1, in[1], in[2], EPSILON))),
                any(Case.op(SIGNATURE, "as many groups as channels",
                        in -> GroupNorm.groupNorm(in[0], channels(in[0]), in[1], in[2], 0.5))
                        .expects(in -> groupNorm(in[0], in[0].dims()[1], in[1], in[2], 0.5))),
                any(Case.op(SIGNATURE, "as many groups as channels, channels last",
                        in -> GroupNorm.groupNorm(last(in[0]), channels(in[0]), in[1], in[2], 0.5))
                        .expects(in -> groupNorm(in[0], in[0].dims()[1], in[1], in[2], 0.5))),
                Case.op(SIGNATURE, "weight", in -> GroupNorm.groupNorm(in[0], 2, in[1], null, EPSILON))
                        .expects(in -> groupNorm(in[0], 2, in[1], ZERO, EPSILON)).optional(1)
                        .on(dims(3, 4, 5), dims(4)).on(dims(2, 6, 3, 3), dims(6)).on(dims(0, 4), dims(4)),
                Case.op(SIGNATURE, "bias, channels last",
                        in -> GroupNorm.groupNorm(last(in[0]), 2, null, in[1], EPSILON))
                        .expects(in -> groupNorm(in[0], 2, ONE, in[1], EPSILON)).optional(1)
                        .on(dims(3, 4, 5), dims(4)).on(dims(2, 6, 3, 3), dims(6)).on(dims(0, 4), dims(4)),
                Case.op(SIGNATURE, "neither", in -> GroupNorm.groupNorm(in[0], 2, null, null, 0.5))
                        .expects(in -> groupNorm(in[0], 2, ONE, ZERO, 0.5)).on(dims(3, 4)).on(dims(2, 4, 5))
                        .on(dims(2, 2, 3, 3)).on(dims(0, 2, 3)))
                .map(operation -> operation.drawn(Values.within(-3, 3)));
    }

    private static Case two(Case operation) {
        return operation.optional(1, 2).on(dims(2, 4, 5), dims(4), dims(4)).on(dims(3, 6, 3, 2), dims(6), dims(6))
                .on(dims(3, 4), dims(4), dims(4)).on(dims(1, 34, 1, 1), dims(34), dims(34))
                .on(dims(0, 4, 2, 2), dims(4), dims(4)).on(dims(2, 4, 0), dims(4), dims(4))
                .on(dims(2, 2, 3, 3), dims(2), dims(2)).on(dims(1, 4, 2, 2, 3), dims(4), dims(4))
                .on(dims(2, 0, 3), dims(0), dims(0)).on(dims(1, 4, 3, 3), dims(4), dims(4));
    }

    private static Case any(Case operation) {
        return operation.optional(1, 2).on(dims(2, 3, 5), dims(3), dims(3)).on(dims(3, 5, 1, 1), dims(5), dims(5))
                .on(dims(2, 1), dims(1), dims(1)).on(dims(2, 5, 3, 3), dims(5), dims(5))
                .on(dims(0, 3, 2), dims(3), dims(3)).on(dims(1, 1, 1, 9), dims(1), dims(1));
    }

    private static long channels(Tensor x) {
        return x == null ? 1 : x.size(1);
    }

    /** By the formula. */
    static Array groupNorm(Array x, int groups, Array weight, Array bias, double epsilon) {
        int n = x.dims()[0];
        int each = groups == 0 ? 0 : x.dims()[1] / groups; // without channels there is nothing to do
        var sums = new double[n * groups];
        var squares = new double[n * groups];
        var counts = new int[n * groups];
        Array.generate(x.dims(), at -> {
            counts[at[0] * groups + at[1] / each]++;
            return sums[at[0] * groups + at[1] / each] += x.at(at);
        });
        Array.generate(x.dims(), at -> {
            int g = at[0] * groups + at[1] / each;
            return squares[g] += Math.pow(x.at(at) - sums[g] / counts[g], 2);
        });
        return Array.generate(x.dims(), at -> {
            int g = at[0] * groups + at[1] / each;
            return (x.at(at) - sums[g] / counts[g]) / Math.sqrt(squares[g] / counts[g] + epsilon) * weight.at(at[1])
                    + bias.at(at[1]);
        });
    }

    /** Of {1, 3, 5, 7} and {0, 0, 2, 2}: means 4 and 1, variances 5 and 1. */
    @Test
    void numbersByHand() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{1, 3, 5, 7, 0, 0, 2, 2}, 1, 4, 2).to(dtype).requiresGrad(true);
            var weight = Tensor.of(new double[]{1, 2, 1, -3}).to(dtype).requiresGrad(true);
            var bias = Tensor.of(new double[]{0, 1, 0, 10}).to(dtype).requiresGrad(true);
            var y = x.groupNorm(2, weight, bias, 1e-12);
            double r = 1 / Math.sqrt(5);
            assertArrayEquals(new double[]{-3 * r, -r, 1 + 2 * r, 1 + 6 * r, -1, -1, 7, 7}, y.toDoubleArray(), 2e-6);
            y.select(2, 0).sum().backward();
            assertArrayEquals(new double[]{-3 * r, r, -1, 1}, weight.grad().toDoubleArray(), 2e-6);
            assertArrayEquals(new double[]{1, 1, 1, 1}, bias.grad().toDoubleArray());
            // g = {1, 0, 2, 0}, x̂ = {-3, -1, 1, 3} r: mean(g) = 0.75, mean(g x̂) = -0.25 r, and {1, 0, -3, 0}, {-1, -1, 1, 1}
            assertArrayEquals(new double[]{(0.25 - 0.15) * r, (-0.75 - 0.05) * r, (1.25 + 0.05) * r, (-0.75 + 0.15) * r,
                    0.5, -0.5, -1.5, 1.5}, x.grad().toDoubleArray(), 2e-6);
        }
    }

    /** In float32, float64, row-major and with channels innermost. */
    @ParameterizedTest
    @CsvSource({"3, 6, 3, 7, 5", "2, 32, 8, 9, 11", "2, 48, 48, 5, 5", "4, 64, 1, 8, 8", "1, 100, 4, 30, 30",
            "2, 24, 6, 150, 150", "5, 300, 3, 2, 3", "40, 16, 4, 16, 17", "3, 10, 5, 40, 1"})
    void layoutsAndTypesAgree(int n, int channels, int groups, int height, int width) {
        var plain = Tensor.randn(DType.FLOAT64, new Generator(channels), n, channels, height, width).mul(3).add(2);
        var weight = Tensor.randn(DType.FLOAT64, new Generator(1), channels);
        var bias = Tensor.randn(DType.FLOAT64, new Generator(2), channels);
        var start = Tensor.randn(DType.FLOAT64, new Generator(3), n, channels, height, width);
        double[][] expected = null;
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32}) {
            for (boolean innermost : new boolean[]{false, true}) {
                try (var _ = Scope.open()) {
                    var leaf = plain.to(dtype);
                    var x = (innermost ? leaf.channelsLast() : leaf).detach().requiresGrad(true);
                    var seen = new Tensor[1];
                    var inner = x.mul(1);
                    inner.registerHook(g -> seen[0] = g);
                    var w = weight.to(dtype).detach().requiresGrad(true);
                    var b = bias.to(dtype).detach().requiresGrad(true);
                    var y = inner.groupNorm(groups, w, b, EPSILON);
                    y.backward(innermost ? start.to(dtype).channelsLast() : start.to(dtype));
                    assertEquals(innermost, y.isChannelsLast() && seen[0].isChannelsLast() && height * width > 1);
                    var results = new double[][]{y.toDoubleArray(), x.grad().toDoubleArray(),
                            w.grad().toDoubleArray(), b.grad().toDoubleArray()};
                    expected = expected == null ? results : expected;
                    for (int i = 0; i < results.length; i++) {
                        double bound = dtype == DType.FLOAT64 ? 1e-10 : i < 2 ? 3e-5 : 1e-5 * n * height * width;
                        assertArrayEquals(expected[i], results[i], bound, dtype + " " + innermost + " " + i);
                    }
                }
            }
        }
    }

    @Test
    void resultsDoNotDependOnThreads() {
        for (boolean innermost : new boolean[]{false, true}) {
            for (long side : new long[]{20, 160}) {
                var x = Tensor.randn(new Generator(3), 3, 24, side, side);
                x = innermost ? x.channelsLast() : x;
                var start = Tensor.randn(new Generator(4), 3, 24, side, side);
                var results = new float[2][][];
                for (int i = 0; i < 2; i++) {
                    var leaf = x.detach().requiresGrad(true);
                    var weight = Tensor.ones(24).requiresGrad(true);
                    if (i == 1) {
                        try (var _ = Threads.share(1)) {
                            leaf.groupNorm(6, weight, null, EPSILON).backward(start);
                        }
                    } else {
                        leaf.groupNorm(6, weight, null, EPSILON).backward(start);
                    }
                    results[i] = new float[][]{leaf.grad().toFloatArray(), weight.grad().toFloatArray()};
                }
                assertArrayEquals(results[0], results[1]);
            }
        }
    }

    @Test
    void greatMeansCostLittleAccuracy() {
        for (boolean innermost : new boolean[]{false, true}) {
            var x = Tensor.randn(new Generator(5), 2, 6, 15, 16).add(1000);
            var exact = x.to(DType.FLOAT64).groupNorm(3, null, null, EPSILON).toDoubleArray();
            var y = (innermost ? x.channelsLast() : x).groupNorm(3, null, null, EPSILON);
            assertArrayEquals(exact, y.toDoubleArray(), 4e-4);
        }
    }

    @Test
    void notANumberStaysInItsGroup() {
        for (boolean innermost : new boolean[]{false, true}) {
            var x = Tensor.randn(new Generator(6), 2, 4, 3, 4);
            x.select(0, 1).select(0, 2).select(0, 0).select(0, 1).fill(Double.NaN);
            var y = (innermost ? x.channelsLast() : x).groupNorm(2, null, null, EPSILON);
            var numbers = y.eq(y).to(DType.FLOAT64);
            Checks.values(numbers.sum(new int[]{2, 3}, false), 12, 12, 12, 12, 12, 12, 0, 0);
        }
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var plain = Tensor.rand(new Generator(1), 3, 4, 5, 5);
        for (boolean innermost : new boolean[]{false, true}) {
            var x = (innermost ? plain.channelsLast() : plain).detach().requiresGrad(true);
            var weight = Tensor.ones(4).requiresGrad(true);
            Steady.check(() -> {
                try (var _ = Scope.open()) {
                    x.zeroGrad();
                    weight.zeroGrad();
                    x.mul(2).groupNorm(2, weight, null, EPSILON).square().sum().backward();
                }
            });
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 6, 5);
        refused(x, 4, null, null, EPSILON, "4 groups", "6 channels", "[2, 6, 5]", "divide");
        refused(x, 0, null, null, EPSILON, "0 groups");
        refused(x, -3, null, null, EPSILON, "-3 groups");
        refused(x, Long.MAX_VALUE, null, null, EPSILON, "groups of the 6 channels");
        refused(Tensor.ones(6), 2, null, null, EPSILON, "[6]", "[N, C]");
        refused(x, 2, Tensor.ones(5), null, EPSILON, "the weight [5]", "[2, 6, 5]", "[6] is needed");
        refused(x, 2, null, Tensor.ones(6, 1), EPSILON, "the bias [6, 1]", "[6] is needed");
        refused(x, 2, Tensor.ones(6).to(DType.FLOAT64), null, EPSILON, "FLOAT64 [6]", "FLOAT32 [2, 6, 5]");
        refused(x, 2, null, null, 0, "epsilon 0.0", "positive");
        assertTrue(x.groupNorm(2, null, null, EPSILON).eq(0).all().item() == 1);
    }

    private static void refused(Tensor x, long groups, Tensor weight, Tensor bias, double epsilon, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.groupNorm(groups, weight, bias, epsilon)),
                "groupNorm", facts);
    }
}
