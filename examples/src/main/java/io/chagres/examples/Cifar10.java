package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.data.ImageDataset;
import io.chagres.nn.data.Normalize;
import io.chagres.nn.data.RandomCrop;
import io.chagres.nn.data.RandomHorizontalFlip;
import io.chagres.nn.models.ResNet;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.optim.SGD;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** ResNet-20 on CIFAR-10. */
@Command(name = "Cifar10", description = {"Trains ResNet-20 on CIFAR-10, 32 x 32 colour photos of ten kinds of things.",
        "The data is the binary version, unpacked, from",
        "https://www.cs.toronto.edu/~kriz/cifar.html%n"})
public final class Cifar10 extends Example {
    private static final List<String> CLASSES = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog",
            "horse", "ship", "truck");

    @Option(names = "--data", order = -2, paramLabel = "DIR", required = true, description = "folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin")
    private Path data;

    Cifar10() {
        super(30, 128, 0.1, "cifar10-output");
    }

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        main(new Cifar10(), arguments);
    }

    @Override
    String title() {
        return "ResNet-20 on CIFAR-10";
    }

    @Override
    String fileName() {
        return "cifar10-resnet20";
    }

    @Override
    List<String> classes() {
        return CLASSES;
    }

    @Override
    ImageDataset open(boolean train) throws IOException {
        return ImageDataset.cifar10(data, train);
    }

    @Override
    ImageDataset forTraining(ImageDataset images) {
        return images.with(seed, new RandomCrop(32, 4), new RandomHorizontalFlip(), Normalize.CIFAR10);
    }

    @Override
    ImageDataset forTesting(ImageDataset images) {
        return images.with(Normalize.CIFAR10);
    }

    @Override
    Module makeNet() {
        return ResNet.resnet20(3, CLASSES.size());
    }

    @Override
    Optimizer optimizer(Module net) {
        return new SGD(net.parameters(), learningRate, 0.9, 5e-4, 0, true);
    }
}
