package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Fused;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.MaxPool2d;
import io.chagres.runtime.tensor.Tensor;

/**
 * LeNet-5 (LeCun et al., 1998) as it is written today, with ReLU and max pooling: convolutions of 6 and 16 kernels of 5 x 5, and
 * 120, 84 and 10 features. Images [N, 1, 28, 28] give logits [N, classes].
 */
public final class LeNet5 extends Module {
    private final Conv2d conv1 = module("conv1", new Conv2d(1, 6, 5, 1, 2));
    private final Conv2d conv2 = module("conv2", new Conv2d(6, 16, 5));
    private final Fused first = module("fused1", new Fused(conv1));
    private final Fused second = module("fused2", new Fused(conv2));
    private final MaxPool2d pool = module("pool", new MaxPool2d(2));
    private final Linear fc1 = module("fc1", new Linear(16 * 5 * 5, 120));
    private final Linear fc2 = module("fc2", new Linear(120, 84));
    private final Linear fc3;

    /** For 10 classes. */
    public LeNet5() {
        this(10);
    }

    /** For so many classes. */
    public LeNet5(long classes) {
        fc3 = module("fc3", new Linear(84, classes));
    }

    @Override
    public Tensor forward(Tensor x) {
        x = pool.forward(first.forward(x));
        x = pool.forward(second.forward(x));
        return fc3.forward(fc2.forwardRelu(fc1.forwardRelu(x.flatten(1, -1))));
    }
}
