package io.chagres.bench;

import io.chagres.nn.layer.Linear;
import io.chagres.runtime.tensor.Tensor;

/** The reference network's loss and gradients in plain Java and float64: what {@link ReferenceStep} should compute. */
final class NaiveMlp {
    private final NaiveLayer[] layers;

    NaiveMlp(ReferenceNet net) {
        layers = new NaiveLayer[]{new NaiveLayer(net.fc1, true), new NaiveLayer(net.fc2, true),
                new NaiveLayer(net.fc3, false)};
    }

    /** The mean cross-entropy of a batch; {@link #requireGradients} then knows its gradients. */
    double loss(Tensor inputs, Tensor labels) {
        double[] y = NaiveLayer.toDouble(inputs.toFloatArray());
        for (var layer : layers) {
            y = layer.forward(y);
        }
        long[] classes = labels.toLongArray();
        double loss = crossEntropy(y, classes);
        for (int i = layers.length - 1; i >= 0; i--) {
            y = layers[i].backward(y);
        }
        return loss;
    }

    /** The loss; the logits are replaced by their gradients. */
    private static double crossEntropy(double[] logits, long[] labels) {
        int rows = labels.length;
        int cols = logits.length / rows;
        double loss = 0;
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int c = 0; c < cols; c++) {
                sum += Math.exp(logits[row * cols + c]);
            }
            int label = (int) labels[row];
            loss += Math.log(sum) - logits[row * cols + label];
            for (int c = 0; c < cols; c++) {
                double p = Math.exp(logits[row * cols + c]) / sum;
                logits[row * cols + c] = (p - (c == label ? 1 : 0)) / rows;
            }
        }
        return loss / rows;
    }

    /** Compares the gradients that a network's parameters hold. */
    void requireGradients(ReferenceNet net) {
        var linears = new Linear[]{net.fc1, net.fc2, net.fc3};
        for (int i = 0; i < layers.length; i++) {
            Floats.requireClose("gradient of weight " + (i + 1), linears[i].weight.grad().toFloatArray(),
                    layers[i].weightGradient, 1e-4);
            Floats.requireClose("gradient of bias " + (i + 1), linears[i].bias.grad().toFloatArray(),
                    layers[i].biasGradient, 1e-4);
        }
    }
}
