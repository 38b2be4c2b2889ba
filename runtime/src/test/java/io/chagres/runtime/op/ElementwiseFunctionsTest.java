package io.chagres.runtime.op;

import static io.chagres.runtime.op.Functions.one;
import static io.chagres.runtime.op.Functions.oneOf;
import static io.chagres.runtime.op.Functions.two;
import static io.chagres.runtime.op.Functions.twoOf;
import static io.chagres.runtime.op.Functions.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link Exponential}, {@link Trigonometry}, {@link Special} and {@link Rounding}. */
class ElementwiseFunctionsTest extends OpTest {
    private static final Values ANY = Values.within(-2, 2);
    private static final Values POSITIVE = Values.within(0.5, 2);
    private static final Values UNIT = Values.within(-0.8, 0.8);
    private static final Values BETWEEN = Values.within(0.1, 0.4);
    private static final Values AWAY = Values.awayFromZero(0.3);

    @Override
    Stream<Case> cases() {
        return Stream.of(exponential(), powers(), angles(), special(), rounding()).flatMap(part -> part);
    }

    private static Stream<Case> exponential() {
        return Stream.of(one("Exponential.exp", Exponential::exp, Math::exp, ANY),
                one("Exponential.exp2", Exponential::exp2, v -> Math.pow(2, v), ANY),
                one("Exponential.expm1", Exponential::expm1, Math::expm1, ANY),
                one("Exponential.sigmoid", Exponential::sigmoid, v -> 1 / (1 + Math.exp(-v)), ANY),
                one("Exponential.log", Exponential::log, Math::log, POSITIVE),
                one("Exponential.log1p", Exponential::log1p, Math::log1p, POSITIVE),
                one("Exponential.log2", Exponential::log2, v -> Math.log(v) / Math.log(2), POSITIVE),
                one("Exponential.log10", Exponential::log10, Math::log10, POSITIVE),
                one("Exponential.logit", Exponential::logit, v -> Math.log(v / (1 - v)), BETWEEN),
                oneOf(Case.op("Exponential.logit(Tensor, double)", in -> Exponential.logit(in[0], 0.05)),
                        v -> Math.log(v / (1 - v)),
                        BETWEEN),
                two("Exponential.logaddexp", Exponential::logaddexp, (a, b) -> Math.log(Math.exp(a) + Math.exp(b)),
                        ANY),
                two("Exponential.xlogy", Exponential::xlogy, (a, b) -> a * Math.log(b), ANY, POSITIVE));
    }

    private static Stream<Case> powers() {
        var two = two("Exponential.pow", Exponential::pow, Math::pow, POSITIVE, ANY);
        var numbers = Stream.of(2.0, 0.5, -1.0, 1.0, 0.0, 3.0, -1.3)
                .map(p -> oneOf(
                        Case.op("Exponential.pow(Tensor, double)", p.toString(), in -> Exponential.pow(in[0], p)),
                        v -> Math.pow(v, p), POSITIVE));
        var whole = oneOf(Case.op("Exponential.pow(Tensor, long)", in -> Exponential.pow(in[0], 3)), v -> v * v * v,
                AWAY)
                .keepsIntegers();
        var base = oneOf(Case.op("Exponential.pow(double, Tensor)", in -> Exponential.pow(1.7, in[0])),
                v -> Math.pow(1.7, v), ANY);
        return Stream.concat(numbers, Stream.of(two, whole, base));
    }

