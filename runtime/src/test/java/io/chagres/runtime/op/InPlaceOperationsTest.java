package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Operations in place compute what those with new results do, in dense tensors and through views, with the same gradients. */
class InPlaceOperationsTest {
    private record Pair(String name, BinaryOperator<Tensor> changing, BinaryOperator<Tensor> plain) {
    }

    private static final List<Pair> PAIRS = List.of(new Pair("addInPlace", InPlace::add, Tensor::add),
            new Pair("subInPlace", InPlace::sub, Tensor::sub), new Pair("mulInPlace", InPlace::mul, Tensor::mul),
            new Pair("divInPlace", InPlace::div, Tensor::div),
            new Pair("copyFrom", InPlace::copyFrom, (x, y) -> y.clone()),
            new Pair("addInPlace", (x, _) -> InPlace.add(x, 3), (x, _) -> x.add(3)),
            new Pair("subInPlace", (x, _) -> InPlace.sub(x, 3), (x, _) -> x.sub(3)),
            new Pair("mulInPlace", (x, _) -> InPlace.mul(x, 3), (x, _) -> x.mul(3)),
            new Pair("divInPlace", (x, _) -> InPlace.div(x, 3), (x, _) -> x.div(3)),
            new Pair("addInPlace", (x, _) -> InPlace.add(x, 2.5), (x, _) -> x.add(2.5)),
            new Pair("subInPlace", (x, _) -> InPlace.sub(x, 2.5), (x, _) -> x.sub(2.5)),
            new Pair("mulInPlace", (x, _) -> InPlace.mul(x, 2.5), (x, _) -> x.mul(2.5)),
            new Pair("addInPlace", (x, y) -> InPlace.add(x, y, 3), (x, y) -> x.add(y.mul(3))),
            new Pair("fill", (x, _) -> InPlace.fill(x, 3), (x, _) -> x.mul(0).add(3)),
            new Pair("updateInPlace", (x, y) -> InPlace.update(x, z -> z.exp().mul(y)), (x, y) -> x.exp().mul(y)));

    private static Tensor of(DType dtype) {
        return Tensor.of(new double[]{0.5, 1, 2, 1.5, 0.75, 3}, 2, 3).to(dtype);
    }

    private static Tensor other(DType dtype) {
        return Tensor.of(new double[]{2, 0.5, 1, 4, 3, 1}, 2, 3).to(dtype);
    }

    @Test
    @Covers({"InPlace.add(Tensor, Tensor)", "InPlace.sub(Tensor, Tensor)", "InPlace.mul(Tensor, Tensor)",
            "InPlace.div(Tensor, Tensor)", "InPlace.copyFrom(Tensor, Tensor)", "InPlace.add(Tensor, double)",
            "InPlace.sub(Tensor, double)", "InPlace.mul(Tensor, double)", "InPlace.div(Tensor, double)",
            "InPlace.add(Tensor, long)", "InPlace.sub(Tensor, long)",
            "InPlace.mul(Tensor, long)", "InPlace.add(Tensor, Tensor, double)", "InPlace.fill(Tensor, double)",
            "InPlace.update(Tensor, UnaryOperator)"})
    void sameNumbersAsWithNewResults() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (var pair : PAIRS) {
                UnaryOperator<Tensor> dense = x -> x;
                for (var view : List.of(dense, Tensor::t, x -> x.narrow(1, 1, 2), x -> x.select(0, 1))) {
                    var target = of(dtype);
                    var operand = view.apply(other(dtype));
                    double[] expected = pair.plain.apply(view.apply(of(dtype)), operand).toDoubleArray();
                    var seen = view.apply(target);
                    assertSame(seen, pair.changing.apply(seen, operand));
                    assertArrayEquals(expected, view.apply(target).toDoubleArray(), 1e-7, pair.name);
                }
            }
        }
    }

    @Test
    void sameGradientsAsWithNewResults() {
        for (var pair : PAIRS) {
            for (var through : List.<UnaryOperator<Tensor>>of(x -> x, Tensor::t)) {
                GradCheck.check(in -> {
                    var target = in[0].mul(2);
                    pair.changing.apply(through.apply(target), through.apply(in[1]));
                    return target.square();
                }, of(DType.FLOAT64).requiresGrad(true), other(DType.FLOAT64).requiresGrad(true));
            }
        }
    }

    @Test
    void errorsNameThem() {
        for (var pair : PAIRS) {
            Checks.message(assertThrows(IllegalStateException.class,
                    () -> pair.changing.apply(Checks.closed(2, 3), other(DType.FLOAT32))), pair.name, "closed");
            Checks.message(assertThrows(IllegalArgumentException.class,
                    () -> pair.changing.apply(Tensor.ones(1, 3).expand(2, 3), other(DType.FLOAT32))), pair.name,
                    "expanded");
            Checks.message(assertThrows(NullPointerException.class,
                    () -> pair.changing.apply(null, other(DType.FLOAT32))), pair.name, "null");
        }
    }
}
