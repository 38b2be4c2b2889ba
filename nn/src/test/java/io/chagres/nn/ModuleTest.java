package io.chagres.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.layer.Flatten;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModuleTest {
    /** Parameters of its own, and modules whose parameters come after them. */
    private static final class Nested extends Module {
        final Module body = module("body", new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2, false)));
        final Tensor scale = parameter("scale", Init.constant(2), 2);

        @Override
        public Tensor forward(Tensor x) {
            return body.forward(x).mul(scale);
        }
    }

    @Test
    void namesAreThoseOfPyTorch() {
        try (var net = Mlp.reference()) {
            assertEquals(List.of("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"),
                    List.copyOf(net.namedParameters().keySet()));
            assertArrayEquals(new long[]{128, 784}, net.stateDict().get("fc1.weight").shape().toArray());
            assertArrayEquals(new long[]{10}, net.stateDict().get("fc3.bias").shape().toArray());
        }
        try (var net = new Nested()) {
            assertEquals(List.of("scale", "body.0.weight", "body.0.bias", "body.2.weight"),
                    List.copyOf(net.namedParameters().keySet()));
            assertEquals(net.parameters(), List.copyOf(net.namedParameters().values()));
            assertEquals(List.of("body"), List.copyOf(net.modules().keySet()));
            assertThrows(UnsupportedOperationException.class, () -> net.stateDict().clear());
            assertThrows(UnsupportedOperationException.class, () -> net.modules().clear());
        }
    }

    @Test
    void aModuleUsedTwiceHasItsParametersOnce() {
        var shared = new Linear(2, 2);
        try (var net = new Sequential(shared, new ReLU(), shared)) {
            assertEquals(List.of(shared.weight, shared.bias), net.parameters());
            assertEquals(List.of("0.weight", "0.bias", "2.weight", "2.bias"), List.copyOf(net.stateDict().keySet()));
            assertSame(shared.weight, net.stateDict().get("2.weight"));
            try (var optimizer = new Adam(net.parameters(), 0.1)) {
                assertEquals(0.1, optimizer.learningRate());
            }
        }
    }

    /** A parameter, a buffer, and a module with a buffer of its own. */
    private static final class Counted extends Module {
        final Tensor count = buffer("count", DType.INT64, 7);
        final Tensor scale = parameter("scale", Init.constant(2), 2);

        Counted(Module inner) {
            if (inner != null) {
                module("inner", inner);
            }
        }
    }

    @Test
    void buffersAreSavedAndLoadedButNotTrained() {
        long before = Memory.liveBytes(Owner.PARAMETERS);
        try (var net = new Counted(new Counted(null)); var other = new Counted(new Counted(null))) {
            assertEquals(List.of("scale", "count", "inner.scale", "inner.count"),
                    List.copyOf(net.stateDict().keySet()));
            assertEquals(List.of("scale", "inner.scale"), List.copyOf(net.namedParameters().keySet()));
            assertEquals(List.of("count", "inner.count"), List.copyOf(net.namedBuffers().keySet()));
            assertSame(net.count, net.namedBuffers().get("count"));
            assertFalse(net.count.requiresGrad());
            assertEquals(7, net.count.item());
            net.count.fill(9);
            other.loadStateDict(net.stateDict());
            assertEquals(9, other.count.item());
            assertThrows(UnsupportedOperationException.class, () -> net.namedBuffers().clear());
            assertThrows(IllegalArgumentException.class, () -> net.buffer("scale", DType.FLOAT32, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> net.parameter("count", Init.constant(0), 1));
        }
        assertEquals(before, Memory.liveBytes(Owner.PARAMETERS));
    }

    @Test
    void printsAsATree() {
        try (var net = new Nested()) {
            assertEquals("""
                    Nested(
                      (body): Sequential(fused: 0-1
                        (0): Linear(in=3, out=4, bias=true)
                        (1): ReLU()
                        (2): Linear(in=4, out=2, bias=false)
                      )
                    )""", net.toString());
        }
    }

    @Test
    void everyPartNeedsANameOfItsOwn() {
        class Twice extends Module {
            Twice(String first, String second) {
                parameter(first, Init.constant(0), 1);
                try {
                    module(second, new Flatten());
                } catch (IllegalArgumentException e) {
                    close();
                    throw e;
                }
            }
        }
        for (var name : new String[]{"a", "", "a.b"}) {
            var refused = assertThrows(IllegalArgumentException.class, () -> new Twice("a", name));
            assertTrue(refused.getMessage().contains("Twice: the name '" + name + "'"), refused.getMessage());
        }
        var missing = assertThrows(NullPointerException.class, () -> new Sequential(new Module() {
            {
                module("nothing", null);
            }
        }));
        assertTrue(missing.getMessage().contains("module nothing"), missing.getMessage());
    }

    @Test
    void withoutAForwardItSaysSo() {
        class Odd extends Module {
        }
        var refused = assertThrows(UnsupportedOperationException.class, () -> new Odd().forward(Tensor.ones(1)));
        assertTrue(refused.getMessage().contains("Odd"), refused.getMessage());
    }

    @Test
    void trainAndEvalReachAllModules() {
        try (var net = new Nested()) {
            assertTrue(net.isTraining());
            net.eval();
            assertFalse(net.isTraining() || net.body.isTraining() || net.body.modules().get("1").isTraining());
            net.train();
            assertTrue(net.isTraining() && net.body.isTraining() && net.body.modules().get("1").isTraining());
        }
    }

    @Test
    void zeroGradReachesAllParameters() {
        try (var net = new Nested(); var _ = Scope.open()) {
            net.forward(Tensor.ones(1, 3)).sum().backward();
            net.parameters().forEach(parameter -> assertNotNull(parameter.grad()));
            net.zeroGrad();
            net.parameters().forEach(parameter -> assertNull(parameter.grad()));
        }
    }

    @Test
    void stateMovesFromOneModuleToAnother() {
        Generator.seed(1);
        try (var from = new Nested(); var to = new Nested(); var _ = Scope.open()) {
            var x = Tensor.rand(new Generator(2), 5, 3);
            to.loadStateDict(from.stateDict());
            from.stateDict().forEach((name, tensor) -> assertArrayEquals(tensor.toFloatArray(),
                    to.stateDict().get(name).toFloatArray(), name));
            assertArrayEquals(from.forward(x).toFloatArray(), to.forward(x).toFloatArray());
            assertTrue(to.parameters().stream().allMatch(Tensor::requiresGrad));
            to.loadStateDict(to.stateDict());
            assertArrayEquals(from.forward(x).toFloatArray(), to.forward(x).toFloatArray());
        }
    }

    @Test
    void aStateThatDoesNotFitChangesNothingAndAllIsTold() {
        try (var net = new Nested(); var _ = Scope.open()) {
            float[] before = net.scale.toFloatArray();
            var state = new HashMap<>(Map.<String, Tensor>of("scale", Tensor.zeros(2), "body.0.weight",
                    Tensor.zeros(4, 4), "body.0.bias", Tensor.full(DType.FLOAT64, 0, 4), "body.3.weight",
                    Tensor.zeros(2, 4)));
            var message = assertThrows(IllegalArgumentException.class, () -> net.loadStateDict(state)).getMessage();
            for (var part : new String[]{"loadStateDict", "Nested",
                    "body.0.weight is FLOAT32 [4, 4], not FLOAT32 [4, 3]",
                    "body.0.bias is FLOAT64 [4]", "body.2.weight is missing", "body.3.weight is unknown"}) {
                assertTrue(message.contains(part), () -> part + " in: " + message);
            }
            assertFalse(message.contains("scale"), message);
            assertArrayEquals(before, net.scale.toFloatArray());
        }
    }

    @Test
    void aStateWithAClosedTensorChangesNothing() {
        var other = new Nested();
        try (var net = new Nested(); var _ = Scope.open()) {
            float[] before = net.scale.toFloatArray();
            var state = new HashMap<>(other.stateDict());
            state.put("scale", Tensor.zeros(2));
            other.close();
            var message = assertThrows(IllegalStateException.class, () -> net.loadStateDict(state)).getMessage();
            assertTrue(message.startsWith("loadStateDict body."), message);
            assertArrayEquals(before, net.scale.toFloatArray());
        }
    }

    @Test
    void closeFreesParametersGradientsAndOptimizerState() throws InterruptedException {
        useAndClose(); // prepared primitives stay
        collectGarbage();
        long before = Memory.liveBytes();
        var net = useAndClose();
        Memory.trim();
        assertTrue(Memory.liveBytes() <= before);
        net.close();
        var gone = assertThrows(IllegalStateException.class, () -> net.forward(Tensor.ones(2, 784)));
        assertTrue(gone.getMessage().contains("linear") && gone.getMessage().contains("weight"), gone.getMessage());
    }

    private static Module useAndClose() {
        long parameters = Memory.liveBytes(Owner.PARAMETERS);
        long state = Memory.liveBytes(Owner.OPTIMIZER_STATE);
        long gradients = Memory.liveBytes(Owner.GRADIENTS);
        var net = Mlp.reference();
        var optimizer = new Adam(net.parameters(), 0.001);
        try (var _ = Scope.open()) {
            net.forward(Tensor.ones(2, 784)).sum().backward();
            optimizer.step();
        }
        long bytes = Float.BYTES * net.parameters().stream().mapToLong(Tensor::numel).sum();
        assertEquals(parameters + bytes, Memory.liveBytes(Owner.PARAMETERS));
        assertTrue(Memory.liveBytes(Owner.OPTIMIZER_STATE) >= 2 * bytes);
        assertTrue(Memory.liveBytes(Owner.GRADIENTS) >= bytes);
        net.close();
        assertEquals(parameters, Memory.liveBytes(Owner.PARAMETERS));
        assertTrue(Memory.liveBytes(Owner.OPTIMIZER_STATE) <= state);
        assertTrue(Memory.liveBytes(Owner.GRADIENTS) <= gradients);
        assertThrows(IllegalStateException.class, optimizer::step);
        return net;
    }

    /** Garbage of other tests would hide what this one leaves; what goes later can only lower the counts. */
    private static void collectGarbage() throws InterruptedException {
        Memory.trim();
        for (long last = -1; last != Memory.liveBytes();) {
            last = Memory.liveBytes();
            System.gc();
            Thread.sleep(50);
        }
    }

    @Test
    void aParameterThatCannotBeginIsFreed() {
        class Broken extends Module {
            Broken() {
                parameter("vector", Init.xavierUniform(), 7);
            }
        }
        long before = Memory.liveBytes(Owner.PARAMETERS);
        assertThrows(IllegalArgumentException.class, Broken::new);
        assertEquals(before, Memory.liveBytes(Owner.PARAMETERS));
    }
}
