package io.chagres.bench.peers;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Flatten;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.MaxPool2d;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;

/** The networks of convolutions that are compared. */
final class ConvNets {
    private ConvNets() {
    }

    static Module lenet5() {
        return new Sequential(new Conv2d(1, 6, 5, 1, 2), new ReLU(), new MaxPool2d(2), new Conv2d(6, 16, 5),
                new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(400, 120), new ReLU(), new Linear(120, 84),
                new ReLU(), new Linear(84, 10));
    }

    static Module resnet18() {
        return new ResNet18();
    }

    private static final class ResNet18 extends Module {
        private final Sequential features;
        private final Linear head = module("head", new Linear(512, 10));

        ResNet18() {
            var layers = new ArrayList<Module>();
            layers.add(conv3(3, 64, 1));
            layers.add(new BatchNorm2d(64));
            layers.add(new ReLU());
            long before = 64;
            for (long width = 64; width <= 512; width *= 2) {
                layers.add(new Block(before, width, width == 64 ? 1 : 2));
                layers.add(new Block(width, width, 1));
                before = width;
            }
            features = module("features", new Sequential(layers.toArray(Module[]::new)));
        }

        @Override
        public Tensor forward(Tensor x) {
            return head.forward(features.forward(x).mean(new int[]{2, 3}, false));
        }
    }

    private static Conv2d conv3(long in, long out, long stride) {
        return new Conv2d(in, out, 3, stride, 1, 1, 1, false);
    }

    private static final class Block extends Module {
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final Sequential shortcut;

        Block(long before, long after, long stride) {
            conv1 = module("conv1", conv3(before, after, stride));
            bn1 = module("bn1", new BatchNorm2d(after));
            conv2 = module("conv2", conv3(after, after, 1));
            bn2 = module("bn2", new BatchNorm2d(after));
            shortcut = stride == 1 && before == after
                    ? null
                    : module("shortcut", new Sequential(new Conv2d(before, after, 1, stride, 0, 1, 1, false),
                            new BatchNorm2d(after)));
        }

        @Override
        public Tensor forward(Tensor x) {
            var y = bn1.forward(conv1.forward(x)).relu();
            var rest = shortcut == null ? x : shortcut.forward(x);
            return bn2.forward(conv2.forward(y)).add(rest).relu();
        }
    }
}
