package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Three linear layers with ReLU between. */
final class Mlp extends Module implements Net {
    private final LinearImpl fc1;
    private final LinearImpl fc2;
    private final LinearImpl fc3;

    Mlp(long inputs, long hidden1, long hidden2, long outputs) {
        fc1 = register_module("fc1", new LinearImpl(inputs, hidden1));
        fc2 = register_module("fc2", new LinearImpl(hidden1, hidden2));
        fc3 = register_module("fc3", new LinearImpl(hidden2, outputs));
    }

    @Override
    public Tensor forward(Tensor x) {
        return fc3.forward(torch.relu(fc2.forward(torch.relu(fc1.forward(x)))));
    }
}
