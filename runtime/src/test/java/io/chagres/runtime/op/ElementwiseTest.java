package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine: however operands lie, and in however many parts they are computed, the bits are those of dense ones. */
class ElementwiseTest {
    private static final long[][] SHAPES = {{1}, {65}, {3, 5}, {70, 67}, {33, 31, 7}, {2, 3, 4, 5, 6}, {300, 400},
            {40, 9},
            {1025}, {9, 1, 1030}, {64, 64, 64}, {200_000}, {0, 3}, {70, 3, 70}};

    private static Tensor random(DType dtype, long... shape) {
        return Tensor.randn(new Generator(7), shape).mul(20.0).to(dtype);
    }

    private static void everyView(Tensor x, UnaryOperator<Tensor> function) {
        double[] expected = function.apply(x).toDoubleArray();
        for (int first = 0; first < x.rank(); first++) {
            for (int second = first + 1; second < x.rank(); second++) {
                var turned = x.transpose(first, second).contiguous().transpose(first, second);
                assertArrayEquals(expected, function.apply(turned).toDoubleArray());
            }
        }
        var dims = new long[x.rank() + 1];
        System.arraycopy(x.shape().toArray(), 0, dims, 0, x.rank());
        dims[x.rank()] = 2;
        var sliced = x.unsqueeze(-1).expand(dims).contiguous().select(-1, 1);
        assertArrayEquals(expected, function.apply(sliced).toDoubleArray());
    }

    @ParameterizedTest
    @EnumSource
    void viewsGiveWhatCopiesGive(DType dtype) {
        for (long[] shape : SHAPES) {
            var x = random(dtype, shape);
            var other = random(DType.FLOAT32, shape).add(0.25).to(dtype);
            everyView(x, v -> v.add(other));
            everyView(x, v -> other.mul(v));
            everyView(x, v -> v.lt(other));
            everyView(x, v -> v.addcmul(other, v));
            everyView(x, Tensor::abs);
            everyView(x, Tensor::exp);
            everyView(x, v -> v.add(3.5));
            everyView(x, v -> v.clamp(-3, 5));
        }
    }

    @Test
    void broadcastRowsAndColumns() {
        var random = new Random(3);
        for (int[][] dims : new int[][][]{{{5, 1}, {5, 130}}, {{130}, {5, 130}}, {{5, 1}, {130}}, {{300, 1}, {300, 3}},
                {{3}, {700, 3}}, {{4, 1, 70}, {1, 9, 70}}, {{64, 1, 64}, {1, 64, 1}}, {{2000, 1}, {1, 70}}}) {
            var a = Array.generate(dims[0], _ -> random.nextInt(100));
            var b = Array.generate(dims[1], _ -> random.nextInt(100));
            var expected = Functions.broadcast((u, v) -> u - v, a, b);
            var reversed = Functions.broadcast((u, v) -> v - u, a, b);
            for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.INT64, DType.INT32,
                    DType.INT16, DType.INT8}) {
                assertArrayEquals(expected.values(), a.toTensor(dtype).sub(b.toTensor(dtype)).toDoubleArray());
                assertArrayEquals(reversed.values(),
                        b.toTensor(dtype).sub(a.toTensor(dtype)).toDoubleArray());
            }
        }
    }

    @Test
    void operandsMayBeTheSameAndOverlap() {
        for (long[] shape : SHAPES) {
            var x = random(DType.FLOAT32, shape);
            double[] twice = x.mul(2.0).toDoubleArray();
            assertArrayEquals(twice, x.add(x).toDoubleArray());
            var repeated = random(DType.FLOAT32, 1, 70).expand(60, 70);
            assertArrayEquals(repeated.contiguous().mul(repeated.contiguous()).toDoubleArray(),
                    repeated.mul(repeated).toDoubleArray());
            var turned = repeated.t();
            assertArrayEquals(turned.contiguous().add(turned.contiguous()).toDoubleArray(),
                    turned.add(turned).toDoubleArray());
        }
    }

    @Test
    void addingIntoStridedTensors() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64, DType.INT32}) {
            var whole = Tensor.full(dtype, 1, 40, 50);
            Arithmetic.addInto(Tensor.full(dtype, 2, 50, 40), whole.t());
            Arithmetic.addInto(Tensor.full(dtype, 4, 40, 50), whole);
            assertArrayEquals(Tensor.full(dtype, 7, 40, 50).toDoubleArray(), whole.toDoubleArray());
        }
    }

    @Test
    void halfTypesAreRoundedOnce() {
        var x = Tensor.of(new double[]{1, 1001, 65504}).to(DType.FLOAT16);
        Checks.values(x.mul(3.0), 3, 3004, Double.POSITIVE_INFINITY);
        Checks.type(DType.FLOAT16, x.mul(3.0));
        Checks.values(Tensor.of(new double[]{1}).to(DType.BFLOAT16).add(1.0 / 512), 1);
    }
}
