package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SoftmaxTest extends OpTest {
    private static final int[][] SHAPES = {{3, 5}, {1}, {17}, {2, 3, 4}, {0, 3}, {3, 0}, {2, 1, 3, 2}};

    @Override
    Stream<Case> cases() {
        return Stream.concat(alongDimensions(), Stream.of(
                Case.op("Softmax.softmax(Tensor, int)", "a number", in -> Softmax.softmax(in[0], -1))
                        .expects(in -> in[0].map(v -> 1)).on(dims()),
                Case.op("Softmax.logSoftmax(Tensor, int)", "a number", in -> Softmax.logSoftmax(in[0], 0))
                        .expects(in -> in[0].map(v -> 0)).on(dims()),
                Case.op("Softmax.softmin(Tensor, int)", in -> Softmax.softmin(in[0], 1))
                        .expects(in -> softmax(in[0].map(v -> -v), 1)).on(dims(3, 5)).on(dims(2, 3, 4)),
                Case.op("Softmax.softmax2d(Tensor)", in -> Softmax.softmax2d(in[0]))
                        .expects(in -> softmax(in[0], in[0].dims().length - 3)).on(dims(2, 3, 4)).on(dims(2, 3, 1, 4))
                        .on(dims(0, 3, 2, 2)).on(dims(1, 5, 2, 2))));
    }

    private static Stream<Case> alongDimensions() {
        return Stream.of(SHAPES).flatMap(shape -> IntStream.range(0, shape.length).boxed().flatMap(axis -> {
            int counted = axis == 0 ? axis : axis - shape.length;
            return Stream.of(
                    Case.op("Softmax.softmax(Tensor, int)", "dim " + counted, in -> Softmax.softmax(in[0], counted))
                            .expects(in -> softmax(in[0], axis)),
                    Case.op("Softmax.logSoftmax(Tensor, int)", "dim " + counted,
                            in -> Softmax.logSoftmax(in[0], counted))
                            .expects(in -> softmax(in[0], axis).map(Math::log)))
                    .map(operation -> operation.drawn(Values.within(-3, 3)).on(shape));
        }));
    }

    private static Array softmax(Array x, int axis) {
        return Array.generate(x.dims(), at -> {
            double sum = 0;
            for (int i = 0; i < x.dims()[axis]; i++) {
                sum += Math.exp(x.at(Array.with(at, axis, i)) - x.at(at));
            }
            return 1 / sum;
        });
    }

    @Test
    void greatNumbersDoNotOverflow() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(new double[]{1e4, 1e4, -1e4}).to(dtype);
            assertArrayEquals(new double[]{0.5, 0.5, 0}, x.softmax(0).toDoubleArray(), 1e-6);
            assertArrayEquals(new double[]{-Math.log(2), -Math.log(2), -2e4 - Math.log(2)},
                    x.logSoftmax(0).toDoubleArray(), 1e-3);
        }
    }

    @Test
    void longRowsAgreeToo() {
        int n = 5000;
        var x = Array.generate(dims(2, n), at -> Math.sin(at[0] + 0.01 * at[1]));
        var expected = softmax(x, 1);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            assertArrayEquals(expected.values(), x.toTensor(dtype).softmax(1).toDoubleArray(), 1e-9);
            assertArrayEquals(expected.map(Math::log).values(), x.toTensor(dtype).logSoftmax(1).toDoubleArray(), 2e-6);
        }
    }

    /** The gradient of float32 is in one pass of its own; recorded, it is made of other operations. */
    @Test
    void bothBackwardsAgree() {
        for (long[] shape : new long[][]{{700, 9}, {9, 700}, {3, 1500}, {2, 5000}}) {
            for (boolean log : new boolean[]{false, true}) {
                var x = Tensor.randn(new Generator(3), shape).requiresGrad(true);
                var weights = Tensor.randn(new Generator(4), shape);
                for (int dim = 0; dim < 2; dim++) {
                    var y = log ? x.logSoftmax(dim) : x.softmax(dim);
                    x.zeroGrad();
                    y.backward(weights, true, true);
                    var recorded = x.grad().toDoubleArray();
                    x.zeroGrad();
                    y.backward(weights);
                    assertArrayEquals(recorded, x.grad().toDoubleArray(), 2e-5);
                }
            }
        }
    }

    @Test
    void infinitiesAsInPyTorch() {
        double inf = Double.POSITIVE_INFINITY;
        double nan = Double.NaN;
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            Checks.values(Tensor.of(new double[]{-inf, 0, 0}).to(dtype).softmax(0), 0, 0.5, 0.5);
            Checks.values(Tensor.of(new double[]{-inf, -inf}).to(dtype).softmax(0), nan, nan);
            Checks.values(Tensor.of(new double[]{inf, 0}).to(dtype).softmax(0), nan, nan);
            Checks.values(Tensor.of(new double[]{nan, 0}).to(dtype).softmax(0), nan, nan);
            Checks.values(Tensor.of(new double[]{-inf, 0}).to(dtype).logSoftmax(0), -inf, 0);
        }
    }

    @Test
    void softmax2dWantsImages() {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(2, 3).softmax2d()), "softmax2d",
                "[2, 3]", "[N, C, H, W]");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.ones(2, 3).softmin(2)), "softmin",
                "dimension 2");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.scalar(1).softmax(1)), "softmax",
                "dimension 1");
    }

    @Test
    void dimensionsThatAreNotThereAreNamed() {
        var x = Tensor.ones(2, 3);
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.softmax(2)), "softmax", "dimension 2",
                "[2, 3]");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> x.logSoftmax(-3)), "logSoftmax",
                "dimension -3", "[2, 3]");
    }
}
