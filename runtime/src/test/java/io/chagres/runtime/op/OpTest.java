package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every differentiable operation must do. Subclasses say what their operations compute. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OpTest {
    private static final double SEED = 0.75;

    private Scope scope;

    abstract Stream<Case> cases();

    Stream<Trial> trials() {
        return cases().flatMap(Case::trials);
    }

    @BeforeEach
    void openScope() {
        scope = Scope.open();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("trials")
    void agreesWithPlainJava(Trial trial) {
        var expected = trial.operation().expected(trial.operands());
        var y = trial.result(trial.leaves());
        assertEquals(trial.dtype(), y.dtype());
        assertArrayEquals(Array.longs(expected.dims()), y.shape().toArray());
        double bound = trial.dtype() == DType.FLOAT64 ? 1e-13 : 4e-6;
        assertArrayEquals(expected.values(), y.toDoubleArray(), bound * (1 + max(expected.values())));
    }

    @ParameterizedTest
    @MethodSource("trials")
    void gradientsOfLeaves(Trial trial) {
        GradCheck.check(trial::result, trial.leavesWithGradients());
    }

    Stream<Trial> trialsInDouble() {
        return trials().filter(trial -> trial.dtype() == DType.FLOAT64);
    }

    /**
     * What a recorded backward computes has the gradients that differences of an unrecorded one show; an operation without one
     * is declared to be so, and names itself.
     */
    @ParameterizedTest
    @MethodSource("trialsInDouble")
    void gradientsOfGradients(Trial trial) {
        if (trial.operation().hasSecondGradient()) {
            GradCheck.checkSecond(trial::result, trial.leavesWithGradients());
        } else {
            var leaves = trial.leavesWithGradients();
            var y = trial.operation().call(trial.views(leaves));
            var start = Tensor.full(y.dtype(), SEED, y.shape().toArray());
            Checks.message(assertThrows(UnsupportedOperationException.class, () -> y.backward(start, true, true)),
                    trial.operation().name());
        }
    }

    /** The operands are results that something else uses too, later and so earlier in the walk back: x + 2 x there. */
    @ParameterizedTest
    @MethodSource("trials")
    void gradientsOfResultsUsedTwice(Trial trial) {
        var alone = trial.leavesWithGradients();
        backward(trial, alone);
        var leaves = trial.leavesWithGradients();
        var results = Arrays.stream(leaves).map(leaf -> leaf.neg().neg()).toArray(Tensor[]::new);
        var sum = trial.result(results).mul(SEED).sum();
        for (var result : results) {
            sum = sum.add(result.mul(2).sum());
        }
        sum.backward();
        for (int i = 0; i < leaves.length; i++) {
            double[] expected = alone[i].grad().add(2).toDoubleArray();
            assertArrayEquals(expected, leaves[i].grad().toDoubleArray(), 2e-6 * (1 + max(expected)), "operand " + i);
        }
    }

    /** The greatest size of a number among them; 0 without any. */
    private static double max(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    }

    @ParameterizedTest
    @MethodSource("trials")
    void gradientsAddUpUntilZeroGrad(Trial trial) {
        var leaves = trial.leavesWithGradients();
        backward(trial, leaves);
        var once = gradients(leaves);
        backward(trial, leaves);
        for (int i = 0; i < leaves.length; i++) {
            double[] twice = Arrays.stream(once[i]).map(g -> 2 * g).toArray();
            assertArrayEquals(twice, leaves[i].grad().toDoubleArray(), 1e-5, "operand " + i);
            leaves[i].zeroGrad();
        }
        backward(trial, leaves);
        assertArrayEquals(once, gradients(leaves), "the same bits again");
    }

    @ParameterizedTest
    @MethodSource("trials")
    void gradientsThatNobodyWantsAreLeftOut(Trial trial) {
        var all = trial.leavesWithGradients();
        backward(trial, all);
        for (int wanted = 0; wanted < all.length; wanted++) {
            var leaves = trial.leaves();
            leaves[wanted].requiresGrad(true);
            backward(trial, leaves);
            for (int i = 0; i < leaves.length; i++) {
                if (i == wanted) {
                    assertArrayEquals(all[i].grad().toDoubleArray(), leaves[i].grad().toDoubleArray(), 1e-5);
                } else {
                    assertNull(leaves[i].grad());
                }
            }
        }
    }

    private static void backward(Trial trial, Tensor[] leaves) {
        try (var _ = Scope.open()) {
            var y = trial.result(leaves);
            y.backward(Tensor.full(y.dtype(), SEED, y.shape().toArray()));
        }
    }

    private static double[][] gradients(Tensor[] leaves) {
        return Arrays.stream(leaves).map(leaf -> leaf.grad().toDoubleArray()).toArray(double[][]::new);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void recordsOnlyWhereAGradientIsWanted(Case operation) {
        var sample = operation.sample();
        assertFalse(sample.result(sample.leaves()).requiresGrad());
        assertTrue(sample.result(sample.leavesWithGradients()).requiresGrad());
        var operands = sample.leavesWithGradients();
        try (var _ = Autograd.noGrad()) {
            var y = operation.call(operands);
            assertTrue(y == operands[0] || !y.requiresGrad());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void needsNoScope(Case operation) {
        var inside = operation.sample().leavesWithGradients();
        float[] expected = operation.call(inside).toFloatArray();
        backward(operation.sample(), inside);
        double[][] gradients = gradients(inside);
        scope.close();
        var leaves = operation.sample().leavesWithGradients();
        var y = operation.call(leaves);
        assertArrayEquals(expected, y.toFloatArray());
        y.backward(Tensor.full(y.dtype(), SEED, y.shape().toArray()));
        assertArrayEquals(gradients, gradients(leaves));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refusesNull(Case operation) {
        for (int i = 0; i < operation.sample().shapes().length; i++) {
            var operands = operation.sample().leaves();
            operands[i] = null;
            if (!operation.mayBeNull(i)) {
                Checks.message(assertThrows(NullPointerException.class, () -> operation.call(operands)),
                        operation.name(), "null");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refusesIntegersAndMixedTypes(Case operation) {
        boolean refuses = !operation.takesAnyType() && !operation.takesSeveralTypes();
        for (int i = 0; i < operation.sample().shapes().length && refuses; i++) {
            var operands = operation.sample().leaves();
            var operand = operands[i];
            operands[i] = operand.to(DType.INT64);
            Checks.message(assertThrows(IllegalArgumentException.class, () -> operation.call(operands)),
                    operation.name(),
                    "INT64", operand.shape().toString());
            if (operands.length > 1) {
                operands[i] = operand.to(DType.FLOAT64);
                Checks.message(assertThrows(IllegalArgumentException.class, () -> operation.call(operands)),
                        operation.name(),
                        "FLOAT32", "FLOAT64", operand.shape().toString());
            }
        }
    }

    /** With one operand of another type, the result is what it is when the operands have been converted before. */
    @ParameterizedTest
    @MethodSource("cases")
    void promotesTypes(Case operation) {
        int count = operation.sample().shapes().length;
        for (int i = 0; i < count && operation.takesSeveralTypes(); i++) {
            for (var dtype : new DType[]{DType.FLOAT64, DType.BFLOAT16, DType.INT64, DType.INT8}) {
                var operands = operation.sample().leaves();
                if (!dtype.isFloatingPoint()) {
                    operands[i] = operands[i].add(1.5); // not 0, to divide by
                }
                operands[i] = operands[i].to(dtype);
                boolean whole = count == 1 && !dtype.isFloatingPoint();
                var promoted = count == 1 ? dtype.floating() : DType.promote(DType.FLOAT32, dtype);
                var converted = Arrays.stream(operands).map(x -> x.to(promoted)).toArray(Tensor[]::new);
                var expected = operation.call(converted);
                var actual = operation.call(operands);
                assertEquals(whole && operation.givesIntegers() ? dtype : promoted, actual.dtype());
                assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-6 * (1 + max(
                        expected.toDoubleArray())), dtype.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refusesClosedTensors(Case operation) {
        for (int i = 0; i < operation.sample().shapes().length; i++) {
            var operands = operation.sample().leaves();
            operands[i] = Checks.closed(operands[i].shape().toArray());
            Checks.message(assertThrows(IllegalStateException.class, () -> operation.call(operands)), operation.name(),
                    "some data", "closed");
        }
    }
}
