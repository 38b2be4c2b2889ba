package io.chagres.bench;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Linear;
import io.chagres.runtime.tensor.Tensor;

/** The reference network, 784 -> 128 -> 64 -> 10; relu fused into the products, or as an operation of its own. */
final class ReferenceNet extends Module {
    final Linear fc1 = module("fc1", new Linear(784, 128));
    final Linear fc2 = module("fc2", new Linear(128, 64));
    final Linear fc3 = module("fc3", new Linear(64, 10));
    private final boolean fused;

    ReferenceNet(boolean fused) {
        this.fused = fused;
    }

    /** Logits [N, 10] of images [N, 28, 28]. */
    @Override
    public Tensor forward(Tensor images) {
        var x = images.view(-1, 784);
        return fused
                ? fc3.forward(fc2.forwardRelu(fc1.forwardRelu(x)))
                : fc3.forward(fc2.forward(fc1.forward(x).relu()).relu());
    }
}
