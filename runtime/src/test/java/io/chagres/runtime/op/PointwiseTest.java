package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
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
        return Stream.of(of("neg", Pointwise::neg, v -> -v, ANY),
                of("abs", Pointwise::abs, Math::abs, OFF_THE_KINK),
                of("exp", Pointwise::exp, Math::exp, ANY),
                of("log", Pointwise::log, Math::log, POSITIVE),
                of("sqrt", Pointwise::sqrt, Math::sqrt, POSITIVE),
                of("reciprocal", Pointwise::reciprocal, v -> 1 / v, POSITIVE),
                of("sigmoid", Pointwise::sigmoid, v -> 1 / (1 + Math.exp(-v)), ANY),
                of("tanh", Pointwise::tanh, Math::tanh, ANY),
                of("relu", Pointwise::relu, v -> v > 0 ? v : 0, OFF_THE_KINK));
    }

    private static Case of(String name, UnaryOperator<Tensor> call, DoubleUnaryOperator plain,
            Values values) {
        return Case.op("Pointwise." + name + "(Tensor)", in -> call.apply(in[0])).expects(in -> in[0].map(plain))
                .drawn(values).on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(17)).on(dims(2, 1, 3)).on(dims(0))
                .on(dims(2, 0, 3));
    }

    @Test
    void slopesAtTheKinkAreZero() {
        for (var kinked : new Tensor[]{Tensor.zeros(3).requiresGrad(true), Tensor.zeros(3).requiresGrad(true)}) {
            kinked.relu().add(kinked.abs()).sum().backward();
            assertArrayEquals(new float[3], kinked.grad().toFloatArray());
        }
    }

    @Test
    void notNumbersAndInfinitiesPassThrough() {
        double nan = Double.NaN;
        double inf = Double.POSITIVE_INFINITY;
        double[] x = {nan, inf, -inf, 0, -1};
        assertValues(x, Tensor::exp, nan, inf, 0, 1, 1 / Math.E);
        assertValues(x, Tensor::log, nan, inf, nan, -inf, nan);
        assertValues(x, Tensor::sqrt, nan, inf, nan, 0, nan);
        assertValues(x, Tensor::reciprocal, nan, 0, 0, inf, -1);
        assertValues(x, Tensor::sigmoid, nan, 1, 0, 0.5, 1 / (1 + Math.E));
        assertValues(x, Tensor::tanh, nan, 1, -1, 0, Math.tanh(-1));
        assertValues(x, Tensor::relu, nan, inf, 0, 0, 0);
        assertValues(x, Tensor::abs, nan, inf, inf, 0, 1);
        assertValues(x, Tensor::neg, nan, -inf, inf, 0, 1);
    }

    private static void assertValues(double[] x, UnaryOperator<Tensor> function,
            double... expected) {
        assertArrayEquals(expected, function.apply(Tensor.of(x)).toDoubleArray(), 1e-15);
        assertArrayEquals(expected,
                function.apply(Tensor.of(x).to(DType.FLOAT32)).toDoubleArray(), 1e-6);
    }
}
