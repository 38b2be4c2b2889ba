package io.chagres.nn;

import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** How a parameter begins; as in {@code torch.nn.init}. */
@FunctionalInterface
public interface Init {
    /** Sets all elements of a parameter. */
    void fill(Tensor parameter, Generator generator);

    /** One value everywhere. */
    static Init constant(double value) {
        return (parameter, generator) -> parameter.fill(value);
    }

    /** Uniform in [-bound, bound). */
    static Init uniform(double bound) {
        return (parameter, generator) -> Convert.fill(parameter, i -> (2.0 * generator.nextFloat() - 1) * bound);
    }

    /** Normal with this mean and standard deviation. */
    static Init normal(double mean, double deviation) {
        return (parameter, generator) -> Convert.fill(parameter, i -> mean + deviation * generator.nextGaussian());
    }

    /**
     * Uniform in ±√(6 / ((1 + a²) fan_in)), for layers before a leaky relu of slope {@code a} (He et al., 2015;
     * {@code torch.nn.init.kaiming_uniform_}). PyTorch's layers take a = √5, which gives ±1/√fan_in.
     */
    static Init kaimingUniform(double a) {
        return (parameter, generator) -> uniform(Math.sqrt(6 / ((1 + a * a) * fanIn(parameter.shape())))).fill(
                parameter,
                generator);
    }

    /** Uniform in ±√(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010; {@code torch.nn.init.xavier_uniform_}). */
    static Init xavierUniform() {
        return (parameter, generator) -> {
            var shape = parameter.shape();
            double fanOut = shape.dim(0) * receptiveField(shape);
            uniform(Math.sqrt(6 / (fanIn(shape) + fanOut))).fill(parameter, generator);
        };
    }

    /** Which numbers a normal distribution of {@link #kaimingNormal} keeps at their size, {@code mode} in PyTorch. */
    enum Fan {
        /** Those that go forward: as many as inputs of one output are counted. */
        IN,
        /** Those that go backward: as many as outputs of one input are counted. */
        OUT
    }

    /**
     * Normal with mean 0 and variance 2 / ((1 + a²) fan), for layers before a leaky relu of slope {@code a}, which is 0 for
     * relu (He et al., 2015; {@code torch.nn.init.kaiming_normal_}).
     */
    static Init kaimingNormal(double a, Fan fan) {
        return (parameter, generator) -> {
            var shape = parameter.shape();
            double in = fanIn(shape);
            double count = fan == Fan.IN ? in : shape.dim(0) * receptiveField(shape);
            normal(0, Math.sqrt(2 / ((1 + a * a) * count))).fill(parameter, generator);
        };
    }

    private static double fanIn(Shape weight) {
        if (weight.rank() < 2) {
            throw new IllegalArgumentException("init: fan in of " + weight + "; a weight has at least 2 dimensions");
        }
        return weight.dim(1) * receptiveField(weight);
    }

    private static double receptiveField(Shape weight) {
        double field = 1;
        for (int d = 2; d < weight.rank(); d++) {
            field *= weight.dim(d);
        }
        return field;
    }
}
