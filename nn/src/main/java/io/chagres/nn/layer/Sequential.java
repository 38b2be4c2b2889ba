package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;

/**
 * One module after the other, as {@code torch.nn.Sequential}; they are named 0, 1, 2 and so on. A {@link Linear} that is
 * followed by {@link ReLU} runs with it in one native call.
 */
public final class Sequential extends Module {
    private final List<Module> steps;

    /** The modules in order. They belong to this one, which closes them. */
    public Sequential(Module... steps) {
        this.steps = List.of(steps);
        for (int i = 0; i < steps.length; i++) {
            module(Integer.toString(i), steps[i]);
        }
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = x;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Linear linear && i + 1 < steps.size() && steps.get(i + 1) instanceof ReLU) {
                y = linear.forwardRelu(y);
                i++;
            } else {
                y = steps.get(i).forward(y);
            }
        }
        return y;
    }
}
