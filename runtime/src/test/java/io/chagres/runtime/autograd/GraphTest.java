package io.chagres.runtime.autograd;

import static io.chagres.runtime.autograd.Numbers.leaf;
import static io.chagres.runtime.autograd.Numbers.message;
import static io.chagres.runtime.autograd.Numbers.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Op;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graphs that are walked more than once, in part, and with others looking. */
class GraphTest {
    // ---- Again and again

    @Test
    void aRetainedGraphIsWalkedAgain() {
        var x = leaf(2, 3);
        var loss = x.square().sum();
        loss.backward(null, true, false);
        loss.backward(null, true, false);
        values(x.grad(), 8, 12);
        loss.backward();
        values(x.grad(), 12, 18);
        message(IllegalStateException.class, loss::backward, "backward: ", "retainGraph");
    }

    @Test
    void severalRootsInOneWalk() {
        var x = leaf(2, 3);
        var shared = x.square();
        Autograd.backward(List.of(shared.sum(), shared.mul(10)),
                java.util.Arrays.asList(null, Tensor.of(new double[]{1, 2})),
                false, false);
        values(x.grad(), 4 + 40, 6 + 120);
        message(IllegalArgumentException.class,
                () -> Autograd.backward(List.of(x.sum()), List.of(), false, false), "backward: ", "0 gradients");
    }

    // ---- Gradients of certain tensors

    @Test
    void gradOfLeavesAndResultsTouchesNoLeaf() {
        var x = leaf(2, 3);
        var w = leaf(5, 7);
        var y = x.mul(w);
        var z = y.square().sum();
        var found = Autograd.grad(List.of(z), List.of(x, y), null, true, false, false);
        values(found.get(0), 2 * 10 * 5, 2 * 21 * 7);
        values(found.get(1), 20, 42);
        assertNull(x.grad());
        assertNull(w.grad());
        values(Autograd.grad(z, w).getFirst(), 2 * 10 * 2, 2 * 21 * 3);
        message(IllegalStateException.class, () -> Autograd.grad(z, w), "backward: ", "walked back already");
    }

    @Test
    void anInputThatIsNotUsedIsAnErrorUnlessAllowed() {
        var x = leaf(2);
        var other = leaf(3);
        var loss = x.square();
        message(IllegalStateException.class,
                () -> Autograd.grad(List.of(loss), List.of(other), null, true, false, false),
                "grad: ", "input 0", "allowUnused");
        var found = Autograd.grad(List.of(loss), List.of(other, x), null, false, false, true);
        assertNull(found.get(0));
        values(found.get(1), 4);
        message(IllegalArgumentException.class, () -> Autograd.grad(leaf(1).mul(2), Tensor.of(new double[]{1})),
                "grad: ",
                "requires no gradient");
    }

    @Test
    void partsThatLeadElsewhereAreNotComputed() {
        var x = leaf(2);
        var w = leaf(3);
        var seen = new ArrayList<String>();
        var away = w.exp();
        away.registerHook(g -> {
            seen.add("away");
            return null;
        });
        var towards = x.square();
        towards.registerHook(g -> {
            seen.add("towards");
            return null;
        });
        var z = away.mul(towards);
        try (var profile = Profile.start()) {
            Autograd.grad(z, x);
            assertTrue(profile.entries().stream().noneMatch(entry -> entry.name().equals("exp")));
        }
        assertEquals(List.of("towards"), seen);
    }

    @Test
    void theOutputItselfCanBeAnInput() {
        var x = leaf(2);
        var y = x.square();
        values(Autograd.grad(List.of(y), List.of(y, x), null, false, false, false).getFirst(), 1);
        values(Autograd.grad(x, x).getFirst(), 1);
    }

    @Test
    void underNoGradTheWalkIsStillPossible() {
        var x = leaf(2);
        var y = x.square();
        try (var _ = Autograd.noGrad()) {
            y.backward();
        }
        values(x.grad(), 4);
    }

    // ---- Gradients of gradients

    @Test
    void derivativesOfHigherOrder() {
        var x = leaf(2);
        var y = x.mul(x).mul(x).mul(x).sum(); // x⁴
        double[] expected = {32, 48, 48, 24};
        for (double derivative : expected) {
            y = Autograd.grad(List.of(y), List.of(x), null, true, true, false).getFirst();
            values(y, derivative);
            y = y.sum();
        }
    }

    @Test
    void gradientsOfLeavesCarryTheirHistory() {
        var x = leaf(2, 3);
        x.mul(x).mul(x).sum().backward(null, false, true);
        values(x.grad(), 12, 27);
        assertTrue(x.grad().requiresGrad());
        var penalty = x.grad().square().sum();
        var first = x.grad();
        var second = Autograd.grad(penalty, x).getFirst();
        values(second, 2 * 12 * 12, 2 * 27 * 18); // 2 g · 6x
        x.zeroGrad();
        x.sum().backward();
        assertSame(first, x.grad());
        assertFalse(x.grad().requiresGrad());
        values(x.grad(), 1, 1);
    }

