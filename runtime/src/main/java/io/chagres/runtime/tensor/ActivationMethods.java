package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Activations;
import io.chagres.runtime.op.PiecewiseLinear;
import io.chagres.runtime.op.Softmax;
import io.chagres.runtime.random.Generator;

/**
 * Activations of networks, with the defaults of {@code torch.nn.functional}: one-line delegates to {@code runtime.op}, where each
 * says what it does. {@code relu sigmoid tanh gelu} are among {@link ElementwiseMethods}.
 */
public sealed interface ActivationMethods permits Tensor {
    // ---- Straight lines

    /** {@link #leakyRelu(double)} with 0.01. */
    default Tensor leakyRelu() {
        return leakyRelu(0.01);
    }

    /** x above 0, negativeSlope · x elsewhere. */
    default Tensor leakyRelu(double negativeSlope) {
        return PiecewiseLinear.leakyRelu(self(), negativeSlope);
    }

    /** x above 0, weight · x elsewhere, with one weight or one for each channel. */
    default Tensor prelu(Tensor weight) {
        return PiecewiseLinear.prelu(self(), weight);
    }

    /** x above 0, and elsewhere a multiple of x that is random in training; see {@link PiecewiseLinear#rrelu}. */
    default Tensor rrelu(double lower, double upper, boolean training) {
        return PiecewiseLinear.rrelu(self(), lower, upper, training);
    }

    /** {@link #rrelu(double, double, boolean)} with a generator. */
    default Tensor rrelu(double lower, double upper, boolean training, Generator generator) {
        return PiecewiseLinear.rrelu(self(), lower, upper, training, generator);
    }

    /** x above a threshold, a value elsewhere. */
    default Tensor threshold(double threshold, double value) {
        return PiecewiseLinear.threshold(self(), threshold, value);
    }

    /** {@link #hardtanh(double, double)} with -1 and 1. */
    default Tensor hardtanh() {
        return hardtanh(-1, 1);
    }

    /** x, but not below min nor above max. */
    default Tensor hardtanh(double min, double max) {
        return PiecewiseLinear.hardtanh(self(), min, max);
    }

    /** x, but not below 0 nor above 6. */
    default Tensor relu6() {
        return PiecewiseLinear.relu6(self());
    }

    /** x / 6 + 1/2, but not below 0 nor above 1. */
    default Tensor hardsigmoid() {
        return PiecewiseLinear.hardsigmoid(self());
    }

    /** x · {@link #hardsigmoid}. */
    default Tensor hardswish() {
        return Activations.hardswish(self());
    }

    /** {@link #hardshrink(double)} with 0.5. */
    default Tensor hardshrink() {
        return hardshrink(0.5);
    }

    /** x beyond ±lambda, 0 within. */
    default Tensor hardshrink(double lambda) {
        return PiecewiseLinear.hardshrink(self(), lambda);
    }

    /** {@link #softshrink(double)} with 0.5. */
    default Tensor softshrink() {
        return softshrink(0.5);
    }

    /** x brought nearer to 0 by lambda. */
    default Tensor softshrink(double lambda) {
        return PiecewiseLinear.softshrink(self(), lambda);
    }

    // ---- Smooth

    /** {@link #elu(double)} with 1. */
    default Tensor elu() {
        return elu(1);
    }

    /** x above 0, alpha (e^x - 1) elsewhere. */
    default Tensor elu(double alpha) {
        return Activations.elu(self(), alpha);
    }

    /** {@link #elu} scaled so that mean 0 and variance 1 are kept. */
    default Tensor selu() {
        return Activations.selu(self());
    }

    /** {@link #celu(double)} with 1. */
    default Tensor celu() {
        return celu(1);
    }

    /** x above 0, alpha (e^(x / alpha) - 1) elsewhere. */
    default Tensor celu(double alpha) {
        return Activations.celu(self(), alpha);
    }

    /** x times its sigmoid. */
    default Tensor silu() {
        return Activations.silu(self());
    }

    /** x tanh(log(1 + e^x)). */
    default Tensor mish() {
        return Activations.mish(self());
    }

    /** {@link #softplus(double, double)} with 1 and 20. */
    default Tensor softplus() {
        return softplus(1, 20);
    }

    /** log(1 + e^(beta x)) / beta; x itself where beta x is above the threshold. */
    default Tensor softplus(double beta, double threshold) {
        return Activations.softplus(self(), beta, threshold);
    }

    /** The logarithm of the sigmoid. */
    default Tensor logSigmoid() {
        return Activations.logSigmoid(self());
    }

    /** x / (1 + |x|). */
    default Tensor softsign() {
        return Activations.softsign(self());
    }

    /** x - tanh x. */
    default Tensor tanhshrink() {
        return Activations.tanhshrink(self());
    }

    // ---- Along a dimension

    /** {@link #glu(int)} along the last dimension. */
    default Tensor glu() {
        return glu(-1);
    }

    /** The first half of a dimension times the sigmoid of the second. */
    default Tensor glu(int dim) {
        return Activations.glu(self(), dim);
    }

    /** e^x over its sum, along one dimension. */
    default Tensor softmax(int dim) {
        return Softmax.softmax(self(), dim);
    }

    /** The logarithm of {@link #softmax}. */
    default Tensor logSoftmax(int dim) {
        return Softmax.logSoftmax(self(), dim);
    }

    /** {@link #softmax} of -x. */
    default Tensor softmin(int dim) {
        return Softmax.softmin(self(), dim);
    }

    /** {@link #softmax} over the channels of images [N, C, H, W] or [C, H, W]. */
    default Tensor softmax2d() {
        return Softmax.softmax2d(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
