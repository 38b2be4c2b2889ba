package io.chagres.runtime.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Random expressions have the values and the gradients that plain Java computes, whatever uses what how often. */
class ExpressionsTest {
    private static final int[][] SHAPES = {{3, 4}, {4}, {}, {2, 1, 4}};

    @Provide
    Arbitrary<List<Step<Expression>>> programs() {
        return Step.programs(Expression.class, 1, 25);
    }

    /** Three leaves and, last, a constant, which may be changed in place. */
    private static List<Both> leaves(int seed) {
        int count = Plain.numel(SHAPES[0]) + Plain.numel(SHAPES[1]) + Plain.numel(SHAPES[2]);
        var random = new Random(seed);
        var leaves = new ArrayList<Both>();
        int first = 0;
        for (var dims : SHAPES) {
            int offset = first;
            boolean constant = leaves.size() == SHAPES.length - 1;
            var plain = Plain.generate(dims, index -> {
                double value = random.nextDouble(-1.5, 1.5);
                return constant ? new Dual(value) : Dual.leaf(value, offset + Plain.position(dims, index), count);
            });
            leaves.add(new Both(Tensor.of(plain.values()).view(Both.longs(dims)).requiresGrad(!constant), plain));
            first += Plain.numel(dims);
        }
        return leaves;
    }

    @Property(tries = 1500, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void valuesAndGradientsAreThoseOfPlainJava(@ForAll("programs") List<Step<Expression>> program,
            @ForAll @IntRange(max = 99) int seed) {
        try (var _ = Scope.open()) {
            var leaves = leaves(seed);
            var interpreter = new Interpreter(leaves);
            for (var step : program) {
                interpreter.step(step).check(1e-10, step.toString());
            }
            var loss = Tensor.of(new double[]{0}).sum();
            var expected = new Dual(0);
            int count = interpreter.values.size();
            for (int v = Math.max(0, count - 3); v < count; v++) {
                var value = interpreter.values.get(v);
                value.check(1e-10, "in the end, value " + v);
                var weights = Plain.generate(value.dims(), index -> new Dual(1 + index.length % 2 + (index.length > 0
                        ? index[0]
                        : 0)));
                loss = loss.add(value.tensor()
                        .mul(Tensor.of(weights.values()).view(Both.longs(value.dims()))).sum());
                var weighted = value.plain().with(weights, Dual::times);
                for (int i = 0; i < weighted.numel(); i++) {
                    expected = expected.plus(weighted.get(i));
                }
            }
            if (loss.requiresGrad() && walked(loss, interpreter)) {
                checkGradients(leaves, expected);
            }
        }
    }

    /** Walks back; a change in place of what a backward reads may be refused, but must not be overlooked. */
    private static boolean walked(Tensor loss, Interpreter interpreter) {
        try {
            loss.backward();
            return true;
        } catch (IllegalStateException e) {
            assertTrue(interpreter.mayBeRefused && e.getMessage().contains("changed in place after"), e.toString());
            return false;
        }
    }

    private static void checkGradients(List<Both> leaves, Dual expected) {
        double greatest = Arrays.stream(expected.slopes()).map(Math::abs).max().orElse(0);
        int first = 0;
        for (var leaf : leaves.subList(0, SHAPES.length - 1)) {
            var gradient = leaf.tensor().grad();
            var slopes = new double[leaf.plain().numel()];
            for (int i = 0; i < slopes.length; i++) {
                slopes[i] = expected.slope(first++);
            }
            assertArrayEquals(slopes, gradient == null ? new double[slopes.length] : gradient.toDoubleArray(),
                    1e-8 * (1 + greatest), "gradient of leaf " + leaf.tensor().shape());
        }
    }
}
