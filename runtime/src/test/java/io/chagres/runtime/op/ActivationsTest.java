package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static io.chagres.runtime.op.Functions.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ActivationsTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final Values ANY = Values.within(-4, 4);
    private static final Values OFF_ZERO = Values.awayFromZero(0.1);

    @Override
    Stream<Case> cases() {
        return Stream.concat(
                Stream.of(of("elu(Tensor, double)", x -> Activations.elu(x, 0.7), elu(0.7, 1, 1), OFF_ZERO),
                        of("selu(Tensor)", Activations::selu, elu(1.6732632423543772, 1.0507009873554805, 1), OFF_ZERO),
                        of("celu(Tensor, double)", "0.7", x -> Activations.celu(x, 0.7), elu(0.7, 1, 1 / 0.7),
                                OFF_ZERO),
                        of("celu(Tensor, double)", "-2", x -> Activations.celu(x, -2), elu(-2, 1, -0.5), OFF_ZERO),
                        of("silu(Tensor)", Activations::silu, v -> v / (1 + Math.exp(-v)), ANY),
                        of("mish(Tensor)", Activations::mish, v -> v * Math.tanh(Math.log1p(Math.exp(v))), ANY),
                        of("softplus(Tensor, double, double)", "1, 20", x -> Activations.softplus(x, 1, 20),
                                v -> Math.log1p(Math.exp(v)), ANY),
                        of("softplus(Tensor, double, double)", "0.5, 0.01", x -> Activations.softplus(x, 0.5, 0.01),
                                v -> 0.5 * v > 0.01 ? v : 2 * Math.log1p(Math.exp(0.5 * v)), OFF_ZERO),
                        of("logSigmoid(Tensor)", Activations::logSigmoid, v -> -Math.log1p(Math.exp(-v)), ANY),
                        of("softsign(Tensor)", Activations::softsign, v -> v / (1 + Math.abs(v)), OFF_ZERO).promotes(),
                        of("tanhshrink(Tensor)", Activations::tanhshrink, v -> v - Math.tanh(v), ANY).promotes(),
                        of("hardswish(Tensor)", Activations::hardswish, v -> v * Math.clamp(v + 3, 0, 6) / 6,
                                (random, index) -> (random.nextInt(3) - 1) * 4 + 1.6 * random.nextDouble() - 0.8)),
                IntStream.of(0, 1, -1).boxed().flatMap(ActivationsTest::glu));
    }

    private static Case of(String method, UnaryOperator<Tensor> call, DoubleUnaryOperator plain, Values values) {
        return of(method, "", call, plain, values);
    }

    private static Case of(String method, String setting, UnaryOperator<Tensor> call, DoubleUnaryOperator plain,
            Values values) {
        return Case.op("Activations." + method, setting, in -> call.apply(in[0])).expects(in -> in[0].map(plain))
                .drawn(values).on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(17)).on(dims(2, 1, 3)).on(dims(0))
                .on(dims(2, 0, 3)).on(dims(7, 33));
    }

    private static DoubleUnaryOperator elu(double alpha, double scale, double rate) {
        return v -> scale * (v > 0 ? v : alpha * Math.expm1(rate * v));
    }

    private static Stream<Case> glu(int dim) {
        int[][] shapes = {{4, 6}, {2, 2, 4}, {4, 0, 2}, {6, 34}};
        return Stream.of(shapes).map(shape -> Case.op("Activations.glu(Tensor, int)", "dim " + dim,
                in -> Activations.glu(in[0], dim)).expects(in -> {
                    int axis = dim < 0 ? shape.length - 1 : dim;
                    int half = shape[axis] / 2;
                    return Array.generate(Array.with(shape, axis, half), at -> in[0].at(at)
                            / (1 + Math.exp(-in[0].at(Array.with(at, axis, at[axis] + half)))));
                }).drawn(ANY).on(shape));
    }

    @Test
    void numbersOfPyTorch() {
        double[] x = {-2, -1, 0, 1, 2};
        values(x, Tensor::elu, -0.8646647167633873, -0.6321205588285577, 0, 1, 2);
        values(x, Tensor::selu, -1.5201664685956948, -1.1113307378125627, 0, 1.0507009873554805, 2.101401974710961);
        values(x, t -> t.celu(2), -1.2642411176571153, -0.7869386805747332, 0, 1, 2);
        values(x, Tensor::silu, -0.2384058440442351, -0.2689414213699951, 0, 0.7310585786300049, 1.7615941559557649);
        near(x, Tensor::mish, -0.25250148269570, -0.30340146137410, 0, 0.86509838826730, 1.9439589595339944);
        values(x, Tensor::softplus, 0.1269280110429726, 0.3132616875182228, 0.6931471805599453, 1.3132616875182228,
                2.1269280110429727);
        values(x, Tensor::logSigmoid, -2.1269280110429727, -1.3132616875182228, -0.6931471805599453,
                -0.3132616875182228, -0.1269280110429726);
        values(x, Tensor::softsign, -2 / 3.0, -0.5, 0, 0.5, 2 / 3.0);
        values(x, Tensor::tanhshrink, -1.0359724199241831, -0.23840584404423515, 0, 0.23840584404423515,
                1.0359724199241831);
        values(x, Tensor::hardswish, -1 / 3.0, -1 / 3.0, 0, 2 / 3.0, 5 / 3.0);
        values(new double[]{1, 2, 0, 0}, Tensor::glu, 0.5, 1);
    }

    private static void near(double[] x, UnaryOperator<Tensor> function, double... expected) {
        assertArrayEquals(expected, function.apply(Tensor.of(x)).toDoubleArray(), 1e-9);
        assertArrayEquals(expected, function.apply(Tensor.of(x).to(DType.FLOAT32)).toDoubleArray(), 1e-6);
    }

    @Test
    void limitsAndNotNumbers() {
        double[] x = {NAN, INF, -INF, 8192, -8192};
        values(x, Tensor::elu, NAN, INF, -1, 8192, -1);
        values(x, t -> t.celu(0.5), NAN, INF, -0.5, 8192, -0.5);
        values(x, Tensor::softplus, NAN, INF, 0, 8192, 0);
        values(x, Tensor::logSigmoid, NAN, 0, -INF, 0, -8192);
        values(x, t -> t.softplus(0.5, 1), NAN, INF, 0, 8192, 0);
        values(new double[]{NAN, INF, 8192, -8192}, Tensor::silu, NAN, INF, 8192, 0);
        values(new double[]{NAN, INF, 8192, -8192}, Tensor::mish, NAN, INF, 8192, 0);
        values(new double[]{NAN, INF, 8192, -8192}, Tensor::hardswish, NAN, INF, 8192, 0);
        values(new double[]{NAN, INF, -INF}, Tensor::tanhshrink, NAN, INF, -INF);
        values(new double[]{NAN, INF}, Tensor::softsign, NAN, NAN);
        double s = 1.6732632423543772 * 1.0507009873554805;
        values(new double[]{NAN, INF, -INF, -8192}, Tensor::selu, NAN, INF, -s, -s);
    }

    @Test
    void slopesFarFromZeroAreFinite() {
        double[] x = {-1e4, -100, -30, 0, 30, 100, 1e4};
        slopes(x, Tensor::elu, 0, 0, Math.exp(-30), 1, 1, 1, 1);
        slopes(x, t -> t.elu(2), 0, 0, 2 * Math.exp(-30), 2, 1, 1, 1);
        slopes(x, Tensor::celu, 0, 0, Math.exp(-30), 1, 1, 1, 1);
        slopes(x, Tensor::silu, 0, 0, -29 * Math.exp(-30), 0.5, 1, 1, 1);
        slopes(x, Tensor::mish, 0, 0, -29 * Math.exp(-30), 0.6, 1, 1, 1);
        slopes(x, Tensor::softplus, 0, 0, Math.exp(-30), 0.5, 1, 1, 1);
        slopes(x, Tensor::logSigmoid, 1, 1, 1, 0.5, Math.exp(-30), 0, 0);
        slopes(x, Tensor::tanhshrink, 1, 1, 1, 0, 1, 1, 1);
        slopes(x, Tensor::softsign, 0, 1 / 10201.0, 1 / 961.0, 1, 1 / 961.0, 1 / 10201.0, 0);
        slopes(new double[]{-INF, -4, -3, 0, 3, 4, INF}, Tensor::hardswish, 0, 0, 0, 0.5, 1, 1, 1);
        slopes(new double[]{-1, 0.5, 1, 2}, t -> t.softplus(2, 1), 1 / (1 + Math.exp(2)), 1 / (1 + Math.exp(-1)), 1, 1);
    }

    private static void slopes(double[] points, UnaryOperator<Tensor> function, double... expected) {
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32}) {
            for (boolean recorded : new boolean[]{false, true}) {
                var x = Tensor.of(points).to(dtype).requiresGrad(true);
                var y = function.apply(x);
                y.backward(Tensor.onesLike(y), true, recorded);
                assertArrayEquals(expected, x.grad().toDoubleArray(), 1e-6);
            }
        }
    }

    /** What is small keeps its digits: each within a few units in the last place. */
    @Test
    void digitsAreKeptWhereResultsAreSmall() {
        double[] x = DoubleStream.iterate(-80, v -> v <= 80, v -> v + 0.37).toArray();
        relative(x, Tensor::softplus, v -> Math.log1p(Math.exp(v)));
        relative(x, Tensor::logSigmoid, v -> -Math.log1p(Math.exp(-v)));
        relative(x, Tensor::silu, v -> v / (1 + Math.exp(-v)));
        relative(x, Tensor::mish, v -> v * Math.tanh(Math.log1p(Math.exp(v))));
        double[] small = DoubleStream.iterate(-1e-8, v -> v > -30, v -> 1.3 * v).toArray();
        relative(small, Tensor::elu, Math::expm1);
        relative(small, t -> t.celu(3), v -> 3 * Math.expm1(v / 3));
    }

    private static void relative(double[] points, UnaryOperator<Tensor> function, DoubleUnaryOperator exact) {
        var x = Tensor.of(points).to(DType.FLOAT32);
        double[] rounded = x.toDoubleArray();
        double[] y = function.apply(x).toDoubleArray();
        for (int i = 0; i < y.length; i++) {
            double expected = exact.applyAsDouble(rounded[i]);
            assertEquals(expected, y[i], 1e-6 * Math.abs(expected), "at " + rounded[i]);
        }
    }

    @Test
    void halfPrecisionIsComputedInFloat32AndRounded() {
        for (var half : new DType[]{DType.FLOAT16, DType.BFLOAT16}) {
            var x = Tensor.of(new double[]{-3, -0.3, 0.2, 2.5}).to(half).requiresGrad(true);
            var exact = x.detach().to(DType.FLOAT32).requiresGrad(true);
            for (var f : List.<UnaryOperator<Tensor>>of(Tensor::elu, Tensor::silu, Tensor::mish,
                    Tensor::softplus, Tensor::glu, Tensor::hardswish, Tensor::gelu, Tensor::geluTanh,
                    t -> t.softmax(0), t -> t.logSoftmax(0))) {
                x.zeroGrad();
                exact.zeroGrad();
                var y = f.apply(x);
                Checks.type(half, y);
                assertArrayEquals(f.apply(exact).to(half).toDoubleArray(), y.toDoubleArray());
                y.sum().backward();
                f.apply(exact).sum().backward();
                assertArrayEquals(exact.grad().toDoubleArray(), x.grad().toDoubleArray(), 1e-2);
            }
        }
    }

    @Test
    void integersAreRefusedOrTakenAsFloats() {
        var whole = Tensor.of(new long[]{-1, 2});
        Checks.type(DType.FLOAT32, whole.softsign());
        Checks.type(DType.FLOAT32, whole.tanhshrink());
        for (var refused : List.<UnaryOperator<Tensor>>of(Tensor::elu, Tensor::selu, Tensor::celu,
                Tensor::silu, Tensor::mish, Tensor::softplus, Tensor::logSigmoid, Tensor::hardswish, Tensor::glu,
                Tensor::gelu, Tensor::leakyRelu, Tensor::hardshrink, Tensor::softshrink, Tensor::hardsigmoid)) {
            var message = assertThrows(IllegalArgumentException.class, () -> refused.apply(whole)).getMessage();
            assertEquals(": the operand [2] is INT64; a floating point type is needed, to(DType.FLOAT32) converts",
                    message.substring(message.indexOf(':')));
        }
    }

    @Test
    void argumentsThatMakeNoSenseAreNamed() {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(2).celu(0)), "celu", "alpha");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(2, 3).glu()), "glu", "[2, 3]",
                "3 elements");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.ones(2, 3).glu(2)), "glu",
                "dimension 2");
        Checks.message(assertThrows(IndexOutOfBoundsException.class, () -> Tensor.scalar(1).glu()), "glu",
                "0 dimensions");
    }

    @Test
    void aRepeatedStepAllocatesNothingOffTheHeap() throws InterruptedException {
        var x = Tensor.owned(Owner.DATA, DType.FLOAT32,
                Shape.of(100, 2000), "x");
        x.fill(0.5);
        try (x) {
            x.requiresGrad(true);
            Steady.check(() -> {
                try (var _ = Scope.open()) {
                    x.zeroGrad();
                    x.elu().add(x.mish()).add(x.softplus()).add(x.leakyRelu()).add(x.softmax(1)).sum().backward();
                }
            });
        }
    }
}
