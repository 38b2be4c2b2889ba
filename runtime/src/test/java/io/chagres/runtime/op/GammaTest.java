package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GammaTest extends OpTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;
    private static final double EULER = 0.5772156649015329;

    @Override
    Stream<Case> cases() {
        return Stream.of(one("Gamma.lgamma(Tensor)", "", in -> Gamma.lgamma(in[0]), GammaTest::logGamma),
                one("Gamma.digamma(Tensor)", "", in -> Gamma.digamma(in[0]), x -> sums(x, 0)),
                one("Gamma.polygamma(int, Tensor)", "1", in -> Gamma.polygamma(1, in[0]), x -> sums(x, 1)),
                one("Gamma.polygamma(int, Tensor)", "3", in -> Gamma.polygamma(3, in[0]), x -> sums(x, 3)));
    }

    private static Case one(String signature, String setting, java.util.function.Function<Tensor[], Tensor> call,
            DoubleUnaryOperator plain) {
        return Case.op(signature, setting, call).expects(in -> in[0].map(plain)).drawn(Values.within(1, 3))
                .on(dims(3, 5)).on(dims()).on(dims(0)).on(dims(1, 17, 1)).promotes();
    }

    /** By a product to far away, and Stirling's first terms there. */
    private static double logGamma(double x) {
        double log = 0;
        double far = x;
        for (; far < 25; far++) {
            log += Math.log(far);
        }
        return (far - 0.5) * Math.log(far) - far + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * far)
                - 1 / (360 * Math.pow(far, 3)) + 1 / (1260 * Math.pow(far, 5)) - 1 / (1680 * Math.pow(far, 7)) - log;
    }

    /** The sums of which the derivatives are made, with an integral for what is far away. */
    private static double sums(double x, int n) {
        double sum = 0;
        double far = x;
        for (; far < 2000; far++) {
            sum += Math.pow(far, -n - 1);
        }
        if (n == 0) {
            return Math.log(far) - 0.5 / far - 1 / (12 * far * far) - sum;
        }
        double factorial = n == 1 ? 1 : 6;
        sum += Math.pow(far, -n) / n + 0.5 * Math.pow(far, -n - 1) + (n + 1) / 12.0 * Math.pow(far, -n - 2);
        return (n % 2 == 0 ? -1 : 1) * factorial * sum;
    }

    @Test
    void knownValuesAndLimits() {
        same(Tensor.of(new double[]{1, 2, 0.5, 5, -0.5, 0, -3, INF, -INF, NAN, 171, 1e10, 1e-10}).lgamma(), 0, 0,
                0.5 * Math.log(Math.PI), Math.log(24), Math.log(2 * Math.sqrt(Math.PI)), INF, INF, INF, INF, NAN,
                706.5730622457874, 220258509288.81134, 23.025850929882733);
        same(Tensor.of(new double[]{1, 0.5, 2, -0.5, 0, -0.0, -1, INF, -INF, NAN}).digamma(), -EULER,
                -EULER - 2 * Math.log(2), 1 - EULER, 0.03648997397857652, -INF, INF, NAN, INF, NAN, NAN);
        double pi2 = Math.PI * Math.PI;
        same(Tensor.of(new double[]{1, 0.5, 2, -0.5, -1.5, 0, -1}).polygamma(1), pi2 / 6, pi2 / 2, pi2 / 6 - 1,
                pi2 / 2 + 4, pi2 / 2 + 4 + 4.0 / 9, INF, INF);
        same(Tensor.of(new double[]{1, 0.5}).polygamma(2), -2.4041138063191885, -16.8287966442343199);
        same(Tensor.of(new double[]{-0.5}).polygamma(2), -16.8287966442343199 + 16);
        same(Tensor.of(new double[]{3}).polygamma(0), 1.5 - EULER);
        assertEquals(0x1p-52 * -EULER, Gamma.lgamma(1 + 0x1p-52), 1e-30);
        Checks.type(DType.FLOAT32, Tensor.of(new long[]{3}).lgamma());
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(2).polygamma(-1)), "polygamma",
                "-1");
    }

    private static void same(Tensor actual, double... expected) {
        double[] found = actual.toDoubleArray();
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i],
                    Double.isFinite(expected[i]) ? 1e-13 * Math.max(1, Math.abs(expected[i])) : 0, "at " + i);
        }
    }

    @Test
    void theSecondDerivativeOfLgammaIsTrigamma() {
        var x = Tensor.of(new double[]{1, 0.5}).requiresGrad(true);
        x.lgamma().sum().backward(null, true, true);
        var first = x.grad().clone();
        x.zeroGrad();
        first.sum().backward();
        assertArrayEquals(new double[]{Math.PI * Math.PI / 6, Math.PI * Math.PI / 2}, x.grad().toDoubleArray(), 1e-12);
    }
}
