package io.chagres.runtime.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutogradTest {
    // ---- What can be walked back, and how often

    @Test
    void backwardWorksOnce() {
        var x = leaf(2, 3);
        var loss = x.square().sum();
        loss.backward();
        values(x.grad(), 4, 6);
        message(IllegalStateException.class, loss::backward, "backward: ", "sum", "walked back already", "anew");
        values(x.grad(), 4, 6);
    }

    @Test
    void aSharedPartIsUsedUpByTheFirstLoss() {
        var x = leaf(2, 3);
        var shared = x.square();
        shared.sum().backward();
        message(IllegalStateException.class, () -> shared.mean().backward(), "backward: ", "square",
                "walked back already");
    }

    @Test
    void onlyASingleNumberNeedsNoGradientToStartFrom() {
        var x = leaf(2, 3);
        var y = x.mul(2);
        message(IllegalArgumentException.class, y::backward, "backward: ", "[2]", "sum()", "mean()");
        message(IllegalArgumentException.class, () -> y.backward(Tensor.ones(3)), "backward: ", "[3]", "[2]");
        message(IllegalArgumentException.class, () -> y.backward(Tensor.ones(2)), "backward: ", "FLOAT32", "FLOAT64");
        assertNull(x.grad());
        y.backward(Tensor.of(new double[]{1, 10}));
        values(x.grad(), 2, 20);
        var one = leaf(5);
        one.mul(3).backward();
        values(one.grad(), 3);
    }

    @Test
    void somethingMustRequireAGradient() {
        var x = Tensor.of(new double[]{1});
        message(IllegalStateException.class, x::backward, "backward: ", "[1]", "noGrad", "detached");
        message(IllegalStateException.class, () -> x.mul(2).sum().backward(), "backward: ", "nothing that requires");
        message(IllegalStateException.class, () -> leaf(1).detach().mul(2).backward(), "backward: ");
    }

    @Test
    void aLeafIsItsOwnGradient() {
        var x = leaf(5);
        x.backward();
        values(x.grad(), 1);
        var y = leaf(1, 2);
        y.backward(Tensor.of(new double[]{3, 4}));
        values(y.grad(), 3, 4);
    }

    // ---- Leaves

    @Test
    void leavesAddUpUntilZeroGradAndThenUseTheSameMemory() {
        var x = leaf(2, 3);
        assertNull(x.grad());
        x.square().sum().backward();
        var gradient = x.grad();
        values(gradient, 4, 6);
        x.mul(10).sum().backward();
        assertSame(gradient, x.grad());
        values(gradient, 14, 16);
        x.zeroGrad();
        assertNull(x.grad());
        x.square().sum().backward();
        assertSame(gradient, x.grad());
        values(gradient, 4, 6);
    }

    @Test
    void theGradientOfALeafOutlivesTheScopeOfTheStep() {
        var x = leaf(2, 3);
        for (int step = 1; step <= 3; step++) {
            try (var _ = Scope.open()) {
                x.square().sum().backward();
            }
            values(x.grad(), 4 * step, 6 * step);
        }
        Tensor inner;
        try (var _ = Scope.open()) {
            inner = leaf(1);
            inner.mul(2).backward();
            values(inner.grad(), 2);
        }
        var gradient = inner.grad();
        assertThrows(IllegalStateException.class, gradient::item, "it ended with its leaf");
    }

    @Test
    void aLeafMadeInAnOuterScopeHasItsGradientThere() {
        try (var _ = Scope.open()) {
            var x = leaf(2, 3);
            try (var _ = Scope.open()) {
                x.square().sum().backward();
            }
            values(x.grad(), 4, 6);
        }
    }

    @Test
    void onlyLeavesOfFractionsCanBeAskedForAGradient() {
        message(IllegalArgumentException.class, () -> Tensor.of(new long[]{1}).requiresGrad(true), "requiresGrad: ",
                "INT64");
        var y = leaf(1).mul(2);
        assertFalse(y.isLeaf());
        assertTrue(y.requiresGrad());
        message(IllegalStateException.class, () -> y.requiresGrad(false), "requiresGrad: ", "mul", "detach()");
        assertNull(y.grad());
        y.backward();
        assertNull(y.grad(), "results have none");
        var frozen = leaf(3);
        frozen.requiresGrad(false);
        assertFalse(frozen.mul(2).requiresGrad());
    }

    @Test
    void aLeafThatIsFrozenBeforeBackwardGetsNone() {
        var x = leaf(3);
        var w = leaf(4);
        var loss = x.mul(w);
        w.requiresGrad(false);
        loss.backward();
        values(x.grad(), 4);
        assertNull(w.grad());
    }

    // ---- What is not recorded

    @Test
    void nothingIsRecordedUnderNoGrad() {
        var x = leaf(2);
        assertTrue(Autograd.isRecording());
        var outer = Autograd.noGrad();
        assertFalse(x.mul(2).requiresGrad());
        try (var _ = Autograd.noGrad()) {
            assertFalse(x.mul(2).requiresGrad());
        }
        assertFalse(Autograd.isRecording(), "the outer one goes on");
        assertTrue(CompletableFuture.supplyAsync(Autograd::isRecording).join(), "other threads are not concerned");
        var elsewhere = CompletableFuture.supplyAsync(() -> assertThrows(IllegalStateException.class, outer::close));
        assertTrue(elsewhere.join().getMessage().contains("thread"), elsewhere.join().getMessage());
        outer.close();
        outer.close();
        assertTrue(Autograd.isRecording(), "closing twice does nothing");
        assertTrue(x.mul(2).requiresGrad());
    }

    @Test
    void anExceptionInBackwardLeavesRecordingOn() {
        var loss = leaf(1).square();
        loss.backward();
        assertThrows(IllegalStateException.class, loss::backward);
        assertTrue(Autograd.isRecording());
        var x = leaf(3);
        x.square().backward();
        values(x.grad(), 6);
    }

    @Test
    void detachedTensorsShareElementsButNoHistory() {
        var x = leaf(2, 3);
        var y = x.mul(10);
        var cut = y.detach();
        assertFalse(cut.requiresGrad());
        assertTrue(cut.isLeaf());
        assertSame(y.storage(), cut.storage());
        y.mul(cut).sum().backward();
        values(x.grad(), 10 * 20, 10 * 30);
    }

    // ---- Graphs

    @Test
    void diamondsMeetBeforeTheyGoOn() {
        var x = leaf(3);
        var y = x.square();
        var left = y.mul(2);
        var right = y.exp().log();
        left.mul(right).add(left).add(y).sum().backward(); // 2y² + 2y + y with y = x²
        values(x.grad(), (4 * 9 + 3) * 6);
    }

    @Test
    void partsOfOneTensorAddUpInIt() {
        var x = leaf(1, 2, 3, 4);
        var y = x.mul(1);
        y.narrow(0, 0, 3).mul(10).sum().add(y.narrow(0, 1, 3).sum()).add(y.select(0, 3)).backward();
        values(x.grad(), 10, 11, 11, 2);
    }

    @Test
    void branchesThatLeadNowhereAreNotWalked() {
        var x = leaf(2);
        var unused = x.log();
        var y = x.square();
        y.mul(3).exp();
        y.sum().backward();
        values(x.grad(), 4);
        unused.backward();
        values(x.grad(), 4.5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1 << 20, 128 << 10})
    void aChainOfAHundredThousandOperationsNeedsNoDeepStack(long stackBytes) throws InterruptedException {
        var x = leaf(2, 3);
        Runnable step = () -> {
            try (var _ = Scope.open()) {
                var y = x;
                for (int i = 0; i < 100_000; i++) {
                    y = i % 2 == 0 ? y.neg() : y.add(x);
                }
                y.sum().backward();
            }
        };
        x.neg().add(x).sum().backward(); // loads classes, for which a small stack does not suffice
        x.zeroGrad();
        var failure = new Throwable[1];
        var thread = new Thread(null, step, "stack of " + stackBytes, stackBytes);
        thread.setUncaughtExceptionHandler((_, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertNull(failure[0]);
        values(x.grad(), 1, 1); // x, -x, 0, -0, x and so on
    }

    // ---- Numbers that are none

    @Test
    void notNumbersAndInfinitiesReachTheLeaves() {
        var x = leaf(Double.NaN, Double.POSITIVE_INFINITY, 1);
        x.square().sum().backward();
        values(x.grad(), Double.NaN, Double.POSITIVE_INFINITY, 2);
        var y = leaf(1, 2);
        y.mul(Tensor.of(new double[]{Double.NaN, 1})).sum().backward();
        values(y.grad(), Double.NaN, 1);
        var zero = leaf(0, 4);
        zero.sqrt().sum().backward();
        values(zero.grad(), Double.POSITIVE_INFINITY, 0.25);
    }

    private static Tensor leaf(double... values) {
        return Tensor.of(values).requiresGrad(true);
    }

    private static void values(Tensor actual, double... expected) {
        assertEquals(DType.FLOAT64, actual.dtype());
        assertArrayEquals(expected, actual.toDoubleArray(), 1e-12);
    }

    private static void message(Class<? extends Exception> type, Executable call, String beginning, String... facts) {
        var message = assertThrows(type, call).getMessage();
        assertTrue(message.startsWith(beginning), message);
        for (var fact : facts) {
            assertTrue(message.contains(fact), () -> "'" + fact + "' in: " + message);
        }
    }

    @Test
    void aBackwardThatFailsLeavesNoGradientBehind() {
        try (var _ = Scope.open()) {
            var leaf = Tensor.ones(3).requiresGrad(true);
            leaf.mul(2).sum().backward();
            leaf.zeroGrad();
            var result = Tensor.ones(3);
            var failing = new Op("failing") {
                @Override
                public int keeps() {
                    return NOTHING;
                }

                @Override
                public void backward(Gradients flow) {
                    flow.into(0);
                    throw new IllegalStateException("on purpose");
                }
            };
            Autograd.record(failing, result, leaf);
            assertThrows(IllegalStateException.class, result.sum()::backward);
            assertNull(leaf.grad());
        }
    }
}
