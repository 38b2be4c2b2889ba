package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/**
 * relu(x + three convolutions of 1 x 1, 3 x 3 and 1 x 1), each with batch norm, relu between them. The middle one has the stride,
 * as torchvision has it, and the last gives four times the channels.
 */
final class Bottleneck extends Module {
    static final long EXPANSION = 4;

    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final Conv2d conv2;
    private final BatchNorm2d bn2;
    private final Conv2d conv3;
    private final BatchNorm2d bn3;
    private final Sequential downsample;

    Bottleneck(long in, long width, long stride) {
        long out = EXPANSION * width;
        conv1 = module("conv1", new Conv2d(in, width, 1, 1, 0, 1, 1, false));
        bn1 = module("bn1", new BatchNorm2d(width));
        conv2 = module("conv2", new Conv2d(width, width, 3, stride, 1, 1, 1, false));
        bn2 = module("bn2", new BatchNorm2d(width));
        conv3 = module("conv3", new Conv2d(width, out, 1, 1, 0, 1, 1, false));
        bn3 = module("bn3", new BatchNorm2d(out));
        downsample = stride == 1 && in == out ? null : module("downsample", BasicBlock.projection(in, out, stride));
    }

    @Override
    public Tensor forward(Tensor x) {
        var shortcut = downsample == null ? x : downsample.forward(x);
        var y = bn1.forward(conv1.forward(x)).relu();
        y = bn2.forward(conv2.forward(y)).relu();
        return bn3.forward(conv3.forward(y)).add(shortcut).relu();
    }
}