    /** A gradient penalty, as in training against each other: the norm of an input's gradient is part of the loss. */
    @Test
    void gradientPenalty() {
        var x = Tensor.of(new double[]{0.5, -1, 2, 0.3, 1, -0.7}, 2, 3).requiresGrad(true);
        var w = Tensor.of(new double[]{0.1, 0.4, -0.3, 0.8, 0.2, 0.5}, 2, 3).requiresGrad(true);
        var b = leaf(0.1, -0.2);
        GradCheck.assertGradients(in -> {
            var y = Affine.linear(in[0], in[1], in[2]).tanh().softmax(1).log().sum();
            var g = Autograd.grad(List.of(y), List.of(in[0]), null, true, true, false).getFirst();
            return y.add(g.square().sum().sub(1).square());
        }, x, w, b);
    }

    @Test
    void anOperationWithoutSecondDerivativeSaysSo() {
        var x = leaf(1, 2);
        var y = Autograd.record(new Op("once") {
            @Override
            public int keeps() {
                return NOTHING;
            }

            @Override
            public void backward(Gradients flow) {
                flow.give(0, flow.gradOutput().mul(3));
            }
        }, x.detach().mul(3), x).sum();
        message(UnsupportedOperationException.class, () -> y.backward(null, true, true), "once", "second");
        y.backward();
        assertEquals(6, x.grad().sum().item());
    }

    // ---- Hooks

    @Test
    void hooksSeeAndReplaceGradients() {
        var x = leaf(1, 2);
        var y = x.mul(3);
        var seen = new ArrayList<double[]>();
        y.registerHook(g -> {
            seen.add(g.toDoubleArray());
            return g.mul(10);
        });
        var gone = y.registerHook(g -> g.mul(1000));
        gone.close();
        gone.close();
        x.registerHook(g -> g.neg());
        y.square().sum().add(y.sum()).backward();
        assertEquals(1, seen.size(), "it sees the whole gradient, once");
        org.junit.jupiter.api.Assertions.assertArrayEquals(new double[]{7, 13}, seen.getFirst());
        values(x.grad(), -210, -390);
        x.sum().backward();
        values(x.grad(), -211, -391);
    }

    @Test
    void aHookMayNotChangeTheShape() {
        var x = leaf(1, 2);
        x.registerHook(Tensor::sum);
        message(IllegalStateException.class, x.mul(2).sum()::backward, "backward: a hook of ", "[2]", "[]");
        message(IllegalStateException.class, () -> Tensor.of(new double[]{1}).registerHook(g -> g), "registerHook: ");
    }

    @Test
    void resultsKeepTheirGradientIfTold() {
        var x = leaf(1, 2);
        var y = x.mul(3).retainGrad();
        y.square().sum().backward();
        values(y.grad(), 6, 12);
        values(x.grad(), 18, 36);
        assertSame(x, x.retainGrad());
        message(IllegalStateException.class, () -> Tensor.of(new double[]{1}).retainGrad(), "retainGrad: ");
    }

    // ---- Inference mode

    @Test
    void whatInferenceModeComputesIsNoConstantForTraining() {
        var w = leaf(2);
        Tensor served;
        try (var _ = Autograd.inferenceMode()) {
            assertFalse(Autograd.isRecording());
            served = w.square();
        }
        assertTrue(served.isInference());
        assertFalse(served.requiresGrad());
        values(served.mul(2), 8);
        message(IllegalStateException.class, () -> w.mul(served), "mul: ", "inference mode", "noGrad()");
        try (var _ = Autograd.noGrad()) {
            assertFalse(w.square().isInference());
        }
        values(w.mul(served.clone()), 8);
    }

    @Test
    void manyOperandsOfWhichSomeRequireGradients() {
        try (var _ = Scope.open()) {
            var op = io.chagres.runtime.op.Op.composed("many", io.chagres.runtime.op.Op.NOTHING, flow -> {
                for (int i = 0; i < flow.inputCount(); i++) {
                    if (flow.wants(i)) {
                        flow.give(i, flow.gradOutput().mul(i));
                    }
                }
            });
            var inputs = new Tensor[70];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Tensor.of(new double[]{1}).requiresGrad(i % 3 == 0);
            }
            Autograd.record(op, Tensor.of(new double[]{5}), inputs).backward();
            for (int i = 0; i < inputs.length; i++) {
                if (i % 3 == 0) {
                    values(inputs[i].grad(), i);
                } else {
                    assertNull(inputs[i].grad());
                }
            }
        }
    }
}
