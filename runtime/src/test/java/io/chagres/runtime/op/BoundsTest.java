package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static io.chagres.runtime.op.Functions.one;
import static io.chagres.runtime.op.Functions.oneOf;
import static io.chagres.runtime.op.Functions.shape;
import static io.chagres.runtime.op.Functions.two;
import static io.chagres.runtime.op.Functions.values;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link Bounds} and {@link Blend}. */
class BoundsTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    /** Apart from each other and from the numbers below. */
    private static final Values LOW = Values.within(-1, -0.6);
    private static final Values HIGH = Values.within(0.6, 1);
    private static final Values ODD = Values.signByRow();
    private static final Values SMALL = Values.within(-0.3, 0.3);

    @Override
    Stream<Case> cases() {
        return Stream.of(two("Bounds.maximum", Bounds::maximum, Math::max, LOW, SMALL),
                two("Bounds.minimum", Bounds::minimum, Math::min, LOW, SMALL),
                two("Bounds.fmax", Bounds::fmax, Math::max, HIGH, SMALL),
                two("Bounds.fmin", Bounds::fmin, Math::min, HIGH, SMALL),
                two("Bounds.clampMin", Bounds::clampMin, Math::max, SMALL, LOW),
                two("Bounds.clampMax", Bounds::clampMax, Math::min, SMALL, LOW),
                two("Bounds.copysign", Bounds::copysign, Math::copySign, HIGH, LOW),
                two("Bounds.heaviside", Bounds::heaviside, (x, at) -> x < 0 ? 0 : 1, LOW, SMALL),
                number("clampMin(Tensor, double)", x -> Bounds.clampMin(x, 0.1), v -> Math.max(v, 0.1)),
                number("clampMax(Tensor, double)", x -> Bounds.clampMax(x, 0.1), v -> Math.min(v, 0.1)),
                number("clamp(Tensor, double, double)", x -> Bounds.clamp(x, -0.1, 0.1), v -> Math.clamp(v, -0.1, 0.1)),
                number("clamp(Tensor, long, long)", x -> Bounds.clamp(x, -3, 5), v -> v).keepsIntegers(),
                one("Bounds.nanToNum", Bounds::nanToNum, v -> v, ODD1).keepsIntegers(),
                number("nanToNum(Tensor, double, double, double)", x -> Bounds.nanToNum(x, 1, 2, 3), v -> v)
                        .keepsIntegers(),
                three("Bounds.clamp(Tensor, Tensor, Tensor)", in -> Bounds.clamp(in[0], in[1], in[2]),
                        (x, low, high) -> Math.min(Math.max(x, low), high), SMALL, LOW, HIGH).optional(1, 2),
                three("Blend.lerp(Tensor, Tensor, Tensor)", in -> Blend.lerp(in[0], in[1], in[2]),
                        (a, b, w) -> a + w * (b - a), SMALL, HIGH, Values.within(0, 2)),
                three("Blend.addcmul(Tensor, Tensor, Tensor)", in -> Blend.addcmul(in[0], in[1], in[2]),
                        (a, b, c) -> a + b * c, SMALL),
                three("Blend.addcdiv(Tensor, Tensor, Tensor)", in -> Blend.addcdiv(in[0], in[1], in[2]),
                        (a, b, c) -> a + b / c, SMALL, SMALL, HIGH),
                three("Blend.addcmul(Tensor, Tensor, Tensor, double)", in -> Blend.addcmul(in[0], in[1], in[2], 0.5),
                        (a, b, c) -> a + 0.5 * b * c, SMALL),
                three("Blend.addcdiv(Tensor, Tensor, Tensor, double)", in -> Blend.addcdiv(in[0], in[1], in[2], 0.5),
                        (a, b, c) -> a + 0.5 * b / c, SMALL, SMALL, HIGH),
                Functions.twoOf(Case.op("Blend.lerp(Tensor, Tensor, double)", in -> Blend.lerp(in[0], in[1], 0.3)),
                        (a, b) -> a + 0.3 * (b - a), SMALL, HIGH));
    }

    private static final Values ODD1 = Values.awayFromZero(0.3);

    private static Case number(String method, Function<Tensor, Tensor> call,
            java.util.function.DoubleUnaryOperator plain) {
        return oneOf(Case.op("Bounds." + method, in -> call.apply(in[0])), plain, ODD1);
    }

    private interface Ternary {
        double of(double a, double b, double c);
    }

    private static Case three(String method, Function<Tensor[], Tensor> call, Ternary plain, Values... values) {
        return Case.op(method, call)
                .expects(in -> Array.generate(shape(in), i -> plain.of(in[0].at(i), in[1].at(i), in[2].at(i))))
                .drawn(values).promotes().on(dims(3, 5), dims(3, 5), dims(3, 5)).on(dims(3, 5), dims(5), dims(3, 1))
                .on(dims(5), dims(), dims(3, 5)).on(dims(), dims(), dims()).on(dims(2, 1, 3), dims(4, 1), dims(1))
                .on(dims(0), dims(1), dims()).on(dims(2, 1), dims(2, 0), dims(1, 1));
    }

    @Test
    void tiesShareTheGradientOfMaximumAndMinimum() {
        for (boolean most : new boolean[]{true, false}) {
            var a = Tensor.of(new double[]{1, 2, 3}).requiresGrad(true);
            var b = Tensor.of(new double[]{1, 3, 2}).requiresGrad(true);
            (most ? a.maximum(b) : a.minimum(b)).sum().backward();
            Checks.values(a.grad(), 0.5, most ? 0 : 1, most ? 1 : 0);
            Checks.values(b.grad(), 0.5, most ? 1 : 0, most ? 0 : 1);
        }
        var a = Tensor.of(new double[]{1, NAN, 3}).requiresGrad(true);
        var b = Tensor.of(new double[]{1, 3, NAN}).requiresGrad(true);
        var y = a.fmax(b);
        Checks.values(y, 1, 3, 3);
        y.sum().backward();
        Checks.values(a.grad(), 1, 0, 1);
        Checks.values(b.grad(), 0, 1, 0);
    }

    @Test
    void boundsAndWhatIsNotFinite() {
        double[] x = {NAN, INF, -INF, 0.25, -2};
        values(x, t -> t.clamp(-1.0, 1.0), NAN, 1, -1, 0.25, -1);
        values(x, t -> t.clampMin(-1), NAN, INF, -1, 0.25, -1);
        values(x, t -> t.clampMax(-1), NAN, -1, -INF, -1, -2);
        values(x, t -> t.clamp(1.0, -1.0), NAN, -1, -1, -1, -1);
        values(x, t -> t.nanToNum(5, 6, 7), 5, 6, 7, 0.25, -2);
        values(x, t -> t.maximum(Tensor.zeros()), NAN, INF, 0, 0.25, 0);
        Checks.values(Tensor.of(x).nanToNum(), 0, Double.MAX_VALUE, -Double.MAX_VALUE, 0.25, -2);
        Checks.values(Tensor.of(x).to(DType.BFLOAT16).nanToNum(), 0, 0x1.FEp127, -0x1.FEp127, 0.25, -2);
        var at = Tensor.of(new double[]{-1, 1, 0, -3, 3}).requiresGrad(true);
        at.clamp(-1.0, 1.0).sum().backward();
        Checks.values(at.grad(), 1, 1, 1, 0, 0);
        var low = Tensor.zeros(2);
        Checks.values(Tensor.of(new float[]{-1, 1}).clamp(low, null), 0, 1);
        Checks.values(Tensor.of(new float[]{-1, 1}).clamp(null, low), -1, 0);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> low.clamp((Tensor) null, null)), "clamp",
                "neither");
        Checks.values(Tensor.of(new double[]{1, -1, 0}).copysign(Tensor.of(new double[]{-0.0, 3, -1})), -1, 1, -0.0);
        Checks.values(Tensor.of(new double[]{-1, 0, 2, NAN}).heaviside(Tensor.full(DType.FLOAT64, 0.5)), 0, 0.5, 1,
                NAN);
    }
}
