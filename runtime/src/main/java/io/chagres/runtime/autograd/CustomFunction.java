package io.chagres.runtime.autograd;

import io.chagres.runtime.op.Op;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A function whose gradient is written by hand, as {@code torch.autograd.Function}:
 *
 * <pre>{@code
 * final class Swish extends CustomFunction {
 *     protected Tensor forward(Context context, Tensor... in) {
 *         context.save(in[0]);
 *         return in[0].mul(in[0].sigmoid());
 *     }
 *
 *     protected Tensor[] backward(Context context, Tensor gradOutput) {
 *         var x = context.saved(0);
 *         var s = x.sigmoid();
 *         return new Tensor[]{gradOutput.mul(s.add(x.mul(s).mul(s.neg().add(1))))};
 *     }
 * }
 *
 * var y = new Swish().apply(x);
 * }</pre>
 *
 * Forward is not recorded. Backward is recorded when gradients of gradients are asked for; it then has to consist of operations
 * that are, on saved tensors, which have their histories. {@link GradCheck} tells whether it is right.
 */
public abstract class CustomFunction {
    private final String name;

    /** A function that messages call by the simple name of its class. */
    protected CustomFunction() {
        String simple = getClass().getSimpleName();
        name = simple.isEmpty() ? "customFunction" : simple;
    }

    /** A function of that name, which messages use. */
    protected CustomFunction(String name) {
        this.name = Objects.requireNonNull(name, "customFunction: the name is null");
    }

    /**
     * Computes the result.
     *
     * @param context keeps what backward needs
     * @param inputs the operands of {@link #apply}
     * @return a new tensor; an operand or a view of one is copied
     */
    protected abstract Tensor forward(Context context, Tensor... inputs);

    /**
     * Computes the gradients of the operands.
     *
     * @param gradOutput the gradient of the result, of its shape; not to be written to
     * @return one for each operand, of its shape and type; null where there is none, or where
     *         {@link Context#wants(int)} says that nobody wants it
     */
    protected abstract Tensor[] backward(Context context, Tensor gradOutput);

    /**
     * The result of operands, recorded.
     *
     * @throws NullPointerException if an operand or the result is null
     */
    public final Tensor apply(Tensor... inputs) {
        for (int i = 0; i < inputs.length; i++) {
            Objects.requireNonNull(inputs[i], name + ": operand " + i + " is null");
        }
        var context = new Context();
        Tensor output;
        try (var _ = Autograd.noGrad()) {
            output = Objects.requireNonNull(forward(context, inputs), name + ": forward returned null");
            for (var input : inputs) {
                if (output.storage() == input.storage()) {
                    output = output.clone();
                }
            }
        }
        var op = new Application(context);
        Autograd.record(op, output, inputs);
        context.remember();
        return output;
    }

    /** What is kept from forward to backward. */
    public static final class Context {
        private final List<Tensor> saved = new ArrayList<>(2);
        private final Map<String, Object> values = new HashMap<>();
        private int[] versions = {};
        private Gradients flow;

        private Context() {
        }

        /** Keeps tensors, which must not be changed in place until backward; for {@link #saved}, in this order. */
        public void save(Tensor... tensors) {
            for (var tensor : tensors) {
                saved.add(Objects.requireNonNull(tensor, "customFunction: a tensor to save is null"));
            }
        }

        /**
         * A tensor that was saved.
         *
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public Tensor saved(int index) {
            return saved.get(Objects.checkIndex(index, saved.size()));
        }

        /** Keeps anything else under a name. */
        public void put(String key, Object value) {
            values.put(key, value);
        }

        /** What was kept under a name; null if nothing was. */
        public <T> T get(String key, Class<T> type) {
            return type.cast(values.get(key));
        }

        /** In backward: whether the gradient of an operand is of use to anybody. */
        public boolean wants(int index) {
            return flow == null || flow.wants(index);
        }

        private void remember() {
            versions = saved.stream().mapToInt(tensor -> tensor.storage().version()).toArray();
        }

        private void checkUnchanged(String name) {
            for (int i = 0; i < versions.length; i++) {
                if (saved.get(i).storage().version() != versions[i]) {
                    throw new IllegalStateException("backward: the saved tensor " + i + " " + saved.get(i).shape()
                            + " of " + name + " was changed in place after " + name
                            + " was computed; change it after backward(), or save a copy");
                }
            }
        }
    }

    private final class Application extends Op {
        private final Context context;

        Application(Context context) {
            super(CustomFunction.this.name);
            this.context = context;
        }

        @Override
        public int keeps() {
            return NOTHING; // the context looks after what it keeps
        }

        @Override
        public void backward(Gradients flow) {
            context.checkUnchanged(name());
            context.flow = flow;
            Tensor[] gradients;
            try {
                gradients = CustomFunction.this.backward(context, flow.gradOutput());
            } finally {
                context.flow = null;
            }
            int count = gradients == null ? 0 : gradients.length;
            if (count != flow.inputCount()) {
                throw new IllegalStateException("backward: " + name() + " returned " + count + " gradients for "
                        + flow.inputCount() + " operands; return one for each, null for none");
            }
            for (int i = 0; i < count; i++) {
                if (gradients[i] != null && flow.wants(i)) {
                    flow.give(i, gradients[i]);
                }
            }
        }

        @Override
        public void recordedBackward(Gradients flow) {
            backward(flow);
        }
    }
}
