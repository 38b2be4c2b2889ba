package io.chagres.nn;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A network or a part of one, as {@code torch.nn.Module}: parameters, buffers and further modules, each under a name, and a
 * forward computation.
 *
 * <pre>{@code
 * class Net extends Module {
 *     final Linear fc1 = module("fc1", new Linear(784, 128)), fc2 = module("fc2", new Linear(128, 10));
 *
 *     public Tensor forward(Tensor x) {
 *         return fc2.forward(fc1.forward(x).relu());
 *     }
 * }
 * }</pre>
 *
 * Parameters and buffers live until the module is closed; closing it closes all modules in it. A module that is being built draws its
 * first weights from the thread's {@linkplain Generator#current() default generator}.
 */
public abstract class Module implements AutoCloseable {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> buffers = new LinkedHashMap<>();
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private boolean training = true;

    /** A module without parameters; subclasses add theirs. */
    protected Module() {
    }

    /**
     * The computation, for modules of one input.
     *
     * @throws UnsupportedOperationException if the module has a forward of another form
     */
    public Tensor forward(Tensor x) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no forward(Tensor)");
    }

    /** Adds a module under a name, which parameter names begin with; returns it. */
    protected final <M extends Module> M module(String name, M module) {
        requireFree(name);
        modules.put(name, Objects.requireNonNull(module, () -> getClass().getSimpleName() + ": module " + name));
        return module;
    }

    /** Makes a float32 parameter under a name. */
    protected final Tensor parameter(String name, Init init, long... dims) {
        requireFree(name);
        var tensor = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(dims), name);
        try {
            init.fill(tensor, Generator.current());
        } catch (RuntimeException e) {
            tensor.close();
            throw e;
        }
        parameters.put(name, tensor.requiresGrad(true));
        return tensor;
    }

    /**
     * Makes a tensor of one value that is saved and loaded with the parameters but not trained, as
     * {@code register_buffer}; such as a running mean.
     */
    protected final Tensor buffer(String name, DType dtype, double value, long... dims) {
        requireFree(name);
        var tensor = Tensor.owned(Owner.PARAMETERS, dtype, Shape.of(dims), name);
        tensor.fill(value);
        buffers.put(name, tensor);
        return tensor;
    }

    private void requireFree(String name) {
        if (name.isEmpty() || name.contains(".") || parameters.containsKey(name) || buffers.containsKey(name)
                || modules.containsKey(name)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": the name '" + name
                    + "' is taken, empty or has a dot; each part needs a name of its own");
        }
    }

    /**
     * All parameters, this module's own first, then those of its modules in the order in which they were added. One that has
     * several names, because a module is used twice, is there once.
     */
    public final List<Tensor> parameters() {
        return List.copyOf(namedParameters().values());
    }

    /** {@link #parameters()} by names such as {@code fc1.weight}. */
    public final Map<String, Tensor> namedParameters() {
        return once(true, false);
    }

    /** What is saved but not trained, such as running means; by names and in an order as {@link #namedParameters()}. */
    public final Map<String, Tensor> namedBuffers() {
        return once(false, true);
    }

    private Map<String, Tensor> once(boolean withParameters, boolean withBuffers) {
        var all = new LinkedHashMap<String, Tensor>();
        collect("", withParameters, withBuffers, all);
        var seen = new HashSet<Tensor>();
        all.values().removeIf(tensor -> !seen.add(tensor));
        return Collections.unmodifiableMap(all);
    }

    private void collect(String prefix, boolean withParameters, boolean withBuffers, Map<String, Tensor> into) {
        if (withParameters) {
            parameters.forEach((name, tensor) -> into.put(prefix + name, tensor));
        }
        if (withBuffers) {
            buffers.forEach((name, tensor) -> into.put(prefix + name, tensor));
        }
        modules.forEach((name, module) -> module.collect(prefix + name + ".", withParameters, withBuffers, into));
    }

    /** The modules directly in this one, by name. */
    public final Map<String, Module> modules() {
        return Collections.unmodifiableMap(modules);
    }

    /**
     * What there is to save, parameters and buffers, by every name it has, as {@code state_dict()}: the tensors themselves,
     * not copies.
     */
    public final Map<String, Tensor> stateDict() {
        var all = new LinkedHashMap<String, Tensor>();
        collect("", true, true, all);
        return Collections.unmodifiableMap(all);
    }

    /**
     * Copies tensors of the same names, shapes and types into this module. All are checked before any is written.
     *
     * @throws IllegalArgumentException if a name is missing or unknown, or a shape or type differs
     * @throws IllegalStateException if a tensor was closed
     */
    public final void loadStateDict(Map<String, Tensor> state) {
        var own = stateDict();
        var problems = new ArrayList<String>();
        own.forEach((name, tensor) -> {
            var given = state.get(name);
            if (given == null) {
                problems.add(name + " is missing");
            } else if (!given.shape().equals(tensor.shape()) || given.dtype() != tensor.dtype()) {
                problems.add(name + " is " + given.dtype() + " " + given.shape() + ", not " + tensor.dtype() + " "
                        + tensor.shape());
            }
        });
        state.keySet().stream().filter(name -> !own.containsKey(name))
                .forEach(name -> problems.add(name + " is unknown"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "loadStateDict: the state does not fit " + getClass().getSimpleName() + ": "
                            + String.join("; ", problems));
        }
        own.forEach((name, tensor) -> {
            var given = state.get(name).storage();
            Storage.acquire("loadStateDict " + name, tensor.storage(), given, null, null);
            Storage.release(tensor.storage(), given, null, null);
        });
        try (var _ = Autograd.noGrad()) {
            own.forEach((name, tensor) -> tensor.copyFrom(state.get(name)));
        }
    }

    /** Forgets the gradients of all parameters. */
    public final void zeroGrad() {
        parameters.values().forEach(Tensor::zeroGrad);
        modules.values().forEach(Module::zeroGrad);
    }

    /** Tells this module, and all in it, that it is being trained. */
    public final void train() {
        setTraining(true);
    }

    /** Tells this module, and all in it, that it is being used. */
    public final void eval() {
        setTraining(false);
    }

    private void setTraining(boolean on) {
        training = on;
        modules.values().forEach(module -> module.setTraining(on));
    }

    /** Whether it is being trained; so it begins. */
    public final boolean isTraining() {
        return training;
    }

    /** Frees all parameters with their gradients, all buffers, and what optimizers keep about them. Closing twice does nothing. */
    @Override
    public void close() {
        parameters.values().forEach(Tensor::close);
        buffers.values().forEach(Tensor::close);
        modules.values().forEach(Module::close);
    }

    /** What stands in parentheses after the name; nothing unless a subclass says so. */
    protected String describe() {
        return "";
    }

    /** The tree of modules, as PyTorch prints it. */
    @Override
    public final String toString() {
        var text = new StringBuilder(getClass().getSimpleName()).append('(').append(describe());
        modules.forEach((name, module) -> text.append("\n  (").append(name).append("): ")
                .append(module.toString().replace("\n", "\n  ")));
        return text.append(modules.isEmpty() ? ")" : "\n)").toString();
    }
}
