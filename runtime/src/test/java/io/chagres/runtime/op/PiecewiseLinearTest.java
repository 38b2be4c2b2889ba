package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static io.chagres.runtime.op.Functions.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PiecewiseLinearTest extends OpTest {
    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;
    /** On both sides of a kink at 0, and of kinks at ±0.25 and ±4. */
    private static final Values OFF_ZERO = Values.awayFromZero(0.3);
    private static final Values WIDE = (random, index) -> {
        double[] middles = {-5, -2, 0, 2, 5};
        return middles[random.nextInt(middles.length)] + 0.5 * random.nextDouble();
    };
    private static final Values AROUND = (random, index) -> (random.nextInt(3) - 1) * 0.5
            + 0.2 * random.nextDouble() - 0.1;

    @Override
    Stream<Case> cases() {
        return Stream.of(
                of("leakyRelu(Tensor, double)", x -> PiecewiseLinear.leakyRelu(x, 0.1), v -> v > 0 ? v : 0.1 * v,
                        OFF_ZERO),
                of("threshold(Tensor, double, double)", x -> PiecewiseLinear.threshold(x, 0, 3), v -> v > 0 ? v : 3,
                        OFF_ZERO).keepsIntegers(),
                of("hardtanh(Tensor, double, double)", x -> PiecewiseLinear.hardtanh(x, -1, 4),
                        v -> Math.clamp(v, -1, 4), WIDE).keepsIntegers(),
                of("relu6(Tensor)", PiecewiseLinear::relu6, v -> Math.clamp(v, 0, 6), OFF_ZERO).keepsIntegers(),
                of("hardsigmoid(Tensor)", PiecewiseLinear::hardsigmoid, v -> Math.clamp(v + 3, 0, 6) / 6, WIDE),
                of("hardshrink(Tensor, double)", x -> PiecewiseLinear.hardshrink(x, 0.25),
                        v -> Math.abs(v) > 0.25 ? v : 0, AROUND),
                of("softshrink(Tensor, double)", x -> PiecewiseLinear.softshrink(x, 0.25),
                        v -> v - Math.clamp(v, -0.25, 0.25), AROUND),
                of("rrelu(Tensor, double, double, boolean)", x -> PiecewiseLinear.rrelu(x, 0.1, 0.3, false),
                        v -> v > 0 ? v : 0.2 * v, OFF_ZERO),
                of("rrelu(Tensor, double, double, boolean, Generator)",
                        x -> PiecewiseLinear.rrelu(x, 0.25, 0.25, true, new Generator(1)), v -> v > 0 ? v : 0.25 * v,
                        OFF_ZERO),
                prelu("one weight").on(dims(3, 5), dims(1)).on(dims(), dims()).on(dims(4), dims(1))
                        .on(dims(2, 3, 4), dims()).on(dims(0), dims(1)),
                prelu("a weight for each channel").on(dims(2, 3), dims(3)).on(dims(2, 3, 4), dims(3))
                        .on(dims(2, 5, 3, 2), dims(5)).on(dims(0, 3), dims(3)).on(dims(2, 0), dims(0))
                        .on(dims(2, 3, 0), dims(3)));
    }

    private static Case of(String method, UnaryOperator<Tensor> call, DoubleUnaryOperator plain, Values values) {
        return Case.op("PiecewiseLinear." + method, in -> call.apply(in[0])).expects(in -> in[0].map(plain))
                .drawn(values).on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(17)).on(dims(2, 1, 3)).on(dims(0))
                .on(dims(2, 0, 3)).on(dims(7, 33));
    }

    private static Case prelu(String setting) {
        return Case.op("PiecewiseLinear.prelu(Tensor, Tensor)", setting, in -> PiecewiseLinear.prelu(in[0], in[1]))
                .expects(in -> Array.generate(in[0].dims(), at -> {
                    double v = in[0].at(at);
                    var w = in[1].values();
                    return v > 0 ? v : v * w[w.length == 1 ? 0 : at[1]];
                })).drawn(OFF_ZERO, Values.within(-1, 1));
    }

    @Test
    void numbersOfPyTorch() {
        double[] x = {-4, -3, -1, -0.5, 0, 0.5, 1, 3, 7, NAN, INF, -INF};
        values(x, Tensor::leakyRelu, -0.04, -0.03, -0.01, -0.005, 0, 0.5, 1, 3, 7, NAN, INF, -INF);
        values(x, t -> t.threshold(0.5, 20), 20, 20, 20, 20, 20, 20, 1, 3, 7, NAN, INF, 20);
        values(x, Tensor::hardtanh, -1, -1, -1, -0.5, 0, 0.5, 1, 1, 1, NAN, 1, -1);
        values(x, Tensor::relu6, 0, 0, 0, 0, 0, 0.5, 1, 3, 6, NAN, 6, 0);
        values(x, Tensor::hardsigmoid, 0, 0, 1 / 3.0, 2.5 / 6, 0.5, 3.5 / 6, 4 / 6.0, 1, 1, NAN, 1, 0);
        values(x, Tensor::hardshrink, -4, -3, -1, 0, 0, 0, 1, 3, 7, NAN, INF, -INF);
        values(x, Tensor::softshrink, -3.5, -2.5, -0.5, 0, 0, 0, 0.5, 2.5, 6.5, NAN, INF, -INF);
        values(x, t -> t.prelu(Tensor.scalar(t.dtype(), 0.25)), -1, -0.75, -0.25, -0.125, 0, 0.5, 1, 3, 7, NAN, INF,
                -INF);
        double middle = (0.125 + 1.0 / 3) / 2;
        values(new double[]{-1, 2}, t -> t.rrelu(1.0 / 8, 1.0 / 3, false), -middle, 2);
    }

    /** At kinks, and for NaN. */
    @Test
    void slopesOfPyTorch() {
        slopes(Tensor::leakyRelu, new double[]{-1, 0, 1}, 0.01, 0.01, 1);
        slopes(t -> t.threshold(1, 5), new double[]{0, 1, 2, NAN}, 0, 0, 1, 1);
        slopes(Tensor::hardtanh, new double[]{-2, -1, -0.5, 1, 2, NAN}, 0, 0, 1, 0, 0, 1);
        slopes(Tensor::relu6, new double[]{-1, 0, 1, 6, 7}, 0, 0, 1, 0, 0);
        slopes(Tensor::hardsigmoid, new double[]{-4, -3, 0, 3, 4}, 0, 0, 1 / 6.0, 0, 0);
        slopes(Tensor::hardshrink, new double[]{-1, -0.5, 0, 0.5, 1}, 1, 0, 0, 0, 1);
        slopes(Tensor::softshrink, new double[]{-1, -0.5, 0, 0.5, 1}, 1, 0, 0, 0, 1);
        slopes(t -> t.prelu(Tensor.scalar(t.dtype(), 0.5)), new double[]{-1, 0, 1}, 0.5, 0.5, 1);
        slopes(t -> t.rrelu(0.25, 0.75, false), new double[]{-1, 0, 1}, 0.5, 0.5, 1);
    }

    private static void slopes(UnaryOperator<Tensor> function, double[] points, double... expected) {
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16}) {
            var x = Tensor.of(points).to(dtype).requiresGrad(true);
            function.apply(x).sum().backward();
            assertEquals(dtype, x.grad().dtype());
            assertArrayEquals(expected, x.grad().toDoubleArray(), dtype == DType.BFLOAT16 ? 2e-3 : 1e-7);
        }
    }

    @Test
    void secondDerivativesAreZeroAndNoError() {
        List<UnaryOperator<Tensor>> all = List.of(Tensor::leakyRelu, t -> t.threshold(1, 5), Tensor::hardtanh,
                Tensor::relu6, Tensor::hardsigmoid, Tensor::hardshrink, Tensor::softshrink,
                t -> t.rrelu(0.25, 0.75, false), t -> t.rrelu(0.25, 0.75, true, new Generator(3)),
                t -> t.prelu(Tensor.scalar(t.dtype(), 0.5)));
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32}) {
            var x = Tensor.of(new double[]{-4, -0.75, 0, 0.75, 4}).to(dtype).requiresGrad(true);
            for (var function : all) {
                var y = function.apply(x);
                var first = Autograd.grad(List.of(y), List.of(x), List.of(Tensor.onesLike(y)), true, true, false)
                        .getFirst();
                Checks.values(Autograd.grad(first.sum(), x).getFirst(), 0, 0, 0, 0, 0);
            }
        }
    }

    @Test
    void theWeightOfPreluHasAGradient() {
        var x = Tensor.of(new double[]{-1, 2, -3, 4, -5, -6, 7, 0}, 2, 2, 2).requiresGrad(true);
        var weight = Tensor.of(new double[]{0.25, 0.5}).requiresGrad(true);
        var y = x.prelu(weight);
        Checks.values(y, -0.25, 2, -1.5, 4, -1.25, -1.5, 7, 0);
        y.sum().backward();
        Checks.values(weight.grad(), -1 - 5 - 6, -3);
        Checks.values(x.grad(), 0.25, 1, 0.5, 1, 0.25, 0.25, 1, 0.5);
    }

    @Test
    void randomSlopesAreDrawnFromTheGeneratorAndKeptForTheGradient() {
        for (var dtype : new DType[]{DType.FLOAT64, DType.FLOAT32, DType.FLOAT16}) {
            var x = Tensor.full(dtype, -1, 1000).requiresGrad(true);
            var y = x.rrelu(0.125, 0.25, true, new Generator(7));
            y.sum().backward();
            double[] slopes = x.grad().toDoubleArray();
            assertEquals(dtype, y.dtype());
            assertArrayEquals(slopes, y.neg().toDoubleArray());
            for (double slope : slopes) {
                assertTrue(slope >= 0.125 && slope <= 0.25, slope + "");
            }
            double mean = y.to(DType.FLOAT64).mean().item();
            assertEquals(-0.1875, mean, 0.005);
            assertTrue(slopes[0] != slopes[1]);
            assertArrayEquals(y.toDoubleArray(), x.rrelu(0.125, 0.25, true, new Generator(7)).toDoubleArray());
            Generator.seed(7);
            assertArrayEquals(y.toDoubleArray(), x.rrelu(0.125, 0.25, true).toDoubleArray());
            Checks.values(Tensor.ones(3).rrelu(0.125, 0.25, true), 1, 1, 1);
        }
    }

    @Test
    void integersStayWherePyTorchLeavesThem() {
        var x = Tensor.of(new long[]{-7, -1, 0, 3, 9});
        Checks.values(x.hardtanh(-2.7, 5.9), -2, -1, 0, 3, 5);
        Checks.values(x.relu6(), 0, 0, 0, 3, 6);
        Checks.values(x.threshold(0.5, 4.5), 4, 4, 4, 3, 9);
        Checks.type(DType.INT8, x.to(DType.INT8).relu6());
        Checks.values(Tensor.of(new long[]{0, 5, 200}).to(DType.UINT8).relu6(), 0, 5, 6);
        var bytes = Tensor.of(new long[]{1}).to(DType.UINT8);
        Checks.message(assertThrows(IllegalArgumentException.class, bytes::hardtanh), "hardtanh", "UINT8", "-1");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.eq(0).relu6()), "relu6", "BOOL", "[5]");
    }

    @Test
    void argumentsThatMakeNoSenseAreNamed() {
        var x = Tensor.ones(2, 3, 4);
        refused(() -> x.hardtanh(1, -1), "hardtanh", "1.0 to -1.0");
        refused(() -> x.hardtanh(NAN, 1), "hardtanh", "NaN");
        refused(() -> x.softshrink(-0.1), "softshrink", "-0.1");
        refused(() -> x.rrelu(0.5, 0.25, true), "rrelu", "0.5 to 0.25");
        refused(() -> x.rrelu(0.5, INF, false), "rrelu", "Infinity");
        refused(() -> x.prelu(Tensor.ones(4)), "prelu", "[4]", "[2, 3, 4]", "1 or 3");
        refused(() -> x.prelu(Tensor.ones(1, 3)), "prelu", "[1, 3]");
        refused(() -> Tensor.ones(3).prelu(Tensor.ones(3)), "prelu", "1 channels");
        Checks.message(assertThrows(NullPointerException.class, () -> x.rrelu(0.1, 0.2, true, null)), "rrelu",
                "generator");
    }

    private static void refused(Executable call, String op, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, call), op, facts);
    }

    /** Large enough for several threads, and strided. */
    @Test
    void manyElementsAgreeWithFew() {
        var x = Tensor.randn(new Generator(5), 300, 700);
        var turned = x.t();
        for (UnaryOperator<Tensor> f : List.<UnaryOperator<Tensor>>of(Tensor::leakyRelu, Tensor::hardsigmoid,
                Tensor::hardswish, Tensor::mish, Tensor::elu)) {
            var dense = x.detach().requiresGrad(true);
            var y = f.apply(dense);
            y.backward(x);
            var strided = turned.detach().requiresGrad(true);
            var z = f.apply(strided);
            z.backward(turned.contiguous());
            assertArrayEquals(y.t().contiguous().toFloatArray(), z.toFloatArray());
            assertArrayEquals(dense.grad().t().contiguous().toFloatArray(), strided.grad().toFloatArray());
            assertArrayEquals(f.apply(x.narrow(0, 7, 1)).toFloatArray(), y.narrow(0, 7, 1).toFloatArray());
        }
    }
}
