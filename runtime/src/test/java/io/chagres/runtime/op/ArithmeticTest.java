package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArithmeticTest extends OpTest {
    private static final Values ANY = Values.within(-2, 2);
    private static final Values POSITIVE = Values.within(0.6, 2);
    /** So that a small step crosses no whole quotient. */
    private static final Values DIVIDEND = Values.within(4.2, 4.7);
    private static final Values DIVISOR = Values.within(-1.32, -1.25);

    @Override
    Stream<Case> cases() {
        return Stream.of(two("add", Arithmetic::add, (a, b) -> a + b, ANY).keepsIntegers(),
                two("sub", Arithmetic::sub, (a, b) -> a - b, ANY).keepsIntegers(),
                two("rsub", Arithmetic::rsub, (a, b) -> b - a, ANY),
                two("mul", Arithmetic::mul, (a, b) -> a * b, ANY).keepsIntegers(),
                two("div", Arithmetic::div, (a, b) -> a / b, ANY, POSITIVE),
                two("floorDivide", Arithmetic::floorDivide, (a, b) -> Math.floor(a / b), DIVIDEND, DIVISOR),
                two("remainder", Arithmetic::remainder, (a, b) -> a - b * Math.floor(a / b), DIVIDEND, DIVISOR),
                two("fmod", Arithmetic::fmod, (a, b) -> a % b, DIVIDEND, DIVISOR),
                twice("add", Arithmetic::add, v -> v + v), twice("sub", Arithmetic::sub, v -> 0),
                twice("mul", Arithmetic::mul, v -> v * v), twice("div", Arithmetic::div, v -> 1),
                scaled("add", (a, b) -> Arithmetic.add(a, b, 0.3), (a, b) -> a + 0.3 * b),
                scaled("sub", (a, b) -> Arithmetic.sub(a, b, 0.3), (a, b) -> a - 0.3 * b),
                rounded(Arithmetic.Rounding.TRUNC, (a, b) -> Math.ceil(a / b)),
                rounded(Arithmetic.Rounding.FLOOR, (a, b) -> Math.floor(a / b)),
                number("add", x -> Arithmetic.add(x, 0.7), v -> v + 0.7),
                number("sub", x -> Arithmetic.sub(x, 0.7), v -> v - 0.7),
                number("rsub", x -> Arithmetic.rsub(x, 0.7), v -> 0.7 - v),
                number("mul", x -> Arithmetic.mul(x, 0.7), v -> v * 0.7),
                number("div", x -> Arithmetic.div(x, 0.7), v -> v / 0.7),
                number("remainder", x -> Arithmetic.remainder(x, -7.0), v -> v - 7),
                number("fmod", x -> Arithmetic.fmod(x, 7.0), v -> v),
                whole("add", x -> Arithmetic.add(x, 3), v -> v + 3),
                whole("sub", x -> Arithmetic.sub(x, 3), v -> v - 3),
                whole("mul", x -> Arithmetic.mul(x, 3), v -> v * 3),
                whole("remainder", x -> Arithmetic.remainder(x, -7), v -> v - 7),
                whole("fmod", x -> Arithmetic.fmod(x, 7), v -> v));
    }

    private static Case two(String name, BinaryOperator<Tensor> call, DoubleBinaryOperator plain, Values... values) {
        return Functions.two("Arithmetic." + name, call, plain, values);
    }

    private static Case scaled(String name, BinaryOperator<Tensor> call, DoubleBinaryOperator plain) {
        return Functions.twoOf(
                Case.op("Arithmetic." + name + "(Tensor, Tensor, double)", "0.3", in -> call.apply(in[0], in[1])),
                plain, ANY);
    }

    private static Case rounded(Arithmetic.Rounding rounding, DoubleBinaryOperator plain) {
        return Functions.twoOf(Case.op("Arithmetic.div(Tensor, Tensor, Rounding)", rounding.name(),
                in -> Arithmetic.div(in[0], in[1], rounding)), plain, DIVIDEND, DIVISOR);
    }

    private static Case number(String name, UnaryOperator<Tensor> call, DoubleUnaryOperator plain) {
        return Functions.oneOf(Case.op("Arithmetic." + name + "(Tensor, double)", in -> call.apply(in[0])), plain,
                POSITIVE);
    }

    private static Case whole(String name, UnaryOperator<Tensor> call, DoubleUnaryOperator plain) {
        return Functions.oneOf(Case.op("Arithmetic." + name + "(Tensor, long)", in -> call.apply(in[0])), plain,
                POSITIVE).keepsIntegers();
    }

    private static Case twice(String name, BinaryOperator<Tensor> call, DoubleUnaryOperator plain) {
        return Case.op("Arithmetic." + name + "(Tensor, Tensor)", "x and x", in -> call.apply(in[0], in[0]))
                .expects(in -> in[0].map(plain)).drawn(POSITIVE).anyType().on(dims(3, 5)).on(dims()).on(dims(0));
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

    @Test
    void quotientsOfIntegersRoundAsTold() {
        var a = Tensor.of(new long[]{7, -7, 7, -7});
        var b = Tensor.of(new long[]{2, 2, -2, -2});
        Checks.values(a.floorDivide(b), 3, -4, -4, 3);
        Checks.values(a.div(b, Arithmetic.Rounding.TRUNC), 3, -3, -3, 3);
        Checks.values(a.remainder(b), 1, 1, -1, -1);
        Checks.values(a.fmod(b), 1, -1, 1, -1);
        Checks.type(DType.INT64, a.floorDivide(b));
        Checks.type(DType.FLOAT32, a.div(b));
        Checks.values(a.div(b), 3.5, -3.5, -3.5, 3.5);
        var zero = Tensor.of(new long[]{0});
        assertThrows(ArithmeticException.class, () -> a.floorDivide(zero));
        assertThrows(ArithmeticException.class, () -> a.fmod(zero));
        assertThrows(ArithmeticException.class, () -> a.remainder(zero));
        Checks.values(Tensor.of(new double[]{7, -7, 0}).floorDivide(Tensor.of(new double[]{0, 0, 0})),
                Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN);
    }

    @Test
    void typesOfNumbersAndTensorsPromote() {
        var bytes = Tensor.of(new long[]{100, 50}).to(DType.INT8);
        Checks.type(DType.INT8, bytes.add(100));
        Checks.values(bytes.add(100), -56, -106);
        Checks.type(DType.FLOAT32, bytes.add(100.0));
        Checks.type(DType.INT16, bytes.add(bytes.to(DType.UINT8)));
        Checks.type(DType.INT8, bytes.add(Tensor.full(DType.INT64, 1)));
        Checks.type(DType.FLOAT16, bytes.to(DType.FLOAT16).mul(Tensor.full(DType.FLOAT64, 3)));
        Checks.type(DType.FLOAT32, bytes.to(DType.FLOAT16).mul(bytes.to(DType.BFLOAT16)));
        var truth = Tensor.of(new long[]{1, 0}).to(DType.BOOL);
        Checks.type(DType.BOOL, truth.add(truth));
        Checks.values(truth.add(truth), 1, 0);
        Checks.values(truth.mul(truth), 1, 0);
        Checks.type(DType.INT64, truth.add(2));
        Checks.message(assertThrows(IllegalArgumentException.class, () -> truth.sub(truth)), "sub", "logicalXor");
        long large = (1L << 62) + 1;
        assertEquals(large + 1, Tensor.of(new long[]{large}).add(1).toLongArray()[0]);
    }

    @Test
    void gradientsHaveTheTypesOfTheirOperands() {
        var a = Tensor.ones(2, 3).requiresGrad(true);
        var b = Tensor.full(DType.FLOAT64, 2, 3).requiresGrad(true);
        var half = Tensor.full(DType.BFLOAT16, 3, 1, 3).requiresGrad(true);
        a.mul(b).mul(half).sum().backward();
        Checks.type(DType.FLOAT32, a.grad());
        Checks.values(a.grad(), 6, 6, 6, 6, 6, 6);
        Checks.type(DType.FLOAT64, b.grad());
        Checks.values(b.grad(), 6, 6, 6);
        Checks.type(DType.BFLOAT16, half.grad());
        Checks.values(half.grad(), 4, 4, 4);
    }
}
