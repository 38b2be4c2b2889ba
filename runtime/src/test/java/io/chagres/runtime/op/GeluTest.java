package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeluTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(of("gelu", Gelu::gelu, GeluTest::exact), of("geluTanh", Gelu::geluTanh, GeluTest::tanh));
    }

    private static Case of(String name, UnaryOperator<Tensor> call, DoubleUnaryOperator plain) {
        return Case.op("Gelu." + name + "(Tensor)", in -> call.apply(in[0])).expects(in -> in[0].map(plain))
                .drawn(Values.within(-4, 4)).on(dims(3, 5)).on(dims()).on(dims(1)).on(dims(17)).on(dims(2, 1, 3))
                .on(dims(0)).on(dims(2, 0, 3)).on(dims(7, 33));
    }

    private static double exact(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    private static double tanh(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    /** The series 2/√π e^(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5···(2n+1)), whose terms have one sign (Abramowitz and Stegun 7.1.6). */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 400; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    @Test
    void theErrorFunctionAgreesWithItsSeries() {
        for (double x = -6; x <= 6; x += 0.0078125) {
            assertEquals(1 - erf(x), Erf.erfc(x), 2e-15, "erfc(" + x + ")");
        }
        assertEquals(Erf.erfc(0.46875), Erf.erfc(Math.nextUp(0.46875)), 1e-15);
        assertEquals(1, Erf.erfc(Math.nextUp(4.0)) / Erf.erfc(4), 1e-14);
    }

    /** Values to sixteen digits and more, as tables have them. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.1, 0.88753708398171510", "0.5, 0.47950012218695346", "1, 0.15729920705028513",
            "2, 0.0046777349810472658", "3, 2.2090496998585441e-5", "4, 1.5417257900280019e-8",
            "5, 1.5374597944280349e-12", "10, 2.0884875837625448e-45", "26, 5.6631924088561428e-296",
            "-0.5, 1.5204998778130465", "-1, 1.8427007929497149", "-10, 2"})
    void theErrorFunctionKeepsItsDigitsInTheTail(double x, double expected) {
        assertEquals(1, Erf.erfc(x) / expected, 4e-15);
    }

    @Test
    void slopesAreThoseOfTheFormulas() {
        double[] points = {-8, -3, -1, -0.1, 0, 0.1, 1, 3, 8};
        double[] exact = Arrays.stream(points)
                .map(v -> 0.5 * (1 + erf(v / Math.sqrt(2))) + v * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI))
                .toArray();
        double[] approximate = Arrays.stream(points).map(v -> (tanh(v + 1e-5) - tanh(v - 1e-5)) / 2e-5).toArray();
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(points).to(dtype).requiresGrad(true);
            x.gelu().sum().backward();
            assertArrayEquals(exact, x.grad().toDoubleArray(), dtype == DType.FLOAT32 ? 2e-6 : 1e-14);
            x.zeroGrad();
            x.geluTanh().sum().backward();
            assertArrayEquals(approximate, x.grad().toDoubleArray(), dtype == DType.FLOAT32 ? 2e-6 : 1e-9);
        }
    }

    @Test
    void farFromZeroItIsReluAndNotNumbersPassThrough() {
        double[] x = {Double.NaN, 1e9, 40, -40, 0};
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var point = Tensor.of(x).to(dtype);
            Checks.values(point.gelu().abs(), Double.NaN, 1e9, 40, 0, 0);
            Checks.values(point.geluTanh().abs(), Double.NaN, 1e9, 40, 0, 0);
        }
        double infinity = Double.POSITIVE_INFINITY;
        Checks.values(Tensor.of(new double[]{infinity, -infinity}).gelu(), infinity, Double.NaN);
        Checks.values(Tensor.of(new double[]{infinity, -infinity}).geluTanh(), infinity, Double.NaN);
    }

    /** φ(x) (2 - x²), for the exact function. */
    @Test
    void secondDerivatives() {
        double[] points = {-2, -1, 0, 0.5, 3};
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.of(points).to(dtype).requiresGrad(true);
            var first = Autograd.grad(List.of(x.gelu().sum()), List.of(x), null, true, true, false).getFirst();
            double[] expected = Arrays.stream(points)
                    .map(v -> (2 - v * v) * Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI)).toArray();
            assertArrayEquals(expected, Autograd.grad(first.sum(), x).getFirst().toDoubleArray(),
                    dtype == DType.FLOAT32 ? 1e-6 : 1e-14);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 100_000})
    void aRepeatedStepPreparesAndAllocatesNothing(int n) throws InterruptedException {
        Garbage.collect();
        var x = Tensor.owned(Owner.DATA, DType.FLOAT32,
                Shape.of(n), "x").requiresGrad(true);
        try (x) {
            step(x);
            step(x);
            int plans = Plans.count();
            long bytes = Memory.liveBytes();
            for (int i = 0; i < 5; i++) {
                step(x);
            }
            assertEquals(plans, Plans.count());
            assertEquals(bytes, Memory.liveBytes());
        }
    }

    private static void step(Tensor x) {
        try (var _ = Scope.open()) {
            x.zeroGrad();
            x.gelu().add(x.geluTanh()).sum().backward();
        }
    }
}
