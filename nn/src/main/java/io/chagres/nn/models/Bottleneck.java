package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Fused;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/**
 * relu(x + three convolutions of 1 x 1, 3 x 3 and 1 x 1), each with batch norm, relu between them. The middle one has the stride,
 * as torchvision has it, and the last gives four times the channels.
 */
final class Bottleneck extends Module {
    static final long EXPANSION = 4;

    private final Fused first;
    private final Fused second;
    private final Fused third;
    private final Sequential downsample;

    Bottleneck(long in, long width, long stride) {
        long out = EXPANSION * width;
        var conv1 = module("conv1", new Conv2d(in, width, 1, 1, 0, 1, 1, false));
        var bn1 = module("bn1", new BatchNorm2d(width));
        var conv2 = module("conv2", new Conv2d(width, width, 3, stride, 1, 1, 1, false));
        var bn2 = module("bn2", new BatchNorm2d(width));
        var conv3 = module("conv3", new Conv2d(width, out, 1, 1, 0, 1, 1, false));
        var bn3 = module("bn3", new BatchNorm2d(out));
        downsample = stride == 1 && in == out ? null : module("downsample", BasicBlock.projection(in, out, stride));
        first = module("fused1", new Fused(conv1, bn1, true));
        second = module("fused2", new Fused(conv2, bn2, true));
        third = module("fused3", new Fused(conv3, bn3, true));
    }

    @Override
    public Tensor forward(Tensor x) {
        var shortcut = downsample == null ? x : downsample.forward(x);
        return third.forward(second.forward(first.forward(x)), shortcut);
    }
}
