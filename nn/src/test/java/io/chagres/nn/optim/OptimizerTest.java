package io.chagres.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    static Stream<Function<List<Tensor>, Optimizer>> optimizers() {
        return Stream.of(p -> new Adam(p, 0.1), p -> new AdamW(p, 0.1), p -> new SGD(p, 0.1),
                p -> new SGD(p, 0.1, 0.9, 0));
    }

    private static Tensor parameter(float... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void fallsToTheBottomOfABowl(Function<List<Tensor>, Optimizer> maker) {
        var p = parameter(1, -2, 0.5f);
        try (var optimizer = maker.apply(List.of(p))) {
            for (int i = 0; i < 300; i++) {
                optimizer.zeroGrad();
                p.square().sum().backward();
                optimizer.step();
            }
        }
        assertArrayEquals(new float[3], p.toFloatArray(), 1e-2f);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void withoutGradientsNothingChanges(Function<List<Tensor>, Optimizer> maker) {
        var p = parameter(1, 2);
        var q = parameter(3);
        try (var optimizer = maker.apply(List.of(p, q))) {
            optimizer.step();
            assertArrayEquals(new float[]{1, 2}, p.toFloatArray());
            q.mul(2).sum().backward();
            optimizer.step();
            assertArrayEquals(new float[]{1, 2}, p.toFloatArray());
            assertTrue(q.item() < 3);
            optimizer.zeroGrad();
            assertNull(q.grad());
        }
    }

    @Test
    void theLearningRateCanChange() {
        var p = parameter(1);
        try (var optimizer = new SGD(List.of(p), 0.5)) {
            p.mul(1).backward();
            optimizer.step();
            assertEquals(0.5, p.item());
            optimizer.learningRate(0.25);
            assertEquals(0.25, optimizer.learningRate());
            optimizer.step();
            assertEquals(0.25, p.item());
            optimizer.learningRate(0);
            optimizer.step();
            assertEquals(0.25, p.item());
            for (double rate : new double[]{-1, Double.NaN, Double.POSITIVE_INFINITY}) {
                refused(IllegalArgumentException.class, () -> optimizer.learningRate(rate),
                        "SGD: learning rate " + rate);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepAfterCloseIsRefused(Function<List<Tensor>, Optimizer> maker) {
        long before = Memory.liveBytes(Owner.OPTIMIZER_STATE);
        var p = parameter(1);
        var optimizer = maker.apply(List.of(p));
        p.mul(1).backward();
        optimizer.close();
        optimizer.close();
        assertTrue(Memory.liveBytes(Owner.OPTIMIZER_STATE) <= before);
        refused(IllegalStateException.class, optimizer::step, "close");
        assertEquals(1, p.item());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aStepOfClosedParametersIsRefusedAndChangesNothing(Function<List<Tensor>, Optimizer> maker) {
        var p = parameter(1);
        var closed = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(2), "fc9.weight").requiresGrad(true);
        try (var optimizer = maker.apply(List.of(p, closed))) {
            p.mul(1).backward();
            closed.sum().backward();
            closed.close();
            refused(IllegalStateException.class, optimizer::step, "fc9.weight", "closed");
            assertEquals(1, p.item());
            assertFalse(closed.isOpen());
        }
        p.close();
        assertFalse(p.isOpen(), "nothing holds it any more");
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aGraphFromBeforeTheStepIsOutOfDate(Function<List<Tensor>, Optimizer> maker) {
        var p = parameter(1, 2);
        try (var optimizer = maker.apply(List.of(p))) {
            var stale = p.square().sum();
            p.square().sum().backward();
            optimizer.step();
            refused(IllegalStateException.class, stale::backward, "square was changed in place");
        }
    }

    @Test
    void onlyParametersCanBeOptimized() {
        refused(IllegalArgumentException.class, () -> new Adam(List.of(), 0.1), "Adam: no parameters");
        refused(IllegalArgumentException.class, () -> new Adam(List.of(Tensor.ones(2)), 0.1), "Adam: FLOAT32 [2]",
                "no parameter");
        refused(IllegalArgumentException.class, () -> new Adam(List.of(parameter(1).mul(2)), 0.1), "leaf");
        refused(IllegalArgumentException.class,
                () -> new SGD(List.of(Tensor.full(DType.FLOAT64, 1, 2).requiresGrad(true)), 0.1), "SGD: FLOAT64");
        refused(IllegalArgumentException.class,
                () -> new SGD(List.of(Tensor.ones(2, 3).t().requiresGrad(true)), 0.1), "contiguous");
        refused(NullPointerException.class, () -> new SGD(Arrays.asList(parameter(1), null), 0.1), "SGD", "null");
        var p = parameter(1, 2);
        refused(IllegalArgumentException.class, () -> new AdamW(List.of(p, p), 0.1), "AdamW: parameter [2]", "twice");
    }

    @Test
    void settingsThatMakeNoSenseAreNamed() {
        var p = List.of(parameter(1));
        refused(IllegalArgumentException.class, () -> new Adam(p, 0.1, 1, 0.999, 1e-8, 0), "beta1 1.0");
        refused(IllegalArgumentException.class, () -> new Adam(p, 0.1, 0.9, -0.1, 1e-8, 0), "beta2 -0.1");
        refused(IllegalArgumentException.class, () -> new Adam(p, 0.1, 0.9, 0.999, Double.NaN, 0), "epsilon NaN");
        refused(IllegalArgumentException.class, () -> new AdamW(p, 0.1, 0.9, 0.999, 1e-8, -1), "weight decay -1.0");
        refused(IllegalArgumentException.class, () -> new SGD(p, -0.1), "SGD: learning rate -0.1");
        refused(IllegalArgumentException.class, () -> new SGD(p, 0.1, -0.5, 0), "momentum -0.5");
        refused(IllegalArgumentException.class, () -> new SGD(p, 0.1, 0.5, Double.NaN), "weight decay NaN");
        refused(IllegalArgumentException.class, () -> new SGD(p, 0.1, 0, 0, 0, true), "nesterov needs momentum");
        refused(IllegalArgumentException.class, () -> new SGD(p, 0.1, 0.9, 0, 0.1, true), "no dampening");
    }

    private static void refused(Class<? extends Exception> type, Executable call, String... parts) {
        var message = assertThrows(type, call).getMessage();
        for (var part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
        }
    }
}
