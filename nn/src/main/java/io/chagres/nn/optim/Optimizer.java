package io.chagres.nn.optim;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * Changes parameters by their gradients. One step is one pass over all parameters, gradients and state, cut into equal parts
 * for the threads; a parameter without a gradient is left alone.
 * <p>
 * State is freed when the optimizer or the parameter that it is about is closed.
 */
public abstract class Optimizer implements AutoCloseable {
    /** From how many elements on a pass is cut into parts; {@code AdamBench} measures whether that pays. */
    private static final long WORTH_A_THREAD = 1 << 14;
    private static final long GRAIN = 64;

    private final Tensor[] parameters;
    private final Storage[] heldGradients;
    private final Part pass = this::updatePart;
    private final List<Tensor[]> states = new ArrayList<>();
    private double learningRate;
    private boolean closed;

    /**
     * @param parameters float32 tensors that require gradients
     * @throws IllegalArgumentException if there are none, one is unfit or there twice, or the learning rate is negative or not
     *         finite
     */
    protected Optimizer(List<Tensor> parameters, double learningRate) {
        this.parameters = parameters.toArray(Tensor[]::new);
        this.heldGradients = new Storage[this.parameters.length];
        if (this.parameters.length == 0) {
            throw new IllegalArgumentException(name() + ": no parameters; was net.parameters() passed?");
        }
        var seen = new HashSet<Tensor>();
        for (var parameter : this.parameters) {
            if (!seen.add(Objects.requireNonNull(parameter, () -> name() + ": a parameter is null"))) {
                throw new IllegalArgumentException(
                        name() + ": parameter " + parameter.shape()
                                + " is there twice, and would be changed twice a step");
            }
            if (!parameter.requiresGrad() || !parameter.isLeaf() || parameter.dtype() != DType.FLOAT32
                    || !parameter.isContiguous()) {
                throw new IllegalArgumentException(name() + ": " + parameter.dtype() + " " + parameter.shape()
                        + " is no parameter: a contiguous FLOAT32 leaf that requires a gradient is needed");
            }
        }
        learningRate(learningRate);
    }

    /** How many parameters there are. */
    final int size() {
        return parameters.length;
    }

    /** The rule's name, for messages. */
    final String name() {
        return getClass().getSimpleName();
    }

    /** The learning rate of the next step. */
    public final double learningRate() {
        return learningRate;
    }

    /** Sets the learning rate from the next step on; not negative. */
    public final void learningRate(double rate) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name() + ": learning rate " + rate + "; it is finite and not negative");
        }
        learningRate = rate;
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        for (var parameter : parameters) {
            parameter.zeroGrad();
        }
    }

    /**
     * Changes all parameters by their gradients.
     *
     * @throws IllegalStateException if this optimizer or a parameter was closed
     */
    public final void step() {
        if (closed) {
            throw new IllegalStateException(name() + ": step after close");
        }
        int acquired = 0;
        try {
            for (; acquired < parameters.length; acquired++) {
                acquire(acquired);
            }
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i].grad() != null) {
                    prepare(i);
                }
            }
            Team.parallel((int) Math.min(Integer.MAX_VALUE, elements() / WORTH_A_THREAD), pass);
        } finally {
            while (--acquired >= 0) {
                release(acquired);
            }
        }
        for (var parameter : parameters) {
            if (parameter.grad() != null) {
                parameter.storage().changed();
            }
        }
    }

    private void acquire(int index) {
        var gradient = parameters[index].grad();
        var held = gradient == null ? null : gradient.storage();
        Storage.acquire(name(), parameters[index].storage(), held, stateStorage(0, index), stateStorage(1, index));
        heldGradients[index] = held;
    }

    private void release(int index) {
        Storage.release(parameters[index].storage(), heldGradients[index], stateStorage(0, index),
                stateStorage(1, index));
        heldGradients[index] = null;
    }

    private Storage stateStorage(int kind, int index) {
        return kind < states.size() ? states.get(kind)[index].storage() : null;
    }

    private long elements() {
        long sum = 0;
        for (var parameter : parameters) {
            if (parameter.grad() != null) {
                sum += parameter.numel();
            }
        }
        return sum;
    }

    /** Updates one of so many equal parts of all elements. */
    private void updatePart(int part, int parts) {
        long total = elements();
        long from = Part.start(part, parts, total, GRAIN);
        long to = Part.start(part + 1, parts, total, GRAIN);
        long start = 0;
        for (int i = 0; i < parameters.length && start < to; i++) {
            if (parameters[i].grad() != null) {
                long end = start + parameters[i].numel();
                long first = Math.max(from, start);
                long last = Math.min(to, end);
                if (first < last) {
                    update(i, parameters[i], parameters[i].grad(), first - start, last - first);
                }
                start = end;
            }
        }
    }

    /** Called before the pass for each parameter that has a gradient. */
    abstract void prepare(int index);

    /** Updates a range of one parameter's elements; called on several threads at once, for ranges that do not overlap. */
    abstract void update(int index, Tensor parameter, Tensor gradient, long from, long count);

    /** A zeroed tensor for each parameter, of its shape; at most two kinds. */
    final Tensor[] makeState(String kind) {
        var state = new Tensor[parameters.length];
        for (int i = 0; i < state.length; i++) {
            state[i] = Tensor.collected(Owner.OPTIMIZER_STATE, DType.FLOAT32, parameters[i].shape(),
                    name() + " " + kind);
            parameters[i].closeAlong(state[i]);
        }
        states.add(state);
        return state;
    }

    /** Frees the state; parameters and gradients stay. Closing twice does nothing; a step after it throws. */
    @Override
    public void close() {
        closed = true;
        for (var state : states) {
            for (var tensor : state) {
                tensor.close();
            }
        }
    }
}
