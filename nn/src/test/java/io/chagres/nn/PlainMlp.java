package io.chagres.nn;

import io.chagres.runtime.tensor.Tensor;
import java.util.List;

/** The same network as {@link Mlp} with cross-entropy, forward and backward, in plain Java and float64. */
final class PlainMlp {
    private final double[][][] weights;
    private final double[][] biases;

    /** The gradients of the last {@link #step}: weights, then biases, of each layer. */
    final double[][][] weightGradients;
    final double[][] biasGradients;

    /** A copy of parameters in the order weight, bias, weight, bias. */
    PlainMlp(List<Tensor> parameters) {
        int layers = parameters.size() / 2;
        weights = new double[layers][][];
        biases = new double[layers][];
        weightGradients = new double[layers][][];
        biasGradients = new double[layers][];
        for (int layer = 0; layer < layers; layer++) {
            weights[layer] = rows(parameters.get(2 * layer));
            biases[layer] = parameters.get(2 * layer + 1).toDoubleArray();
        }
    }

    static double[][] rows(Tensor matrix) {
        var rows = new double[(int) matrix.size(0)][(int) matrix.size(1)];
        double[] values = matrix.toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            rows[i / rows[0].length][i % rows[0].length] = values[i];
        }
        return rows;
    }

    /** The mean loss of a batch, whose gradients are kept. */
    double step(double[][] inputs, long[] labels) {
        for (int layer = 0; layer < weights.length; layer++) {
            weightGradients[layer] = new double[weights[layer].length][weights[layer][0].length];
            biasGradients[layer] = new double[biases[layer].length];
        }
        double sum = 0;
        for (int row = 0; row < labels.length; row++) {
            sum += sample(inputs[row], (int) labels[row], 1.0 / labels.length);
        }
        return sum / labels.length;
    }

    private double sample(double[] input, int label, double share) {
        var outputs = new double[weights.length + 1][];
        outputs[0] = input;
        for (int layer = 0; layer < weights.length; layer++) {
            outputs[layer + 1] = forward(layer, outputs[layer]);
        }
        double[] logits = outputs[weights.length];
        double total = 0;
        for (double logit : logits) {
            total += Math.exp(logit);
        }
        var gradient = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            gradient[i] = share * (Math.exp(logits[i]) / total - (i == label ? 1 : 0));
        }
        for (int layer = weights.length - 1; layer >= 0; layer--) {
            gradient = backward(layer, outputs[layer], outputs[layer + 1], gradient);
        }
        return Math.log(total) - logits[label];
    }

    private boolean isLast(int layer) {
        return layer == weights.length - 1;
    }

    private double[] forward(int layer, double[] x) {
        double[] y = biases[layer].clone();
        for (int o = 0; o < y.length; o++) {
            for (int i = 0; i < x.length; i++) {
                y[o] += weights[layer][o][i] * x[i];
            }
            y[o] = isLast(layer) ? y[o] : Math.max(y[o], 0);
        }
        return y;
    }

    /** Adds to the gradients of the layer, and returns that of its input. */
    private double[] backward(int layer, double[] x, double[] y, double[] dy) {
        var dx = new double[x.length];
        for (int o = 0; o < y.length; o++) {
            if (isLast(layer) || y[o] > 0) {
                biasGradients[layer][o] += dy[o];
                for (int i = 0; i < x.length; i++) {
                    weightGradients[layer][o][i] += dy[o] * x[i];
                    dx[i] += dy[o] * weights[layer][o][i];
                }
            }
        }
        return dx;
    }
}
