package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchNormTest extends OpTest {
    private static final String SIGNATURE = "BatchNorm.batchNorm(Tensor, Tensor, Tensor, Tensor, Tensor, boolean,"
            + " double, double)";
    private static final double EPSILON = 1e-5;
    private static final Array ONE = Array.scalar(1);
    private static final Array ZERO = Array.scalar(0);

    @Override
    Stream<Case> cases() {
        return Stream.of(
                all(Case.op(SIGNATURE, "training",
                        in -> BatchNorm.batchNorm(in[0], mean(in[0]), variance(in[0]), in[1], in[2], true, 0.1,
                                EPSILON))
                        .expects(in -> batchNorm(in[0], in[1], in[2], true, EPSILON))),
                all(Case.op(SIGNATURE, "given",
                        in -> BatchNorm.batchNorm(in[0], mean(in[0]), variance(in[0]), in[1], in[2], false, 0.1,
                                EPSILON))
                        .expects(in -> batchNorm(in[0], in[1], in[2], false, EPSILON))
                        .on(dims(1, 3), dims(3), dims(3))),
                all(Case.op(SIGNATURE, "training, channels last",
                        in -> BatchNorm.batchNorm(last(in[0]), mean(in[0]), variance(in[0]), in[1], in[2], true, 0.1,
                                EPSILON))
                        .expects(in -> batchNorm(in[0], in[1], in[2], true, EPSILON))),
                all(Case.op(SIGNATURE, "given, channels last",
                        in -> BatchNorm.batchNorm(last(in[0]), mean(in[0]), variance(in[0]), in[1], in[2], false, 0.1,
                                EPSILON))
                        .expects(in -> batchNorm(in[0], in[1], in[2], false, EPSILON))),
                some(Case.op(SIGNATURE, "training, no bias",
                        in -> BatchNorm.batchNorm(in[0], null, null, in[1], null, true, 0.1, EPSILON))
                        .expects(in -> batchNorm(in[0], in[1], ZERO, true, EPSILON))),
                some(Case.op(SIGNATURE, "given, no weight",
                        in -> BatchNorm.batchNorm(in[0], mean(in[0]), variance(in[0]), null, in[1], false, 0.1,
                                EPSILON))
                        .expects(in -> batchNorm(in[0], ONE, in[1], false, EPSILON))),
                Case.op(SIGNATURE, "training, nothing else",
                        in -> BatchNorm.batchNorm(in[0], null, null, null, null, true, 0.1, 0.5))
                        .expects(in -> batchNorm(in[0], ONE, ZERO, true, 0.5)).on(dims(4, 3)).on(dims(2, 3, 5))
                        .on(dims(0, 3)).on(dims(2, 2, 3, 3)),
                Case.op(SIGNATURE, "given, nothing else",
                        in -> BatchNorm.batchNorm(in[0], mean(in[0]), variance(in[0]), null, null, false, 0.1, 0.5))
                        .expects(in -> batchNorm(in[0], ONE, ZERO, false, 0.5)).on(dims(4, 3)).on(dims(2, 3, 5)))
                .map(operation -> operation.drawn(Values.within(-3, 3)));
    }

    private static Case all(Case operation) {
        return operation.optional(1, 2).on(dims(4, 3), dims(3), dims(3)).on(dims(2, 3, 5), dims(3), dims(3))
                .on(dims(2, 3, 3, 2), dims(3), dims(3)).on(dims(1, 2, 7), dims(2), dims(2))
                .on(dims(0, 3), dims(3), dims(3)).on(dims(0, 3, 2, 2), dims(3), dims(3))
                .on(dims(3, 0), dims(0), dims(0)).on(dims(2, 3, 0), dims(3), dims(3))
                .on(dims(5, 17, 1, 3), dims(17), dims(17)).on(dims(7, 1), dims(1), dims(1))
                .on(dims(2, 2, 2, 3, 2), dims(2), dims(2));
    }

    private static Case some(Case operation) {
        return operation.optional(1).on(dims(4, 3), dims(3)).on(dims(2, 3, 5), dims(3)).on(dims(0, 3), dims(3))
                .on(dims(2, 3, 3, 2), dims(3));
    }

    /** With its channels innermost; operands that operations refuse are left to them. */
    static Tensor last(Tensor x) {
        return x == null || !x.isOpen() ? x : x.channelsLast();
    }

    static double meanOf(int channel) {
        return 0.5 * channel - 1;
    }

    static double varianceOf(int channel) {
        return 1.5 + 0.25 * channel;
    }

    static Tensor mean(Tensor x) {
        return perChannel(x, BatchNormTest::meanOf);
    }

    static Tensor variance(Tensor x) {
        return perChannel(x, BatchNormTest::varianceOf);
    }

    private static Tensor perChannel(Tensor x, IntToDoubleFunction value) {
        int channels = x == null ? 1 : (int) x.size(1);
        var values = IntStream.range(0, channels).mapToDouble(value).toArray();
        return x == null || !x.isOpen() ? Tensor.of(values) : Tensor.of(values).to(x.dtype());
    }

    /** By the formula; statistics that are given are {@link #meanOf} and {@link #varianceOf}. */
    static Array batchNorm(Array x, Array weight, Array bias, boolean training, double epsilon) {
        int[] dims = x.dims();
        int channels = dims[1];
        double[] sums = new double[channels];
        double[] squares = new double[channels];
        int[] counts = new int[channels];
        Array.generate(dims, at -> {
            counts[at[1]]++;
            return sums[at[1]] += x.at(at);
        });
        Array.generate(dims, at -> squares[at[1]] += Math.pow(x.at(at) - sums[at[1]] / counts[at[1]], 2));
        return Array.generate(dims, at -> {
            int c = at[1];
            double mean = training ? sums[c] / counts[c] : meanOf(c);
            double variance = training ? squares[c] / counts[c] : varianceOf(c);
            return (x.at(at) - mean) / Math.sqrt(variance + epsilon) * weight.at(c) + bias.at(c);
        });
    }

    @Test
    void numbersAreThoseOfPyTorch() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (boolean training : new boolean[]{true, false}) {
                var x = Tensor.of(new double[]{1, 2, 4, -1, 0.5, 3, 2, 0, -2, 1, 0.25, 5}, 3, 2, 2).to(dtype)
                        .requiresGrad(true);
                var weight = Tensor.of(new double[]{1.5, -2}).to(dtype).requiresGrad(true);
                var bias = Tensor.of(new double[]{0.1, 0.2}).to(dtype).requiresGrad(true);
                var mean = Tensor.of(new double[]{0.5, 1}).to(dtype);
                var variance = Tensor.of(new double[]{2, 3}).to(dtype);
                var y = x.batchNorm(mean, variance, weight, bias, training, 0.1, 1e-5);
                y.backward(Tensor.of(new double[]{1, -1, 0.5, 2, 0.25, 3, -1, 0, -2, 1, 0.75, 0.5}, 3, 2, 2).to(dtype));
                if (training) {
                    close(y, 0.181229383, 1.15598197, -1.9010564, 2.68306666, -0.306146913, 2.13073457, -0.0674071785,
                            1.76624205, -2.74302839, 0.181229383, 1.53703589, -2.81788101);
                    close(x.grad(), 0.545976059, -2.16246086, -0.333314128, -1.06466791, 0.194377481, 0.977617781,
                            1.29947604, 0.640204684, -0.101486524, 0.545976059, -0.0796079312, -0.462090755);
                    close(weight.grad(), 7.18880036, -1.83842435);
                    close(mean, 0.541666667, 1.07083333);
                    close(variance, 2.08416667, 3.27104167);
                } else {
                    close(y, 0.63032876, 1.69098628, -3.26409584, 2.50939723, 0.1, 2.7516438, -0.954698614,
                            1.35469861, -2.5516438, 0.63032876, 1.06602396, -4.41879446);
                    close(x.grad(), 1.06065752, -1.06065752, -0.577349307, -2.30939723, 0.26516438, 3.18197256,
                            1.15469861, 0, -2.12131504, 1.06065752, -0.86602396, -0.577349307);
                    close(weight.grad(), 8.48526016, -1.19078295);
                    Checks.values(mean, 0.5, 1);
                    Checks.values(variance, 2, 3);
                }
                close(bias.grad(), 2.25, 2.75);
            }
        }
    }

    private static void close(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.toDoubleArray(), actual.dtype() == DType.FLOAT64 ? 1e-8 : 5e-6);
    }

    @Test
    void largeBatchesAgreeInBothTypes() {
        var x = Array.generate(dims(6, 33, 9, 11),
                at -> (float) (5 + Math.sin(at[0] + 3 * at[1] + 0.7 * at[2] * at[3])));
        var results = new double[2][];
        var gradients = new double[2][];
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var input = x.toTensor(dtype).requiresGrad(true);
            var weight = perChannel(input, c -> 1 + c).requiresGrad(true);
            var y = input.batchNorm(null, null, weight, null, true, 0.1, EPSILON);
            int which = dtype == DType.FLOAT32 ? 0 : 1;
            results[which] = y.toDoubleArray();
            y.mul(y).mul(y).mean().backward();
            gradients[which] = weight.grad().toDoubleArray();
        }
        assertArrayEquals(results[1], results[0], 2e-3);
        assertArrayEquals(gradients[1], gradients[0], 2e-2);
    }

    @Test
    void channelsStayInnermost() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (long channels : new long[]{1, 3, 6, 16, 17, 24, 64, 100, 300}) {
                var plain = Tensor.randn(new Generator(channels), 3, channels, 7, 5).add(2).to(dtype);
                var weight = Tensor.randn(new Generator(1), channels).to(dtype);
                var start = Tensor.randn(new Generator(2), 3, channels, 7, 5).to(dtype);
                for (boolean training : new boolean[]{true, false}) {
                    var results = new Tensor[2][];
                    for (int i = 0; i < 2; i++) {
                        var x = (i == 0 ? plain.clone() : plain.channelsLast().detach()).requiresGrad(true);
                        var inner = x.mul(1);
                        inner = i == 0 ? inner : inner.channelsLast();
                        var w = weight.clone().requiresGrad(true);
                        var mean = Tensor.full(dtype, 0.5, channels);
                        var variance = Tensor.full(dtype, 2, channels);
                        var seen = new Tensor[1];
                        inner.registerHook(g -> seen[0] = g);
                        var y = inner.batchNorm(mean, variance, w, null, training, 0.1, EPSILON);
                        y.backward(i == 0 ? start : start.channelsLast());
                        assertTrue(i == 0 ? y.isContiguous() : y.isChannelsLast() && seen[0].isChannelsLast());
                        results[i] = new Tensor[]{y, seen[0], w.grad(), mean, variance};
                    }
                    for (int r = 0; r < results[0].length; r++) {
                        assertArrayEquals(results[0][r].toDoubleArray(), results[1][r].toDoubleArray(),
                                dtype == DType.FLOAT64 ? 1e-12 : 2e-5, channels + " " + training + " " + r);
                    }
                }
            }
        }
    }

    @Test
    void resultsDoNotDependOnThreads() {
        for (long channels : new long[]{5, 64}) {
            var x = Tensor.randn(new Generator(3), 6, channels, 40, 40).channelsLast();
            var start = Tensor.randn(new Generator(4), 6, channels, 40, 40);
            var results = new float[2][][];
            for (int i = 0; i < 2; i++) {
                var leaf = x.detach().requiresGrad(true);
                if (i == 1) {
                    try (var _ = Threads.share(1)) {
                        leaf.batchNorm(null, null, null, null, true, 0.1, EPSILON).backward(start);
                    }
                } else {
                    leaf.batchNorm(null, null, null, null, true, 0.1, EPSILON).backward(start);
                }
                results[i] = new float[][]{leaf.grad().toFloatArray()};
            }
            assertArrayEquals(results[0], results[1]);
        }
    }

    /** The rows that means are guessed from say nothing about the others. */
    @Test
    void misleadingRowsDoNoHarm() {
        var x = Tensor.full(DType.FLOAT32, 1000, 1600, 5);
        x.copyFrom(x.add(Tensor.randn(new Generator(1), 1600, 5)));
        for (int i = 0; i < 16; i++) {
            x.narrow(0, 100 * i, 1).fill(0);
        }
        var variance = Tensor.ones(5);
        var exact = Tensor.ones(5).to(DType.FLOAT64);
        var y = x.batchNorm(Tensor.zeros(5), variance, null, null, true, 1, EPSILON);
        var z = x.to(DType.FLOAT64).batchNorm(Tensor.zeros(5).to(DType.FLOAT64), exact, null, null, true, 1, EPSILON);
        for (int c = 0; c < 5; c++) {
            assertEquals(1, variance.toDoubleArray()[c] / exact.toDoubleArray()[c], 1e-5);
        }
        assertArrayEquals(z.toDoubleArray(), y.toDoubleArray(), 1e-4);
    }

    @Test
    void statisticsMayLieAnywhereAndChangeBeforeBackward() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var both = Tensor.of(new double[]{1, 4, 2, 9}, 2, 2).to(dtype);
            var x = Tensor.of(new double[]{3, 5}, 1, 2).to(dtype).requiresGrad(true);
            var y = x.batchNorm(both.select(1, 0), both.select(1, 1), null, null, false, 0.1, 1e-9);
            close(y, 1, 1);
            both.fill(100);
            y.sum().backward();
            close(x.grad(), 0.5, 1 / 3.0);
            both.fill(1);
            x.detach().expand(2, 2).batchNorm(both.select(1, 0), both.select(1, 1), null, null, true, 0.5, 1e-9);
            close(both, 2, 0.5, 3, 0.5);
        }
    }

    @Test
    void aBatchOfNothingChangesNoStatistics() {
        var mean = Tensor.ones(2);
        var variance = Tensor.full(DType.FLOAT32, 2, 2);
        Checks.shape(Tensor.zeros(0, 2, 3).batchNorm(mean, variance, null, null, true, 0.5, EPSILON), 0, 2, 3);
        Checks.values(mean, 1, 1);
        Checks.values(variance, 2, 2);
    }

    @Test
    void aRepeatedStepAllocatesNothing() throws InterruptedException {
        var x = Tensor.rand(new Generator(1), 4, 3, 5).requiresGrad(true);
        var weight = Tensor.ones(3).requiresGrad(true);
        var mean = Tensor.zeros(3);
        var variance = Tensor.ones(3);
        Steady.check(() -> {
            try (var _ = Scope.open()) {
                x.zeroGrad();
                weight.zeroGrad();
                x.mul(2).batchNorm(mean, variance, weight, null, true, 0.1, EPSILON).square().sum().backward();
                try (var _ = Autograd.noGrad()) {
                    x.batchNorm(mean, variance, weight, null, false, 0.1, EPSILON);
                }
            }
        });
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 5);
        var three = Tensor.ones(3);
        refused(Tensor.ones(3), null, null, null, null, true, 0.1, "[3]", "[N, C]");
        refused(x, Tensor.ones(5), Tensor.ones(5), null, null, true, 0.1, "the running mean [5]", "[3] is needed");
        refused(x, three, Tensor.ones(3, 1), null, null, false, 0.1, "the running variance [3, 1]");
        refused(x, null, null, Tensor.ones(2), null, true, 0.1, "the weight [2]", "[2, 3, 5]", "[3] is needed");
        refused(x, null, null, null, Tensor.ones(5), true, 0.1, "the bias [5]", "[3] is needed");
        refused(x, null, null, null, null, false, 0.1, "[2, 3, 5]", "running mean and variance");
        refused(x, three, null, null, null, true, 0.1, "running mean and variance");
        refused(x, three.to(DType.FLOAT64), three, null, null, true, 0.1, "FLOAT64 [3]", "FLOAT32 [2, 3, 5]");
        refused(x, null, null, null, null, true, 1.5, "momentum 1.5", "0 to 1");
        refused(x, three, Tensor.ones(1).expand(3), null, null, true, 0.1, "[3]", "expanded");
        refused(Tensor.ones(1, 3), null, null, null, null, true, 0.1, "[1, 3]", "more than one value a channel");
        refused(Tensor.ones(1, 3, 1, 1), null, null, null, null, true, 0.1, "[1, 3, 1, 1]", "more than one value");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.batchNorm(null, null, null, null, true, 0.1, -1)), "batchNorm", "epsilon -1.0", "positive");
        Checks.message(assertThrows(IllegalStateException.class,
                () -> x.batchNorm(three, Checks.closed(3), null, null, false, 0.1, EPSILON)), "batchNorm", "closed");
    }

    private static void refused(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, boolean training,
            double momentum, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.batchNorm(mean, variance, weight, bias, training, momentum, EPSILON)), "batchNorm", facts);
    }
}
