package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatmulTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(Case.op("Matmul.matmul(Tensor, Tensor)", in -> Matmul.matmul(in[0], in[1]))
                .expects(in -> product(in[0], in[1])).on(dims(3, 5), dims(5, 2)).on(dims(1, 1), dims(1, 1))
                .on(dims(1, 7), dims(7, 1)).on(dims(7, 1), dims(1, 7)).on(dims(17, 3), dims(3, 4))
                .on(dims(0, 3), dims(3, 2)).on(dims(2, 3), dims(3, 0)).on(dims(2, 0), dims(0, 3))
                .on(dims(0, 0), dims(0, 0)));
    }

    private static Array product(Array a, Array b) {
        return Array.generate(new int[]{a.dims()[0], b.dims()[1]}, at -> {
            double sum = 0;
            for (int i = 0; i < b.dims()[0]; i++) {
                sum += a.at(at[0], i) * b.at(i, at[1]);
            }
            return sum;
        });
    }

    @Test
    void aMatrixTimesItself() {
        var x = Tensor.of(new double[]{1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).requiresGrad(true);
        GradCheck.check(in -> in[0].matmul(in[0]), x);
        GradCheck.check(in -> in[0].t().matmul(in[0]), x);
        GradCheck.check(in -> in[0].exp().log().matmul(in[0].t()), x);
    }

    /** Sizes beyond the small products, in both types, dense and transposed: other paths, other library. */
    @ParameterizedTest
    @CsvSource({"64, 64, 64", "65, 33, 127", "1, 1000, 70", "300, 1, 300", "129, 257, 31"})
    void largeProductsAgreeToo(int m, int k, int n) {
        var generator = new Generator(m + k + n);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var a = Tensor.randn(generator, m, k).to(dtype);
            var b = Tensor.randn(generator, k, n).to(dtype);
            double[] expected = product(array(a), array(b)).values();
            double bound = (dtype == DType.FLOAT32 ? 1e-6 : 1e-14) * k;
            assertArrayEquals(expected, a.matmul(b).toDoubleArray(), bound);
            assertArrayEquals(expected, a.t().contiguous().t().matmul(b).toDoubleArray(), bound);
            assertArrayEquals(expected, a.matmul(b.t().contiguous().t()).toDoubleArray(), bound);
            assertArrayEquals(expected, b.t().matmul(a.t()).t().toDoubleArray(), bound);
        }
    }

    private static Array array(Tensor x) {
        return new Array(new int[]{(int) x.size(0), (int) x.size(1)}, x.toDoubleArray());
    }

    @Test
    void notNumbersOfAnEarlierUseOfTheMemoryDoNotShow() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (int n : new int[]{3, 70}) {
                try (var _ = Scope.open()) {
                    Tensor.full(dtype, Double.NaN, 4 * n * n);
                }
                var ones = Tensor.full(dtype, 1, n, n);
                assertArrayEquals(Tensor.full(dtype, n, n, n).toDoubleArray(), ones.matmul(ones).toDoubleArray());
            }
        }
    }

    @Test
    void notNumbersPassThrough() {
        var a = Tensor.of(new double[]{Double.NaN, 0, 0, 1}, 2, 2);
        var b = Tensor.of(new double[]{0, 1, Double.POSITIVE_INFINITY, 0}, 2, 2);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            Checks.values(a.to(dtype).matmul(b.to(dtype)), Double.NaN, Double.NaN, Double.POSITIVE_INFINITY, 0);
        }
    }

    @Test
    void sizesThatDoNotFitAreNamedWithAWayOut() {
        refused(Tensor.ones(64, 784), Tensor.ones(128, 784), "[64, 784] x [128, 784]", "did you mean b.t()?");
        refused(Tensor.ones(3, 2), Tensor.ones(3, 4), "[3, 2] x [3, 4]", "did you mean a.t()?");
        refused(Tensor.ones(2, 3), Tensor.ones(4, 5), "[2, 3] x [4, 5]");
        refused(Tensor.ones(3), Tensor.ones(3, 4), "the first operand [3]", "2 are needed");
        refused(Tensor.ones(2, 3), Tensor.scalar(1), "the second operand []", "0 dimensions");
        refused(Tensor.ones(2, 2, 3), Tensor.ones(3, 4), "[2, 2, 3]", "3 dimensions");
    }

    private static void refused(Tensor a, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> a.matmul(b)), "matmul", facts);
    }
}
