package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Fused;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/** relu(x + bn(conv(relu(bn(conv(x)))))), both convolutions 3 x 3; the first has the stride. */
final class BasicBlock extends Module {
    private final Fused first;
    private final Fused second;
    private final Sequential downsample;

    BasicBlock(long in, long out, long stride) {
        var conv1 = module("conv1", new Conv2d(in, out, 3, stride, 1, 1, 1, false));
        var bn1 = module("bn1", new BatchNorm2d(out));
        var conv2 = module("conv2", new Conv2d(out, out, 3, 1, 1, 1, 1, false));
        var bn2 = module("bn2", new BatchNorm2d(out));
        downsample = stride == 1 && in == out ? null : module("downsample", projection(in, out, stride));
        first = module("fused1", new Fused(conv1, bn1, true));
        second = module("fused2", new Fused(conv2, bn2, true));
    }

    /** Brings the shortcut to the size of the result. */
    static Sequential projection(long in, long out, long stride) {
        return new Sequential(new Conv2d(in, out, 1, stride, 0, 1, 1, false), new BatchNorm2d(out));
    }

    @Override
    public Tensor forward(Tensor x) {
        var shortcut = downsample == null ? x : downsample.forward(x);
        return second.forward(first.forward(x), shortcut);
    }
}
