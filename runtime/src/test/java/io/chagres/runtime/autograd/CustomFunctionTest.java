package io.chagres.runtime.autograd;

import static io.chagres.runtime.autograd.Numbers.leaf;
import static io.chagres.runtime.autograd.Numbers.message;
import static io.chagres.runtime.autograd.Numbers.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CustomFunctionTest {
    private static final class Swish extends CustomFunction {
        @Override
        protected Tensor forward(Context context, Tensor... in) {
            context.save(in[0]);
            context.put("note", "kept");
            return in[0].mul(in[0].sigmoid());
        }

        @Override
        protected Tensor[] backward(Context context, Tensor gradOutput) {
            assertEquals("kept", context.get("note", String.class));
            var x = context.saved(0);
            var s = x.sigmoid();
            return new Tensor[]{gradOutput.mul(s.add(x.mul(s).mul(s.neg().add(1))))};
        }
    }

    @Test
    void itHasTheGradientsThatWereWritten() {
        GradCheck.assertGradients(in -> new Swish().apply(in[0]), leaf(-1, 0.5, 2));
        GradCheck.assertSecondGradients(in -> new Swish().apply(in[0].mul(2)), leaf(-1, 0.5, 2));
    }

    @Test
    void aSavedTensorMustNotBeChanged() {
        var x = leaf(1, 2).mul(1);
        var y = new Swish().apply(x);
        x.detach().fill(3);
        message(IllegalStateException.class, y.sum()::backward, "backward: the saved tensor 0 [2] of Swish");
    }

    private static CustomFunction of(Function<Tensor[], Tensor> forward, Function<Tensor, Tensor[]> backward) {
        return new CustomFunction("mine") {
            @Override
            protected Tensor forward(Context context, Tensor... in) {
                return forward.apply(in);
            }

            @Override
            protected Tensor[] backward(Context context, Tensor gradOutput) {
                return backward.apply(gradOutput);
            }
        };
    }

    @Test
    void mistakesAreNamed() {
        var x = leaf(1, 2);
        var tooFew = of(in -> in[0].mul(in[1]), g -> new Tensor[]{g});
        message(IllegalStateException.class, () -> tooFew.apply(x, x).sum().backward(), "backward: mine returned 1",
                "2");
        var misshapen = of(in -> in[0].mul(2), g -> new Tensor[]{g.sum()});
        message(IllegalStateException.class, () -> misshapen.apply(x).sum().backward(), "backward: mine gave", "[]",
                "[2]");
        message(NullPointerException.class, () -> misshapen.apply((Tensor) null), "mine: operand 0 is null");
        message(NullPointerException.class, () -> of(in -> null, g -> null).apply(x), "mine: forward returned null");
        assertNull(x.grad());
    }

    @Test
    void anOperandIsCopiedRatherThanReturned() {
        var x = leaf(1, 2);
        var y = of(in -> in[0], g -> new Tensor[]{g.mul(5)}).apply(x);
        assertNotSame(x, y);
        y.sum().backward();
        values(x.grad(), 5, 5);
    }

    // ---- Checkpoints

    private static Tensor deep(Tensor x, Tensor w) {
        var y = x;
        for (int i = 0; i < 5; i++) {
            y = y.mul(w).tanh().add(x);
        }
        return y;
    }

    @Test
    void aCheckpointGivesTheSameGradients() {
        var x = leaf(0.5, -1);
        var w = leaf(0.3, 0.7);
        try (var _ = Scope.open()) {
            deep(x.mul(2), w).square().sum().backward();
        }
        double[] dx = x.grad().toDoubleArray();
        double[] dw = w.grad().toDoubleArray();
        x.zeroGrad();
        w.zeroGrad();
        try (var _ = Scope.open()) {
            // one leaf as an operand, the other inside
            Checkpoint.checkpoint(in -> deep(in[0], w), x.mul(2)).square().sum().backward();
        }
        values(x.grad(), dx);
        values(w.grad(), dw);
        try (var _ = Scope.open()) {
            var loss = Checkpoint.checkpoint(in -> deep(in[0], w), x.mul(2)).square().sum();
            var found = Autograd.grad(List.of(loss), List.of(w, x), null, false, false, false);
            values(found.get(0), dw);
            values(found.get(1), dx);
        }
        values(w.grad(), dw);
    }

    @Test
    void checkpointsNestAndNeedNoScope() {
        var x = leaf(0.5, -1);
        deep(deep(x, x), x).sum().backward();
        double[] expected = x.grad().toDoubleArray();
        x.zeroGrad();
        Checkpoint.checkpoint(in -> {
            var inner = Checkpoint.checkpoint(again -> deep(again[0], again[0]), in[0]);
            return deep(inner, in[0]);
        }, x).sum().backward();
        values(x.grad(), expected);
    }

    @Test
    void aCheckpointDrawsTheSameNumbersAgain() {
        Generator.seed(5);
        var x = Tensor.full(DType.FLOAT32, 1, 100).requiresGrad(true);
        var y = Checkpoint.checkpoint(in -> in[0].mul(Tensor.rand(Generator.current(), 100)), x);
        float next = Generator.current().nextFloat();
        y.sum().backward();
        org.junit.jupiter.api.Assertions.assertArrayEquals(y.toFloatArray(), x.grad().toFloatArray());
        Generator.seed(5);
        Tensor.rand(Generator.current(), 100);
        assertEquals(next, Generator.current().nextFloat(), "and leaves the generator where it was");
    }

    @Test
    void aCheckpointKeepsNothingButItsOperands() {
        var x = Tensor.full(DType.FLOAT32, 0.1, 1 << 16).requiresGrad(true);
        long plain;
        try (var scope = Scope.open()) {
            deep(x, x);
            plain = scope.bytes();
        }
        try (var scope = Scope.open()) {
            var y = Checkpoint.checkpoint(in -> deep(in[0], in[0]), x).sum();
            long kept = scope.bytes();
            org.junit.jupiter.api.Assertions.assertTrue(kept < plain / 4, kept + " of " + plain);
            y.backward();
            org.junit.jupiter.api.Assertions.assertTrue(scope.bytes() < plain / 2, scope.bytes() + " of " + plain);
        }
        assertThrows(NullPointerException.class, () -> Checkpoint.checkpoint(in -> in[0], (Tensor) null));
    }
}
