package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InverseTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                Case.op("Inverse.inv(Tensor)", in -> Inverse.inv(PlainMatrices.shifted(in[0])))
                        .expects(in -> PlainMatrices.each(PlainMatrices.shifted(in[0]), PlainMatrices::inverse))
                        .on(dims(3, 3)).on(dims(1, 1)).on(dims(2, 4, 4)).on(dims(2, 1, 2, 2)).on(dims(0, 0))
                        .on(dims(0, 3, 3)).on(dims(2, 0, 0)),
                power(3), power(1), power(0), power(-2));
    }

    private static Case power(int n) {
        return Case.op("Inverse.matrixPower(Tensor, long)", "" + n,
                in -> Inverse.matrixPower(n < 0 ? PlainMatrices.shifted(in[0]) : in[0], n)).expects(in -> {
                    var x = n < 0
                            ? PlainMatrices.each(PlainMatrices.shifted(in[0]), PlainMatrices::inverse)
                            : in[0];
                    int last = x.dims().length - 1;
                    var y = Array.generate(x.dims(), at -> at[last] == at[last - 1] ? 1 : 0);
                    for (int i = 0; i < Math.abs(n); i++) {
                        y = SolveTest.product(y, x);
                    }
                    return y;
                }).on(dims(3, 3)).on(dims(1, 1)).on(dims(2, 3, 3)).on(dims(0, 0));
    }

    @Test
    void knownInverses() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            Checks.values(Inverse.inv(Tensor.of(new double[]{0, 2, 4, 0}, 2, 2).to(dtype)).add(0), 0, 0.25, 0.5, 0);
            Checks.values(Inverse.inv(Tensor.of(new double[]{4, 2, 0, 2}, 2, 2).to(dtype)).add(0), 0.25, -0.25, 0, 0.5);
        }
        Checks.values(Inverse.matrixPower(Tensor.of(new double[]{1, 1, 1, 0}, 2, 2), 10), 89, 55, 55, 34);
    }

    @Test
    void largeManyAndStrided() {
        for (var dims : new long[][]{{400, 400}, {60, 16, 16}, {5, 90, 90}}) {
            var a = PlainMatrices.shifted(Tensor.randn(DType.FLOAT64, new Generator(7), dims));
            var one = Tensor.eye(DType.FLOAT64, a.size(-1), a.size(-1)).expand(dims).toDoubleArray();
            assertArrayEquals(one, Inverse.inv(a).matmul(a).toDoubleArray(), 1e-8);
            var turned = a.transpose(-1, -2);
            assertArrayEquals(one, Inverse.inv(turned).matmul(turned).toDoubleArray(), 1e-8);
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        var bad = Tensor.of(new double[]{1, 0, 0, 1, 0, 0, 0, 0, 1, 2, 2, 4}, 3, 2, 2);
        Checks.message(assertThrows(ArithmeticException.class, () -> Inverse.inv(bad)), "inv", "matrix 1 of [3, 2, 2]",
                "singular", "pivot 1");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Inverse.inv(Tensor.ones(2, 3))), "inv",
                "[2, 3]", "not square");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Inverse.matrixPower(Tensor.ones(2, 3), 2)),
                "matrixPower", "[2, 3]", "not square");
    }
}
