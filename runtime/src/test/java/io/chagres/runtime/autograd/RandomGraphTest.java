package io.chagres.runtime.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random graphs, in which results are used any number of times, against forward differentiation with dual numbers. */
class RandomGraphTest {
    private static final int LEAVES = 4;
    private static final int OPERATIONS = 60;

    /** A value and its derivatives in all leaves. */
    private record Dual(double value, double[] slopes) {
        static Dual leaf(double value, int index) {
            var slopes = new double[LEAVES];
            slopes[index] = 1;
            return new Dual(value, slopes);
        }

        /** A function of one or two, given its value and its partial derivatives here. */
        static Dual of(double value, Dual a, double byA, Dual b, double byB) {
            var slopes = new double[LEAVES];
            for (int i = 0; i < LEAVES; i++) {
                slopes[i] = byA * a.slopes[i] + byB * b.slopes[i];
            }
            return new Dual(value, slopes);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void reverseAgreesWithForward(long seed) {
        var random = new Random(seed);
        try (var _ = Scope.open()) {
            List<Tensor> tensors = new ArrayList<>();
            List<Dual> duals = new ArrayList<>();
            for (int i = 0; i < LEAVES; i++) {
                double value = random.nextDouble(-1, 1);
                tensors.add(Tensor.of(new double[]{value}).requiresGrad(true));
                duals.add(Dual.leaf(value, i));
            }
            for (int i = 0; i < OPERATIONS; i++) {
                int a = random.nextInt(tensors.size());
                int b = random.nextInt(tensors.size());
                int kind = random.nextInt(6);
                tensors.add(reverse(kind, tensors.get(a), tensors.get(b)));
                duals.add(forward(kind, duals.get(a), duals.get(b)));
            }
            tensors.getLast().backward();
            for (int i = 0; i < LEAVES; i++) {
                var gradient = tensors.get(i).grad();
                double expected = duals.getLast().slopes[i];
                assertEquals(expected, gradient == null ? 0 : gradient.item(), 1e-9 * (1 + Math.abs(expected)));
            }
        }
    }

    private static Tensor reverse(int kind, Tensor a, Tensor b) {
        return switch (kind) {
            case 0 -> a.add(b);
            case 1 -> a.sub(b);
            case 2 -> a.mul(b).tanh();
            case 3 -> a.div(b.square().add(1));
            case 4 -> a.sigmoid();
            default -> a.neg();
        };
    }

    private static Dual forward(int kind, Dual a, Dual b) {
        double x = a.value;
        double y = b.value;
        return switch (kind) {
            case 0 -> Dual.of(x + y, a, 1, b, 1);
            case 1 -> Dual.of(x - y, a, 1, b, -1);
            case 2 -> {
                double t = Math.tanh(x * y);
                yield Dual.of(t, a, (1 - t * t) * y, b, (1 - t * t) * x);
            }
            case 3 -> {
                double d = y * y + 1;
                yield Dual.of(x / d, a, 1 / d, b, -2 * x * y / (d * d));
            }
            case 4 -> {
                double s = 1 / (1 + Math.exp(-x));
                yield Dual.of(s, a, s * (1 - s), b, 0);
            }
            default -> Dual.of(-x, a, -1, b, 0);
        };
    }
}
