package io.chagres.bench.scaling;

import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;

/** The optimizers' passes over one square parameter and its gradient. */
final class ParameterUpdates implements AutoCloseable {
    /** Adam reads p, g, m and v and writes p, m and v. */
    static final int ADAM_BYTES = 28;
    /** Plain SGD reads p and g and writes p. */
    static final int SGD_BYTES = 12;

    private final Tensor parameter;
    private final Adam adam;
    private final SGD sgd;

    /** With a parameter [width, width]. */
    ParameterUpdates(int width) {
        var shape = Shape.of(width, width);
        var generator = new Generator(width);
        parameter = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, shape, "parameter").requiresGrad(true);
        try (var gradient = Tensor.owned(Owner.DATA, DType.FLOAT32, shape, "gradient")) {
            Convert.fill(gradient, index -> generator.nextFloat() - 0.5);
            parameter.backward(gradient);
        }
        adam = new Adam(List.of(parameter), 1e-4);
        sgd = new SGD(List.of(parameter), 1e-4);
    }

    void adam() {
        adam.step();
    }

    void sgd() {
        sgd.step();
    }

    /** Elements of the parameter. */
    long count() {
        return parameter.numel();
    }

    /** Bytes for parameter, gradient and state. */
    static long bytes(int width) {
        return 5L * Float.BYTES * width * width;
    }

    @Override
    public void close() {
        adam.close();
        sgd.close();
        parameter.close();
    }
}
