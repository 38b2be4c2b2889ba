package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QrTest {
    @ParameterizedTest
    @CsvSource({"3, 3", "5, 3", "3, 5", "1, 1", "1, 4", "4, 1", "0, 3", "3, 0", "0, 0", "70, 40", "40, 70", "300, 280"})
    void itMultipliesBack(int m, int n) {
        for (var mode : Qr.Mode.values()) {
            for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
                var x = Tensor.randn(dtype, new Generator(m + n), 2, n, m).transpose(-1, -2);
                for (var a : new Tensor[]{x, x.contiguous(), x.select(0, 1), x.narrow(0, 0, 0)}) {
                    check(a, Qr.qr(a, mode), mode, dtype);
                }
            }
        }
    }

    private static void check(Tensor a, Qr.Result result, Qr.Mode mode, DType dtype) {
        long m = a.size(-2);
        long k = mode == Qr.Mode.COMPLETE ? m : Math.min(m, a.size(-1));
        assertEquals(k, result.q().size(-1));
        assertEquals(k, result.r().size(-2));
        double bound = (dtype == DType.FLOAT32 ? 2e-6 : 1e-14) * (m + a.size(-1) + 1);
        assertArrayEquals(a.toDoubleArray(), result.q().matmul(result.r()).toDoubleArray(), bound);
        var product = result.q().transpose(-1, -2).matmul(result.q());
        assertArrayEquals(Tensor.eye(dtype, k, k).expand(product.shape().toArray()).toDoubleArray(),
                product.toDoubleArray(), bound);
        assertArrayEquals(result.r().triu().toDoubleArray(), result.r().toDoubleArray());
    }

    @Test
    void aKnownOne() {
        var result = Qr.qr(Tensor.of(new double[]{12, -51, 4, 6, 167, -68, -4, 24, -41}, 3, 3));
        assertArrayEquals(new double[]{-14, -21, 14, 0, -175, 70, 0, 0, -35}, result.r().toDoubleArray(), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"3, 3", "4, 2", "2, 4", "1, 1", "3, 1"})
    void gradients(int m, int n) {
        var a = Tensor.randn(DType.FLOAT64, new Generator(m * n), 2, m, n).requiresGrad(true);
        GradCheck.check(in -> Qr.qr(in[0]).q(), a);
        GradCheck.check(in -> Qr.qr(in[0]).r(), a);
        GradCheck.check(in -> {
            var result = Qr.qr(in[0]);
            return result.q().exp().matmul(result.r().mul(result.r()));
        }, a);
        GradCheck.checkSecond(in -> {
            var result = Qr.qr(in[0]);
            return result.q().exp().matmul(result.r());
        }, a);
    }

    @Test
    void whatIsWrongIsNamed() {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Qr.qr(Tensor.ones(3))), "qr", "[3]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Qr.qr(Tensor.ones(DType.INT64, 3, 3))), "qr",
                "INT64");
        Checks.message(assertThrows(NullPointerException.class, () -> Qr.qr(null)), "qr", "null");
        var x = Tensor.ones(3, 2).requiresGrad(true);
        var q = Qr.qr(x, Qr.Mode.COMPLETE).q().sum();
        Checks.named(assertThrows(UnsupportedOperationException.class, q::backward), "qr has no gradient");
    }
}
