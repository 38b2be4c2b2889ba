package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/** relu(x + bn(conv(relu(bn(conv(x)))))), both convolutions 3 x 3; the first has the stride. */
final class BasicBlock extends Module {
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final Conv2d conv2;
    private final BatchNorm2d bn2;
    private final Sequential downsample;

    BasicBlock(long in, long out, long stride) {
        conv1 = module("conv1", new Conv2d(in, out, 3, stride, 1, 1, 1, false));
        bn1 = module("bn1", new BatchNorm2d(out));
        conv2 = module("conv2", new Conv2d(out, out, 3, 1, 1, 1, 1, false));
        bn2 = module("bn2", new BatchNorm2d(out));
        downsample = stride == 1 && in == out ? null : module("downsample", projection(in, out, stride));
    }

    /** Brings the shortcut to the size of the result. */
    static Sequential projection(long in, long out, long stride) {
        return new Sequential(new Conv2d(in, out, 1, stride, 0, 1, 1, false), new BatchNorm2d(out));
    }

    @Override
    public Tensor forward(Tensor x) {
        var shortcut = downsample == null ? x : downsample.forward(x);
        var y = bn1.forward(conv1.forward(x)).relu();
        return bn2.forward(conv2.forward(y)).add(shortcut).relu();
    }
}
