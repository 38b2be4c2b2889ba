package io.chagres.runtime.autograd;

import static io.chagres.runtime.autograd.Numbers.leaf;
import static io.chagres.runtime.autograd.Numbers.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Anomalies and profiles. */
class WatchingTest {
    @Test
    void theFirstOperationThatMakesANumberThatIsNoneIsNamed() {
        try (var _ = Anomaly.detect()) {
            var x = leaf(1, -2);
            message(NonFiniteException.class, () -> x.log(), "log: the result [2] has NaN at [1]", "WatchingTest.java");
            message(NonFiniteException.class, () -> Tensor.of(new double[]{0}).reciprocal(), "reciprocal: ",
                    "Infinity");
            var given = Tensor.of(new double[]{1, Double.NaN});
            message(NonFiniteException.class, () -> given.mul(2), "mul: operand 0 [2]", "NaN at [1]", "outside");
            assertEquals(3, x.add(3).sum().item() - 2, 1e-12);
        }
        assertTrue(Double.isNaN(leaf(-1).log().item()), "afterwards nobody looks");
    }

    @Test
    void inBackwardTheOperationAndItsPlaceAreNamed() {
        try (var _ = Anomaly.detect()) {
            var x = leaf(0, 1);
            var y = x.sqrt();
            message(NonFiniteException.class, y.sum()::backward, "backward: sqrt gave a gradient [2] of operand 0",
                    "Infinity at [0]", "called at", "WatchingTest.java");
        }
    }

    @Test
    void otherThreadsAreNotLookedAt() {
        try (var _ = Anomaly.detect()) {
            assertTrue(CompletableFuture.supplyAsync(() -> leaf(-1).log().isOpen()).join());
            try (var _ = Anomaly.detect()) {
                assertThrows(NonFiniteException.class, () -> leaf(-1).log());
            }
            assertThrows(NonFiniteException.class, () -> leaf(-1).log(), "the outer one goes on");
        }
    }

    @Test
    void aProfileListsTheOperationsOfAStep() {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(64, 32);
            var w = Tensor.full(io.chagres.runtime.tensor.DType.FLOAT32, 0.1, 16, 32).requiresGrad(true);
            Affine.linear(x, w, null).relu().mean().backward();
            try (var profile = Profile.start()) {
                Affine.linear(x, w, null).relu().mean().backward();
                profile.mark("update");
                var entries = profile.entries();
                assertEquals(List.of("linear", "relu", "mean", "mean", "relu", "linear", "update"),
                        entries.stream().map(Profile.Entry::name).toList());
                assertEquals(List.of(Profile.Phase.FORWARD, Profile.Phase.BACKWARD),
                        List.of(entries.get(0).phase(), entries.get(5).phase()));
                var linear = entries.getFirst();
                assertEquals(List.of(Shape.of(64, 32), Shape.of(16, 32)), linear.operands());
                assertEquals(Shape.of(64, 16), linear.result());
                assertEquals(2.0 * 64 * 32 * 16, linear.flops());
                assertEquals(4L * (64 * 32 + 16 * 32 + 64 * 16), linear.bytes());
                assertTrue(linear.nanos() > 0 && linear.gflops() > 0);
                assertNotNull(linear.kernel(), "the product has a native kernel");
                assertEquals(linear.flops(), entries.get(5).flops(), "one of the two operands wants a gradient");
                assertTrue(profile.nanos() >= entries.stream().mapToLong(Profile.Entry::nanos).max().orElseThrow());
                var text = profile.toString();
                assertTrue(text.contains("linear") && text.contains("[64, 32]") && text.contains("GFLOP/s"), text);
                assertThrows(IllegalStateException.class, Profile::start);
            }
        }
        var ended = Profile.start();
        ended.close();
        Tensor.ones(2).add(1);
        assertTrue(ended.entries().isEmpty());
    }

    @Test
    void bothAtOnceAndEndedInAnyOrder() {
        var anomaly = Anomaly.detect();
        var profile = Profile.start();
        Tensor.ones(2).add(1);
        anomaly.close();
        anomaly.close();
        Tensor.ones(2).sub(1).reciprocal();
        profile.close();
        assertFalse(profile.entries().isEmpty());
    }
}
