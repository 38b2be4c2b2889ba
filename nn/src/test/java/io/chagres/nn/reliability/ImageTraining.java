package io.chagres.nn.reliability;

import io.chagres.nn.Module;
import io.chagres.nn.layer.AvgPool2d;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Dropout;
import io.chagres.nn.layer.Dropout2d;
import io.chagres.nn.layer.Flatten;
import io.chagres.nn.layer.GroupNorm;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.models.ResNet;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** The training of a network for images on one set of random ones, all of it a function of the seed. */
final class ImageTraining implements AutoCloseable {
    private static final int CLASSES = 10;

    final Module net;
    private final SGD optimizer;
    private final Tensor images;
    private final Tensor labels;
    private final CrossEntropyLoss criterion = new CrossEntropyLoss();

    /** The network of a name, LeNet5, ResNet20 or Mixed; at most so many images are trained on at once. */
    ImageTraining(String name, long seed, long most) {
        var generator = Generator.seed(seed);
        net = network(name);
        long size = name.equals("LeNet5") ? 28 : 16;
        images = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(most, 1, size, size), "images");
        labels = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(most), "labels");
        Convert.fill(images, i -> generator.nextGaussian());
        Convert.fill(labels, i -> generator.nextLong(CLASSES));
        optimizer = new SGD(net.parameters(), 0.01, 0.9, 0);
    }

    private static Module network(String name) {
        return switch (name) {
            case "LeNet5" -> new LeNet5();
            case "ResNet20" -> ResNet.resnet20(1, CLASSES);
            default -> new Sequential(new Conv2d(1, 8, 3, 1, 1), new GroupNorm(2, 8), new ReLU(), new Dropout2d(0.1),
                    new AvgPool2d(2), new Conv2d(8, 16, 3, 1, 1), new BatchNorm2d(16), new ReLU(), new AvgPool2d(2),
                    new Dropout(0.2), new Flatten(), new Linear(16 * 4 * 4, CLASSES));
        };
    }

    /** A step with the first images; where its loss was. */
    long step(long batch) {
        try (var _ = Scope.open()) {
            var loss = criterion.forward(net.forward(images.narrow(0, 0, batch)), labels.narrow(0, 0, batch));
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.storage().address() + loss.position();
        }
    }

    /** What it says of the first images, in use; where that was. */
    long pass(long batch) {
        net.eval();
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            var y = net.forward(images.narrow(0, 0, batch));
            return y.storage().address() + y.position();
        } finally {
            net.train();
        }
    }

    @Override
    public void close() {
        optimizer.close();
        net.close();
        images.close();
        labels.close();
    }
}
