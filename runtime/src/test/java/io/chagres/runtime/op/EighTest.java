package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EighTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 40, 280})
    @Covers("Eigh.eigvalsh(Tensor)")
    void itMultipliesBack(int n) {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.randn(dtype, new Generator(n), 2, n, n);
            var symmetric = x.add(x.transpose(-1, -2));
            double bound = (dtype == DType.FLOAT32 ? 1e-5 : 1e-13) * (n + 1);
            for (var a : new Tensor[]{symmetric, symmetric.select(0, 1), symmetric.narrow(0, 0, 0)}) {
                var result = Eigh.eigh(a.tril());
                var v = result.eigenvectors();
                var back = v.mul(result.eigenvalues().unsqueeze(-2)).matmul(v.transpose(-1, -2));
                assertArrayEquals(a.toDoubleArray(), back.toDoubleArray(), bound);
                var product = v.transpose(-1, -2).matmul(v);
                assertArrayEquals(Tensor.eye(dtype, n, n).expand(product.shape().toArray()).toDoubleArray(),
                        product.toDoubleArray(), bound);
                assertArrayEquals(result.eigenvalues().toDoubleArray(), Eigh.eigvalsh(a).toDoubleArray(), bound);
            }
        }
    }

    @Test
    void aKnownOne() {
        var a = Tensor.of(new double[]{2, 1, 1, 2}, 2, 2);
        assertArrayEquals(new double[]{1, 3}, Eigh.eigvalsh(a).toDoubleArray(), 1e-14);
        double half = Math.sqrt(0.5);
        assertArrayEquals(new double[]{half, half, half, half}, Eigh.eigh(a).eigenvectors().abs().toDoubleArray(),
                1e-14);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void gradients(int n) {
        var a = Tensor.randn(DType.FLOAT64, new Generator(n), 2, n, n).requiresGrad(true);
        GradCheck.check(in -> Eigh.eigvalsh(in[0].add(in[0].transpose(-1, -2))), a);
        GradCheck.check(in -> {
            var result = Eigh.eigh(in[0].add(in[0].transpose(-1, -2)));
            var v = result.eigenvectors();
            return v.mul(result.eigenvalues().exp().unsqueeze(-2)).matmul(v.transpose(-1, -2));
        }, a);
        GradCheck.checkSecond(in -> Eigh.eigvalsh(in[0].add(in[0].transpose(-1, -2))), a);
    }

    @Test
    void whatIsWrongIsNamed() {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Eigh.eigh(Tensor.ones(2, 3))), "eigh",
                "[2, 3]", "not square");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Eigh.eigvalsh(Tensor.ones(3))), "eigvalsh",
                "[3]");
        var bad = Tensor.full(DType.FLOAT32, Double.POSITIVE_INFINITY, 2, 2);
        Checks.message(assertThrows(ArithmeticException.class, () -> Eigh.eigh(bad)), "eigh", "infinite");
    }
}
