package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PointwiseTest extends OpTest {
    private static final Values ANY = Values.within(-2, 2);
    private static final Values POSITIVE = Values.within(0.5, 2);
    private static final Values OFF_THE_KINK = Values.awayFromZero(0.05);

    @Override
    Stream<Case> cases() {
        return Stream.of(of("neg", Pointwise::neg, v -> -v, ANY).keepsIntegers(),
                of("positive", Pointwise::positive, v -> v, ANY).keepsIntegers(),
                of("abs", Pointwise::abs, Math::abs, OFF_THE_KINK).keepsIntegers(),
                of("sign", Pointwise::sign, Math::signum, OFF_THE_KINK).keepsIntegers(),
                of("sqrt", Pointwise::sqrt, Math::sqrt, POSITIVE),
                of("rsqrt", Pointwise::rsqrt, v -> 1 / Math.sqrt(v), POSITIVE),
                of("square", Pointwise::square, v -> v * v, ANY).keepsIntegers(),
                of("reciprocal", Pointwise::reciprocal, v -> 1 / v, POSITIVE),
                of("relu", Pointwise::relu, v -> v > 0 ? v : 0, OFF_THE_KINK).keepsIntegers());
    }

    private static Case of(String name, UnaryOperator<Tensor> call, DoubleUnaryOperator plain, Values values) {
        return Functions.one("Pointwise." + name, call, plain, values);
    }

    @Test
    void slopesAtTheKinkAreZero() {
        for (var kinked : new Tensor[]{Tensor.zeros(3).requiresGrad(true), Tensor.zeros(3).requiresGrad(true)}) {
            kinked.relu().add(kinked.abs()).sum().backward();
            assertArrayEquals(new float[3], kinked.grad().toFloatArray());
        }
    }

    /** As in PyTorch, where a gradient that nothing else depends on can still be differentiated. */
    @Test
    void curvesOfStraightLinesAreZero() {
        for (UnaryOperator<Tensor> f : List.<UnaryOperator<Tensor>>of(Tensor::relu, Tensor::abs,
                x -> x.relu().mul(2).relu())) {
            var x = Tensor.of(new double[]{-1, 2, 3}).requiresGrad(true);
            var slope = Autograd.grad(List.of(f.apply(x).sum()), List.of(x), null, true, true, false).getFirst();
            slope.square().sum().backward();
            assertArrayEquals(new double[3], x.grad().toDoubleArray());
        }
    }

    @Test
    void notNumbersAndInfinitiesPassThrough() {
        double nan = Double.NaN;
        double inf = Double.POSITIVE_INFINITY;
        double[] x = {nan, inf, -inf, 0, -1};
        Functions.values(x, Tensor::sign, nan, 1, -1, 0, -1);
        Functions.values(x, Tensor::rsqrt, nan, 0, nan, inf, nan);
        Functions.values(x, Tensor::square, nan, inf, inf, 0, 1);
        Functions.values(x, Tensor::exp, nan, inf, 0, 1, 1 / Math.E);
        Functions.values(x, Tensor::log, nan, inf, nan, -inf, nan);
        Functions.values(x, Tensor::sqrt, nan, inf, nan, 0, nan);
        Functions.values(x, Tensor::reciprocal, nan, 0, 0, inf, -1);
        Functions.values(x, Tensor::sigmoid, nan, 1, 0, 0.5, 1 / (1 + Math.E));
        Functions.values(x, Tensor::tanh, nan, 1, -1, 0, Math.tanh(-1));
        Functions.values(x, Tensor::relu, nan, inf, 0, 0, 0);
        Functions.values(x, Tensor::abs, nan, inf, inf, 0, 1);
        Functions.values(x, Tensor::neg, nan, -inf, inf, 0, 1);
    }

    @Test
    void truthValuesHaveNoSign() {
        var truth = Tensor.ones(2).eq(1);
        Checks.message(assertThrows(IllegalArgumentException.class, truth::neg), "neg", "BOOL", "logicalNot");
        Checks.message(assertThrows(IllegalArgumentException.class, truth::positive), "positive", "BOOL");
    }

    @Test
    void integersWrapAround() {
        var least = Tensor.of(new long[]{-128, 127, 3}).to(DType.INT8);
        Checks.values(least.neg(), -128, -127, -3);
        Checks.values(least.abs(), -128, 127, 3);
        Checks.values(least.square(), 0, 1, 9);
        Checks.values(Tensor.of(new long[]{0, 1, 200}).to(DType.UINT8).neg(), 0, 255, 56);
    }
}
