package io.chagres.nn;

import io.chagres.nn.layer.Linear;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Linear layers with relu between them, fused into the layer or not; fc1, fc2 and so on, as the reference network. */
public final class Mlp extends Module {
    private final List<Linear> layers = new ArrayList<>();
    private final boolean fused;

    public Mlp(boolean fused, int... sizes) {
        this.fused = fused;
        for (int i = 1; i < sizes.length; i++) {
            layers.add(module("fc" + i, new Linear(sizes[i - 1], sizes[i])));
        }
    }

    /** The network of the main job. */
    public static Mlp reference() {
        return new Mlp(false, 784, 128, 64, 10);
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = x;
        for (var layer : layers.subList(0, layers.size() - 1)) {
            y = fused ? layer.forwardRelu(y) : layer.forward(y).relu();
        }
        return layers.getLast().forward(y);
    }
}
