package io.chagres.bench.scaling;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A training step of a perceptron of any widths: linear layers with relu between, cross-entropy over as many classes as the last
 * is wide, Adam. Inputs and labels are cycled out of step, so that it never learns them by heart.
 */
final class MlpStep implements AutoCloseable {
    private static final int INPUTS = 5;
    private static final int LABELS = 4;

    private final Net net;
    private final Adam optimizer;
    private final CrossEntropyLoss criterion = new CrossEntropyLoss();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> labels = new ArrayList<>();
    private int next;

    /** The layers. */
    private static final class Net extends Module {
        private final List<Linear> layers = new ArrayList<>();

        Net(int... widths) {
            for (int i = 1; i < widths.length; i++) {
                layers.add(module("fc" + i, new Linear(widths[i - 1], widths[i])));
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            for (var layer : layers.subList(0, layers.size() - 1)) {
                x = layer.forwardRelu(x);
            }
            return layers.getLast().forward(x);
        }
    }

    /**
     * @param batch samples a step
     * @param widths features of the input, of each hidden layer, and classes
     */
    MlpStep(int batch, int... widths) {
        Generator.seed(1);
        net = new Net(widths);
        optimizer = new Adam(net.parameters(), 0.001);
        var generator = new Generator(batch);
        for (int i = 0; i < INPUTS; i++) {
            var input = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(batch, widths[0]), "inputs");
            Convert.fill(input, index -> generator.nextFloat());
            inputs.add(input);
        }
        for (int i = 0; i < LABELS; i++) {
            var label = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(batch), "labels");
            Convert.fill(label, index -> generator.nextLong(widths[widths.length - 1]));
            labels.add(label);
        }
    }

    /** Takes one step and returns the loss before it. */
    double run() {
        next = (next + 1) % (INPUTS * LABELS);
        try (var _ = Scope.open()) {
            var loss = criterion.forward(net.forward(inputs.get(next % INPUTS)), labels.get(next % LABELS));
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    /**
     * Floating-point operations of the products of a step, which are nearly all: each layer multiplies once forward and once for
     * the gradient of its weights; each but the first also for the gradient of its input.
     */
    static double flops(int batch, int... widths) {
        double flops = 0;
        for (int i = 1; i < widths.length; i++) {
            flops += (i == 1 ? 2 : 3) * 2.0 * batch * widths[i - 1] * widths[i];
        }
        return flops;
    }

    /** Bytes of parameters, gradients and Adam's state, and of what a step computes, roughly. */
    static long bytes(int batch, int... widths) {
        long bytes = 0;
        for (int i = 1; i < widths.length; i++) {
            bytes += Float.BYTES * (4L * widths[i - 1] * widths[i] + (long) (2 + INPUTS) * batch * widths[i]);
        }
        return bytes;
    }

    @Override
    public void close() {
        optimizer.close();
        net.close();
        inputs.forEach(Tensor::close);
        labels.forEach(Tensor::close);
    }
}
