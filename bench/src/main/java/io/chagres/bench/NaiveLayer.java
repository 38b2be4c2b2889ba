package io.chagres.bench;

import io.chagres.nn.layer.Linear;

/** y = x · Wᵀ + b, or its relu, and the gradients, in plain Java and float64: what {@link Linear} should compute. */
final class NaiveLayer {
    private final int in;
    private final int out;
    private final float[] weight;
    private final float[] bias;
    private final boolean relu;
    private double[] x;
    private double[] y;

    /** The gradient of the weight, [out, in], after {@link #backward}. */
    double[] weightGradient;
    /** The gradient of the bias, [out], after {@link #backward}. */
    double[] biasGradient;

    /** A layer with a copy of another's present parameters. */
    NaiveLayer(Linear layer, boolean relu) {
        this.out = (int) layer.weight.size(0);
        this.in = (int) layer.weight.size(1);
        this.weight = layer.weight.toFloatArray();
        this.bias = layer.bias.toFloatArray();
        this.relu = relu;
    }

    /** y [rows, out] of x [rows, in]. */
    double[] forward(double[] input) {
        x = input;
        int rows = x.length / in;
        y = new double[rows * out];
        for (int row = 0; row < rows; row++) {
            for (int o = 0; o < out; o++) {
                double sum = bias[o];
                for (int i = 0; i < in; i++) {
                    sum += x[row * in + i] * weight[o * in + i];
                }
                y[row * out + o] = relu ? Math.max(sum, 0) : sum;
            }
        }
        return y;
    }

    /** The gradient of x [rows, in], given that of y [rows, out]. */
    double[] backward(double[] dy) {
        var dx = new double[x.length];
        weightGradient = new double[out * in];
        biasGradient = new double[out];
        for (int row = 0; row < dy.length / out; row++) {
            for (int o = 0; o < out; o++) {
                if (relu && y[row * out + o] <= 0) {
                    continue;
                }
                double d = dy[row * out + o];
                biasGradient[o] += d;
                for (int i = 0; i < in; i++) {
                    weightGradient[o * in + i] += d * x[row * in + i];
                    dx[row * in + i] += d * weight[o * in + i];
                }
            }
        }
        return dx;
    }

    static double[] toDouble(float[] values) {
        var wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }
}
