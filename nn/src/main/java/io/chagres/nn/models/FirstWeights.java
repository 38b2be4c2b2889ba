package io.chagres.nn.models;

import io.chagres.nn.Init;
import io.chagres.nn.Module;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Linear;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;

/** How the weights of torchvision's networks begin, where they do not begin as those of the layers themselves. */
final class FirstWeights {
    private FirstWeights() {
    }

    /** Normal with a variance of 2 by what a gradient is summed over (He et al., 2015), in all convolutions; biases 0. */
    static void ofConvolutions(Module module) {
        if (module instanceof Conv2d convolution) {
            fill(convolution.weight, Init.kaimingNormal(0, Init.Fan.OUT));
            fill(convolution.bias, Init.constant(0));
        }
        module.modules().values().forEach(FirstWeights::ofConvolutions);
    }

    /** Normal with a deviation of 0.01 in all linear layers; biases 0. */
    static void ofLinear(Module module) {
        if (module instanceof Linear linear) {
            fill(linear.weight, Init.normal(0, 0.01));
            fill(linear.bias, Init.constant(0));
        }
        module.modules().values().forEach(FirstWeights::ofLinear);
    }

    private static void fill(Tensor parameter, Init init) {
        if (parameter != null) {
            try (var _ = Autograd.noGrad()) {
                init.fill(parameter, Generator.current());
            }
        }
    }
}
