package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Mlp;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R11: modules, optimizers, loaders that were closed. */
class ClosedModelTest {
    private static void gone(String fact, Executable use) {
        var thrown = assertThrows(IllegalStateException.class, use);
        assertTrue(thrown.getMessage().contains(fact), thrown.getMessage());
    }

    @Test
    void aClosedModuleComputesNothing() {
        var layer = new Linear(3, 2);
        layer.close();
        layer.close();
        try (var _ = Scope.open()) {
            gone("weight", () -> layer.forward(Tensor.ones(1, 3)));
            gone("weight", () -> layer.forwardRelu(Tensor.ones(1, 3)));
            gone("weight", () -> layer.weight.toFloatArray());
            gone("bias", () -> layer.bias.add(1));
        }
        assertEquals(List.of(layer.weight, layer.bias), layer.parameters());
        assertDoesNotThrow(layer::zeroGrad);
        assertTrue(layer.toString().contains("in=3"));
    }

    @Test
    void closingAModuleClosesThoseWithinAndTheirGradients() {
        long before = Memory.liveBytes(Owner.PARAMETERS) + Memory.liveBytes(Owner.GRADIENTS);
        var net = new Mlp(true, 4, 3, 2);
        try (var _ = Scope.open()) {
            net.forward(Tensor.ones(5, 4)).sum().backward();
        }
        assertEquals(before + 2 * 4 * (4 * 3 + 3 + 3 * 2 + 2),
                Memory.liveBytes(Owner.PARAMETERS) + Memory.liveBytes(Owner.GRADIENTS));
        net.close();
        assertEquals(before, Memory.liveBytes(Owner.PARAMETERS) + Memory.liveBytes(Owner.GRADIENTS));
    }

    @Test
    void aModelThatWasClosedBetweenForwardAndBackwardHasNoGradients() {
        var net = new Mlp(false, 4, 3, 2);
        long gradients = Memory.liveBytes(Owner.GRADIENTS);
        try (var _ = Scope.open()) {
            var loss = net.forward(Tensor.ones(5, 4)).sum();
            net.close();
            assertThrows(IllegalStateException.class, loss::backward);
        }
        assertEquals(gradients, Memory.liveBytes(Owner.GRADIENTS));
    }

    @Test
    void stateOfAClosedModuleIsNeitherReadNorWritten() {
        try (var open = new Linear(3, 2)) {
            var closed = new Linear(3, 2);
            closed.close();
            float[] before = open.weight.toFloatArray();
            assertThrows(IllegalStateException.class, () -> open.loadStateDict(closed.stateDict()));
            assertThrows(IllegalStateException.class, () -> closed.loadStateDict(open.stateDict()));
            assertArrayEquals(before, open.weight.toFloatArray());
        }
    }

    static Stream<Function<List<Tensor>, Optimizer>> optimizers() {
        return Stream.of(parameters -> new Adam(parameters, 0.1), parameters -> new SGD(parameters, 0.1, 0.9, 0),
                parameters -> new SGD(parameters, 0.1));
    }

    private static Linear trained() {
        var layer = new Linear(3, 2);
        try (var _ = Scope.open()) {
            layer.forward(Tensor.ones(1, 3)).sum().backward();
        }
        return layer;
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void anOptimizerOfAClosedModuleChangesNothing(Function<List<Tensor>, Optimizer> made) {
        long before = Memory.liveBytes(Owner.OPTIMIZER_STATE);
        var layer = trained();
        var optimizer = made.apply(layer.parameters());
        layer.close();
        assertEquals(before, Memory.liveBytes(Owner.OPTIMIZER_STATE), "its state went with the parameters");
        gone("weight", optimizer::step);
        assertDoesNotThrow(optimizer::zeroGrad);
        optimizer.close();
        optimizer.close();
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void aClosedOptimizerMakesNoStep(Function<List<Tensor>, Optimizer> made) {
        try (var layer = trained()) {
            float[] before = layer.weight.toFloatArray();
            var optimizer = made.apply(layer.parameters());
            optimizer.close();
            optimizer.close();
            assertThrows(IllegalStateException.class, optimizer::step);
            assertArrayEquals(before, layer.weight.toFloatArray());
            optimizer.zeroGrad();
            assertThrows(IllegalStateException.class, optimizer::step);
        }
    }

    @Test
    void anotherThreadMayCloseThem() throws InterruptedException {
        var layer = trained();
        var optimizer = new Adam(layer.parameters(), 0.1);
        Thread.ofPlatform().start(() -> {
            optimizer.close();
            layer.close();
        }).join();
        assertFalse(layer.weight.isOpen());
        assertThrows(IllegalStateException.class, optimizer::step);
    }

    @Test
    void aClosedLoaderEndsItsBatches() {
        try (var training = new Training(1, 20, 5, 4)) {
            DataLoader loader = training.loader;
            var epoch = loader.iterator();
            var batch = epoch.next();
            loader.close();
            loader.close();
            gone("closed", loader::iterator);
            gone("closed", epoch::next);
            gone("its loader was closed", () -> batch.inputs().toFloatArray());
            gone("its loader was closed", () -> training.net.forward(batch.inputs()));
            gone("its loader was closed", () -> batch.labels().keep());
        }
    }
}
