package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Two convolutions with pooling, three linear layers. */
final class LeNet5 extends Module implements Net {
    private final Conv2dImpl conv1 = register_module("conv1", Layers.conv(1, 6, 5, 1, 2, true));
    private final Conv2dImpl conv2 = register_module("conv2", Layers.conv(6, 16, 5, 1, 0, true));
    private final LinearImpl fc1 = register_module("fc1", new LinearImpl(400, 120));
    private final LinearImpl fc2 = register_module("fc2", new LinearImpl(120, 84));
    private final LinearImpl fc3 = register_module("fc3", new LinearImpl(84, 10));

    @Override
    public Tensor forward(Tensor images) {
        var x = torch.max_pool2d(torch.relu(conv1.forward(images)), 2, 2);
        x = torch.max_pool2d(torch.relu(conv2.forward(x)), 2, 2);
        x = torch.relu(fc1.forward(x.flatten(1, -1)));
        return fc3.forward(torch.relu(fc2.forward(x)));
    }
}
