package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A layer on inputs of some shapes, in training or not. Parameters, statistics and inputs are functions of a seed. */
record LayerTrial(Supplier<Module> maker, BiFunction<Module, Tensor[], Tensor> call, boolean training,
        long[]... shapes) {
    private static final long SEED = 11;

    /** A layer of one input, on each of these shapes; in both modes if they differ. */
    static Stream<LayerTrial> of(Supplier<Module> maker, long[]... shapes) {
        return Arrays.stream(shapes).flatMap(shape -> Stream.of(true, false)
                .map(training -> new LayerTrial(maker, (layer, in) -> layer.forward(in[0]), training, shape)))
                .filter(trial -> trial.training || trial.make(LayerTrial::dependsOnMode));
    }

    /** Whether a layer, or one in it, does something else when it is trained. */
    static boolean dependsOnMode(Module layer) {
        return isRandom(layer) || layer instanceof ChannelNorm norm && norm.runningMean != null
                || layer.modules().values().stream().anyMatch(LayerTrial::dependsOnMode);
    }

    /** Whether a layer draws numbers in training. */
    static boolean isRandom(Module layer) {
        return layer instanceof DropoutLayer || layer instanceof RReLU;
    }

    /** What a layer tells that is made and closed for it. */
    <R> R make(Function<Module, R> ask) {
        try (var layer = maker.get()) {
            return ask.apply(layer);
        }
    }

    /** A layer ready to run, with what its gradients are wanted of. */
    final class Run implements AutoCloseable {
        final Module layer;
        final Tensor[] inputs;
        /** Inputs, then parameters. */
        final List<Tensor> leaves = new ArrayList<>();

        Run(DType dtype, boolean last, boolean train) {
            var generator = Generator.seed(SEED);
            layer = maker.get();
            if (!train) {
                layer.eval();
            }
            inputs = new Tensor[shapes.length];
            for (int i = 0; i < inputs.length; i++) {
                var x = Tensor.randn(generator, shapes[i]).to(dtype);
                inputs[i] = (last && x.rank() > 2 ? x.channelsLast() : x).detach().requiresGrad(true);
                leaves.add(inputs[i]);
            }
            prepare(layer, generator, dtype);
        }

        /** Moves parameters and statistics away from where they begin, and converts them. */
        private void prepare(Module module, Generator generator, DType dtype) {
            for (Class<?> type = module.getClass(); type != Module.class; type = type.getSuperclass()) {
                for (var field : type.getDeclaredFields()) {
                    var tensor = value(field, module);
                    if (tensor != null && tensor.dtype().isFloatingPoint()) {
                        boolean trained = tensor.requiresGrad();
                        try (var _ = Autograd.noGrad()) {
                            var noise = Tensor.rand(generator, tensor.shape().toArray()).sub(0.5);
                            tensor.copyFrom(tensor.add(noise));
                        }
                        var own = dtype == tensor.dtype() ? tensor : tensor.detach().to(dtype).requiresGrad(trained);
                        set(field, module, own);
                        if (trained) {
                            leaves.add(own);
                        }
                    }
                }
            }
            module.modules().values().forEach(inner -> prepare(inner, generator, dtype));
        }

        Tensor forward() {
            Generator.seed(SEED);
            return call.apply(layer, inputs);
        }

        @Override
        public void close() {
            layer.close();
        }
    }

    private static Tensor value(Field field, Module module) {
        try {
            field.setAccessible(true);
            return field.get(module) instanceof Tensor tensor ? tensor : null;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void set(Field field, Module module, Tensor tensor) {
        try {
            field.set(module, tensor);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return make(Module::toString) + " of " + Arrays.deepToString(shapes) + (training ? "" : ", used");
    }
}
