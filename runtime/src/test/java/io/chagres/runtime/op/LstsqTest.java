package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LstsqTest {
    @Test
    void aLineThroughPoints() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var a = Tensor.of(new double[]{1, 1, 1, 2, 1, 3}, 3, 2).to(dtype);
            var b = Tensor.of(new double[]{1, 2, 2}, 3, 1).to(dtype);
            var result = Lstsq.lstsq(a, b);
            double bound = dtype == DType.FLOAT32 ? 1e-5 : 1e-13;
            assertArrayEquals(new double[]{2 / 3.0, 0.5}, result.solution().toDoubleArray(), bound);
            assertArrayEquals(new double[]{1 / 6.0}, result.residuals().toDoubleArray(), bound);
            Checks.values(result.rank(), 2);
            Checks.shape(result.singularValues(), 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 3, 2", "3, 5, 2", "3, 3, 1", "1, 1, 1", "4, 2, 0", "0, 2, 3", "2, 0, 3", "300, 270, 2"})
    void itIsWhatThePseudoinverseGives(int m, int n, int k) {
        var a = Tensor.randn(DType.FLOAT64, new Generator(m), 2, n, m).transpose(-1, -2);
        var b = Tensor.randn(DType.FLOAT64, new Generator(n), 2, m, k);
        assertArrayEquals(Svd.pinv(a).matmul(b).toDoubleArray(), Lstsq.lstsq(a, b).solution().toDoubleArray(), 1e-9);
    }

    @Test
    void ranksBelow() {
        var a = Tensor.of(new double[]{1, 1, 1, 1, 1, 1}, 3, 2);
        var result = Lstsq.lstsq(a, Tensor.of(new double[]{2, 4, 6}, 3, 1));
        Checks.values(result.rank(), 1);
        Checks.shape(result.residuals(), 0);
        assertArrayEquals(new double[]{2, 2}, result.solution().toDoubleArray(), 1e-13);
    }

    @Test
    void gradients() {
        for (var dims : new long[][]{{4, 2}, {2, 4}, {3, 3}}) {
            var a = Tensor.randn(DType.FLOAT64, new Generator(dims[0]), dims).requiresGrad(true);
            var b = Tensor.randn(DType.FLOAT64, new Generator(dims[1]), 2, dims[0], 2).requiresGrad(true);
            GradCheck.check(in -> Lstsq.lstsq(in[0], in[1]).solution(), a, b);
            GradCheck.checkSecond(in -> Lstsq.lstsq(in[0], in[1]).solution(), a, b);
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        refused(Tensor.ones(3, 2), Tensor.ones(2, 1), "[3, 2]", "[2, 1]", "rows");
        refused(Tensor.ones(3), Tensor.ones(2, 1), "[3]");
        refused(Tensor.ones(3, 2), Tensor.ones(DType.FLOAT64, 3, 1), "FLOAT32", "FLOAT64");
        Checks.message(assertThrows(ArithmeticException.class,
                () -> Lstsq.lstsq(Tensor.full(DType.FLOAT32, Double.NaN, 2, 2), Tensor.ones(2, 1))), "lstsq", "NaN");
    }

    private static void refused(Tensor a, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Lstsq.lstsq(a, b)), "lstsq", facts);
    }
}
