package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArithmeticTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(pairs("add", Arithmetic::add, (a, b) -> a + b),
                pairs("sub", Arithmetic::sub, (a, b) -> a - b),
                pairs("mul", Arithmetic::mul, (a, b) -> a * b),
                pairs("div", Arithmetic::div, (a, b) -> a / b),
                twice("add", Arithmetic::add, v -> v + v),
                twice("sub", Arithmetic::sub, v -> 0),
                twice("mul", Arithmetic::mul, v -> v * v),
                twice("div", Arithmetic::div, v -> 1));
    }

    private static Case pairs(String name, BinaryOperator<Tensor> call, DoubleBinaryOperator plain) {
        return Case.op("Arithmetic." + name + "(Tensor, Tensor)", in -> call.apply(in[0], in[1]))
                .expects(in -> broadcast(in[0], in[1], plain)).drawn(Values.within(-2, 2), Values.within(0.6, 2))
                .on(dims(3, 5), dims(3, 5)).on(dims(3, 5), dims(5)).on(dims(5), dims(3, 5)).on(dims(3, 1), dims(1, 5))
                .on(dims(), dims(2, 3)).on(dims(2, 3), dims()).on(dims(), dims()).on(dims(1), dims(1, 1))
                .on(dims(2, 1, 3), dims(4, 1)).on(dims(1, 17), dims(2, 17)).on(dims(0), dims(1)).on(dims(2, 0), dims(0))
                .on(dims(3, 1), dims(3, 0));
    }

    private static Array broadcast(Array a, Array b, DoubleBinaryOperator plain) {
        int rank = Math.max(a.dims().length, b.dims().length);
        var dims = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int m = i <= a.dims().length ? a.dims()[a.dims().length - i] : 1;
            int n = i <= b.dims().length ? b.dims()[b.dims().length - i] : 1;
            dims[rank - i] = m == 1 ? n : m;
        }
        return Array.generate(dims, i -> plain.applyAsDouble(a.at(i), b.at(i)));
    }

    private static Case twice(String name, BinaryOperator<Tensor> call, DoubleUnaryOperator plain) {
        return Case.op("Arithmetic." + name + "(Tensor, Tensor)", "x and x", in -> call.apply(in[0], in[0]))
                .expects(in -> in[0].map(plain)).drawn(Values.within(0.6, 2)).on(dims(3, 5)).on(dims()).on(dims(0));
    }

    @Test
    void numbersAreBroadcast() {
        var x = Tensor.of(new double[]{1, -2, 4}, 3).requiresGrad(true);
        Checks.values(x.add(0.5), 1.5, -1.5, 4.5);
        Checks.values(x.sub(0.5), 0.5, -2.5, 3.5);
        Checks.values(x.mul(0.5), 0.5, -1, 2);
        Checks.values(x.div(0.5), 2, -4, 8);
        GradCheck.check(in -> in[0].add(3).mul(-2).sub(1).div(4).square(), x);
    }

    @Test
    @Covers("Arithmetic.scalarLike(Tensor, double)")
    void aNumberTakesTheTypeOfTheOtherOperand() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var number = Arithmetic.scalarLike(Tensor.full(dtype, 7, 2, 3), 0.1);
            Checks.shape(number);
            Checks.type(dtype, number);
            Checks.values(number, dtype == DType.FLOAT32 ? 0.1f : 0.1);
        }
    }

    @Test
    void dividingByZeroFollowsIeee() {
        var quotient = Tensor.of(new double[]{1, -1, 0, Double.NaN}).div(0);
        Checks.values(quotient, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Double.NaN);
    }

    @ParameterizedTest
    @CsvSource({"add", "sub", "mul", "div"})
    void sizesThatCannotBeBroadcastAreNamed(String name) {
        BinaryOperator<Tensor> call = switch (name) {
            case "add" -> Tensor::add;
            case "sub" -> Tensor::sub;
            case "mul" -> Tensor::mul;
            default -> Tensor::div;
        };
        var a = Tensor.ones(2, 3);
        var b = Tensor.ones(4, 2);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> call.apply(a, b)), name, "[2, 3]", "[4, 2]",
                "sizes 3 and 2", "dimension -1");
        var empty = Tensor.ones(0, 3);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> call.apply(a, empty)), name, "[0, 3]");
    }
}
