package io.chagres.runtime.op;

import static io.chagres.runtime.op.BatchNormTest.last;
import static io.chagres.runtime.op.BatchNormTest.mean;
import static io.chagres.runtime.op.BatchNormTest.variance;
import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InstanceNormTest extends OpTest {
    private static final String SIGNATURE = "InstanceNorm.instanceNorm(Tensor, Tensor, Tensor, Tensor, Tensor, boolean,"
            + " double, double)";
    private static final double EPSILON = 1e-5;
    private static final Array ONE = Array.scalar(1);
    private static final Array ZERO = Array.scalar(0);

    @Override
    Stream<Case> cases() {
        return Stream.of(
                all(Case.op(SIGNATURE, "the input's",
                        in -> InstanceNorm.instanceNorm(in[0], mean(in[0]), variance(in[0]), in[1], in[2], true, 0.1,
                                EPSILON))
                        .expects(in -> GroupNormTest.groupNorm(in[0], in[0].dims()[1], in[1], in[2], EPSILON))),
                all(Case.op(SIGNATURE, "the input's, channels last",
                        in -> InstanceNorm.instanceNorm(last(in[0]), null, null, in[1], in[2], true, 0.1, EPSILON))
                        .expects(in -> GroupNormTest.groupNorm(in[0], in[0].dims()[1], in[1], in[2], EPSILON))),
                all(Case.op(SIGNATURE, "given",
                        in -> InstanceNorm.instanceNorm(in[0], mean(in[0]), variance(in[0]), in[1], in[2], false, 0.1,
                                EPSILON))
                        .expects(in -> given(in[0], in[1], in[2])).on(dims(2, 3, 1, 1), dims(3), dims(3))
                        .on(dims(2, 3), dims(3), dims(3))),
                all(Case.op(SIGNATURE, "given, channels last",
                        in -> InstanceNorm.instanceNorm(last(in[0]), mean(in[0]), variance(in[0]), in[1], in[2], false,
                                0.1, EPSILON))
                        .expects(in -> given(in[0], in[1], in[2]))),
                Case.op(SIGNATURE, "the input's, no bias",
                        in -> InstanceNorm.instanceNorm(in[0], null, null, in[1], null, true, 0.1, EPSILON))
                        .expects(in -> GroupNormTest.groupNorm(in[0], in[0].dims()[1], in[1], ZERO, EPSILON))
                        .optional(1).on(dims(2, 3, 5), dims(3)).on(dims(2, 3, 3, 3), dims(3)),
                Case.op(SIGNATURE, "the input's, nothing else",
                        in -> InstanceNorm.instanceNorm(in[0], null, null, null, null, true, 0.1, 0.5))
                        .expects(in -> GroupNormTest.groupNorm(in[0], in[0].dims()[1], ONE, ZERO, 0.5))
                        .on(dims(2, 3, 5)).on(dims(2, 3, 3, 3)).on(dims(1, 1, 2)).on(dims(0, 2, 2)))
                .map(operation -> operation.drawn(Values.within(-3, 3)));
    }

    private static Case all(Case operation) {
        return operation.optional(1, 2).on(dims(2, 3, 5), dims(3), dims(3)).on(dims(3, 2, 3, 3), dims(2), dims(2))
                .on(dims(1, 1, 3), dims(1), dims(1)).on(dims(0, 3, 2, 2), dims(3), dims(3))
                .on(dims(2, 3, 0), dims(3), dims(3)).on(dims(2, 17, 1, 4), dims(17), dims(17))
                .on(dims(2, 2, 2, 3, 2), dims(2), dims(2)).on(dims(2, 0, 3), dims(0), dims(0));
    }

    private static Array given(Array x, Array weight, Array bias) {
        return Array.generate(x.dims(), at -> (x.at(at) - BatchNormTest.meanOf(at[1]))
                / Math.sqrt(BatchNormTest.varianceOf(at[1]) + EPSILON) * weight.at(at[1]) + bias.at(at[1]));
    }

    /**
     * Examples {1, 3} and {2, 8} of the first channel have means 2 and 5, unbiased variances 2 and 18; {0, 0} and {4, 6} of the
     * second one 0 and 5, 0 and 2.
     */
    @Test
    void runningStatisticsAreMeansOverTheExamples() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (boolean innermost : new boolean[]{false, true}) {
                var x = Tensor.of(new double[]{1, 3, 0, 0, 2, 8, 4, 6}, 2, 2, 2).to(dtype);
                var both = Tensor.of(new double[]{10, 20, 10, 20}, 2, 2).to(dtype);
                var y = (innermost ? x.channelsLast() : x).instanceNorm(both.select(1, 0), both.select(1, 1), null,
                        null, true, 0.1, 1e-12);
                assertArrayEquals(new double[]{-1, 1, 0, 0, -1, 1, -1, 1}, y.toDoubleArray(), 1e-6);
                assertArrayEquals(new double[]{9 + 0.35, 18 + 1, 9 + 0.25, 18 + 0.1}, both.toDoubleArray(), 2e-6);
                assertTrue(innermost == !y.isContiguous());
                x.instanceNorm(both.select(1, 0), both.select(1, 1), null, null, true, 0, 1e-12);
                x.instanceNorm(both.select(1, 0), both.select(1, 1), null, null, false, 1, 1e-12);
                x.narrow(0, 0, 0).instanceNorm(both.select(1, 0), both.select(1, 1), null, null, true, 1, 1e-12);
                assertArrayEquals(new double[]{9 + 0.35, 18 + 1, 9 + 0.25, 18 + 0.1}, both.toDoubleArray(), 2e-6);
            }
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        var x = Tensor.ones(2, 3, 5);
        var three = Tensor.ones(3);
        refused(Tensor.ones(3), null, null, null, null, true, 0.1, "[3]", "[N, C, L]");
        refused(Tensor.ones(2, 3), null, null, null, null, true, 0.1, "[2, 3]", "more than one value");
        refused(Tensor.ones(2, 3, 1, 1), null, null, null, null, true, 0.1, "[2, 3, 1, 1]", "more than one value");
        refused(x, Tensor.ones(5), Tensor.ones(5), null, null, true, 0.1, "the running mean [5]", "[3] is needed");
        refused(x, three, Tensor.ones(3, 1), null, null, false, 0.1, "the running variance [3, 1]");
        refused(x, null, null, Tensor.ones(2), null, true, 0.1, "the weight [2]", "[2, 3, 5]", "[3] is needed");
        refused(x, null, null, null, Tensor.ones(5), true, 0.1, "the bias [5]", "[3] is needed");
        refused(x, null, null, null, null, false, 0.1, "[2, 3, 5]", "running mean and variance");
        refused(x, three, null, null, null, true, 0.1, "running mean and variance");
        refused(x, three.to(DType.FLOAT64), three, null, null, true, 0.1, "FLOAT64 [3]", "FLOAT32 [2, 3, 5]");
        refused(x, null, null, null, null, true, 1.5, "momentum 1.5", "0 to 1");
        refused(x, three, Tensor.ones(1).expand(3), null, null, true, 0.1, "[3]", "expanded");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.instanceNorm(null, null, null, null, true, 0.1, -1)), "instanceNorm", "epsilon -1.0");
        for (boolean measures : new boolean[]{true, false}) {
            Checks.message(assertThrows(IllegalStateException.class,
                    () -> x.instanceNorm(three, Checks.closed(3), null, null, measures, 0.1, EPSILON)), "instanceNorm",
                    "closed");
        }
    }

    private static void refused(Tensor x, Tensor mean, Tensor variance, Tensor weight, Tensor bias, boolean measures,
            double momentum, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> x.instanceNorm(mean, variance, weight, bias, measures, momentum, EPSILON)), "instanceNorm",
                facts);
    }
}
