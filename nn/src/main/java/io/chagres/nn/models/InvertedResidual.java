package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.ReLU6;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/**
 * A convolution of 1 x 1 to more channels, a depthwise one of 3 x 3, and one of 1 x 1 back to few without an activation; x is added if the sizes
 * are the same.
 */
final class InvertedResidual extends Module {
    private final Sequential conv;
    private final boolean adds;

    InvertedResidual(long in, long out, long stride, long expansion) {
        long hidden = in * expansion;
        var depthwise = step(hidden, hidden, 3, stride, hidden);
        var narrow = new Conv2d(hidden, out, 1, 1, 0, 1, 1, false);
        var norm = new BatchNorm2d(out);
        conv = module("conv", expansion == 1
                ? new Sequential(depthwise, narrow, norm)
                : new Sequential(step(in, hidden, 1, 1, 1), depthwise, narrow, norm));
        adds = stride == 1 && in == out;
    }

    /** A convolution with as many results as it has windows, batch norm and relu6. */
    static Sequential step(long in, long out, long kernel, long stride, long groups) {
        return new Sequential(new Conv2d(in, out, kernel, stride, kernel / 2, 1, groups, false), new BatchNorm2d(out),
                new ReLU6());
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = conv.forward(x);
        return adds ? x.add(y) : y;
    }
}