    private static Stream<Case> angles() {
        return Stream.of(one("Trigonometry.sin", Trigonometry::sin, Math::sin, ANY),
                one("Trigonometry.cos", Trigonometry::cos, Math::cos, ANY),
                one("Trigonometry.tan", Trigonometry::tan, Math::tan, UNIT),
                one("Trigonometry.asin", Trigonometry::asin, Math::asin, UNIT),
                one("Trigonometry.acos", Trigonometry::acos, Math::acos, UNIT),
                one("Trigonometry.atan", Trigonometry::atan, Math::atan, ANY),
                one("Trigonometry.sinh", Trigonometry::sinh, Math::sinh, ANY),
                one("Trigonometry.cosh", Trigonometry::cosh, Math::cosh, ANY),
                one("Trigonometry.tanh", Trigonometry::tanh, Math::tanh, ANY),
                one("Trigonometry.asinh", Trigonometry::asinh, v -> Math.log(v + Math.sqrt(v * v + 1)), ANY),
                one("Trigonometry.acosh", Trigonometry::acosh, v -> Math.log(v + Math.sqrt(v * v - 1)),
                        Values.within(1.5, 2.5)),
                one("Trigonometry.atanh", Trigonometry::atanh, v -> 0.5 * Math.log((1 + v) / (1 - v)), UNIT),
                one("Trigonometry.deg2rad", Trigonometry::deg2rad, Math::toRadians, ANY),
                one("Trigonometry.rad2deg", Trigonometry::rad2deg, Math::toDegrees, ANY),
                two("Trigonometry.atan2", Trigonometry::atan2, Math::atan2, ANY, POSITIVE),
                two("Trigonometry.hypot", Trigonometry::hypot, Math::hypot, ANY, POSITIVE));
    }

    private static Stream<Case> special() {
        return Stream.of(one("Special.erf", Special::erf, v -> 1 - Erf.erfc(v), ANY),
                one("Special.erfc", Special::erfc, Erf::erfc, ANY),
                oneOf(Case.op("Special.erfinv(Tensor)", in -> Special.erfinv(in[0])), ElementwiseFunctionsTest::erfinv,
                        UNIT),
                one("Special.sinc", Special::sinc, v -> Math.sin(Math.PI * v) / (Math.PI * v), AWAY));
    }

