package io.chagres.runtime.autograd;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Op;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.Objects;
import java.util.function.Function;

/**
 * Memory for time: a part of a network that keeps nothing but its operands, and is computed anew when its gradients are asked
 * for (Chen et al., 2016), as {@code torch.utils.checkpoint}. What is computed in between lives in a scope of its own, forward
 * and backward, and is gone afterwards. The thread's generator starts from the same position both times, so that dropout drops
 * the same.
 */
public final class Checkpoint {
    private Checkpoint() {
    }

    /**
     * The result of a function, whose inner results are not kept.
     *
     * @param function computes a tensor; it is called twice and must do the same both times. Leaves that it uses besides its
     *        operands, such as parameters, get their gradients too
     * @param inputs its operands
     * @return a copy of its result
     */
    public static Tensor checkpoint(Function<Tensor[], Tensor> function, Tensor... inputs) {
        for (int i = 0; i < inputs.length; i++) {
            Objects.requireNonNull(inputs[i], "checkpoint: operand " + i + " is null");
        }
        if (!Autograd.isRecording()) {
            return function.apply(inputs);
        }
        long position = Generator.current().position();
        Tensor output;
        try (var _ = Autograd.noGrad()) {
            output = inPassing(() -> new Tensor[]{function.apply(inputs).clone()})[0];
        }
        return Autograd.recordAlways(new Again(function, position), output, inputs);
    }

    private interface Work {
        Tensor[] run();
    }

    /** Runs in a scope of its own, which results are moved out of; they are contiguous or null. */
    private static Tensor[] inPassing(Work work) {
        var around = Scope.current();
        if (around == null) {
            return work.run();
        }
        try (var _ = Scope.open()) {
            var results = work.run();
            for (var result : results) {
                if (result != null) {
                    result.moveTo(around);
                }
            }
            return results;
        }
    }

    private static final class Again extends Op {
        private final Function<Tensor[], Tensor> function;
        private final long position;

        Again(Function<Tensor[], Tensor> function, long position) {
            super("checkpoint");
            this.function = function;
            this.position = position;
        }

        @Override
        public int keeps() {
            return -1 & ~OUTPUT;
        }

        @Override
        public boolean reachesLeavesUnseen() {
            return true;
        }

        @Override
        public void backward(Gradients flow) {
            var generator = Generator.current();
            long now = generator.position();
            generator.position(position);
            Tensor[] gradients;
            try {
                gradients = inPassing(() -> walk(flow));
            } finally {
                generator.position(now);
            }
            for (int i = 0; i < gradients.length; i++) {
                if (gradients[i] != null) {
                    flow.give(i, gradients[i]);
                }
            }
        }

        private Tensor[] walk(Gradients flow) {
            var again = new Tensor[flow.inputCount()];
            for (int i = 0; i < again.length; i++) {
                again[i] = flow.input(i).detach().requiresGrad(flow.wants(i));
            }
            Tensor output;
            var engine = Engine.mine();
            int pauses = engine.pauses;
            engine.pauses = 0;
            try {
                output = function.apply(again);
            } finally {
                engine.pauses = pauses;
            }
            return flow.continueFrom(output, flow.gradOutput(), again);
        }
    }
}
