package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Linear;
import io.chagres.runtime.tensor.Tensor;

/** The reference network: images [N, 1, 28, 28] to logits [N, 10]. */
final class Net extends Module {
    final Linear fc1 = module("fc1", new Linear(784, 128));
    final Linear fc2 = module("fc2", new Linear(128, 64));
    final Linear fc3 = module("fc3", new Linear(64, 10));

    @Override
    public Tensor forward(Tensor x) {
        return fc3.forward(fc2.forward(fc1.forward(x.view(-1, 784)).relu()).relu());
    }
}