    /** By bisection. */
    private static double erfinv(double x) {
        if (Math.abs(x) > 1) {
            return Double.NaN;
        }
        double low = -6;
        double high = 6;
        for (int i = 0; i < 100; i++) {
            double middle = (low + high) / 2;
            if (Erf.erf(middle) < x) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static Stream<Case> rounding() {
        return Stream.of(one("Rounding.floor", Rounding::floor, Math::floor, BETWEEN).keepsIntegers(),
                one("Rounding.ceil", Rounding::ceil, Math::ceil, BETWEEN).keepsIntegers(),
                one("Rounding.round", Rounding::round, Math::rint, BETWEEN).keepsIntegers(),
                one("Rounding.trunc", Rounding::trunc, v -> 0, BETWEEN).keepsIntegers(),
                one("Rounding.frac", Rounding::frac, v -> v, BETWEEN),
                oneOf(Case.op("Rounding.round(Tensor, int)", "0", in -> Rounding.round(in[0], 0)), Math::rint, BETWEEN)
                        .keepsIntegers());
    }

    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double[] X = {NAN, INF, -INF, 0, -1};

    @Test
    void limitsOfExponentialFunctions() {
        values(X, Tensor::exp, NAN, INF, 0, 1, 1 / Math.E);
        values(X, Tensor::exp2, NAN, INF, 0, 1, 0.5);
        values(X, Tensor::expm1, NAN, INF, -1, 0, Math.expm1(-1));
        values(X, Tensor::log, NAN, INF, NAN, -INF, NAN);
        values(X, Tensor::log1p, NAN, INF, NAN, 0, -INF);
        values(X, Tensor::log2, NAN, INF, NAN, -INF, NAN);
        values(X, Tensor::log10, NAN, INF, NAN, -INF, NAN);
        values(X, Tensor::sigmoid, NAN, 1, 0, 0.5, 1 / (1 + Math.E));
        values(new double[]{0, 1, 0.5, 2}, Tensor::logit, -INF, INF, 0, NAN);
        Checks.values(Tensor.of(new double[]{0.125, 1, 2, 1024, Double.MIN_VALUE}).log2(), -3, 0, 1, 10, -1074);
        Checks.values(Tensor.of(new double[]{-INF, INF, 1000}).logaddexp(Tensor.of(new double[]{-INF, INF, 1000})),
                -INF,
                INF, 1000 + Math.log(2));
        Checks.values(Tensor.of(new double[]{0, 0, 0, 2}).xlogy(Tensor.of(new double[]{0, NAN, -1, 1})), 0, NAN, 0, 0);
    }

    @Test
    void limitsOfAngles() {
        values(X, Tensor::sin, NAN, NAN, NAN, 0, Math.sin(-1));
        values(X, Tensor::cos, NAN, NAN, NAN, 1, Math.cos(1));
        values(X, Tensor::atan, NAN, Math.PI / 2, -Math.PI / 2, 0, -Math.PI / 4);
        values(X, Tensor::asin, NAN, NAN, NAN, 0, -Math.PI / 2);
        values(X, Tensor::tanh, NAN, 1, -1, 0, Math.tanh(-1));
        values(X, Tensor::asinh, NAN, INF, -INF, 0, -Math.log(1 + Math.sqrt(2)));
        values(new double[]{NAN, INF, 1, 0.5}, Tensor::acosh, NAN, INF, 0, NAN);
        values(new double[]{NAN, 1, -1, 0, 2}, Tensor::atanh, NAN, INF, -INF, 0, NAN);
        values(X, Tensor::erf, NAN, 1, -1, 0, Erf.erf(-1));
        values(X, Tensor::erfc, NAN, 0, 2, 1, Erf.erfc(-1));
        values(new double[]{1, -1, 2, 0}, Tensor::erfinv, INF, -INF, NAN, 0);
        values(new double[]{0, 1, 0.5}, Tensor::sinc, 1, 0, 2 / Math.PI);
    }

    @Test
    void wholeNumbers() {
        double[] x = {NAN, INF, -INF, 2.5, -2.5, 3.5, -0.5, 7};
        values(x, Tensor::floor, NAN, INF, -INF, 2, -3, 3, -1, 7);
        values(x, Tensor::ceil, NAN, INF, -INF, 3, -2, 4, 0, 7);
        values(x, Tensor::round, NAN, INF, -INF, 2, -2, 4, 0, 7);
        values(x, Tensor::trunc, NAN, INF, -INF, 2, -2, 3, 0, 7);
        values(new double[]{2.5, -2.5, 7, -0.25}, Tensor::frac, 0.5, -0.5, 0, -0.25);
        assertEquals(-0.0, Tensor.of(new double[]{-0.5}).trunc().item());
        Checks.values(Tensor.of(new double[]{1.2345, -7.775, 1250}).round(2), 1.23, -7.78, 1250);
        Checks.values(Tensor.of(new double[]{1250, 1350}).round(-2), 1200, 1400);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.of(new long[]{1}).round(1)), "round",
                "INT64");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(1).round(Integer.MIN_VALUE)),
                "round", "decimals");
    }

    @Test
    void powersAtZeroAsInPyTorch() {
        var x = Tensor.of(new double[]{0, 0, 0, 1, -1, NAN}).requiresGrad(true);
        var p = Tensor.of(new double[]{0, 2, 1, NAN, INF, 0}).requiresGrad(true);
        var y = x.pow(p);
        Checks.values(y, 1, 0, 0, 1, 1, 1);
        y.backward(Tensor.of(new double[]{1, 1, 1, 0, 0, 1}));
        assertArrayEquals(new double[]{0, 0, 1}, x.grad().narrow(0, 0, 3).toDoubleArray());
        assertArrayEquals(new double[]{0, 0, 0}, p.grad().narrow(0, 0, 3).toDoubleArray());
        var q = Tensor.of(new double[]{0, 2, 0.5}).requiresGrad(true);
        Exponential.pow(0, q).sum().backward();
        Checks.values(q.grad(), 0, 0, 0);
        var flat = Tensor.of(new double[]{0, INF, NAN}).requiresGrad(true);
        flat.pow(0.0).sum().backward();
        Checks.values(flat.grad(), 0, 0, 0);
        var long3 = Tensor.of(new long[]{-2, 3, 0});
        Checks.values(long3.pow(3), -8, 27, 0);
        Checks.values(Tensor.of(new long[]{2, -1, 1}).pow(Tensor.of(new long[]{-1, -3, -2})), 0, -1, 1);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> long3.pow(-1)), "pow", "-1", "INT64");
        Checks.type(DType.FLOAT32, long3.pow(0.5));
    }
}
