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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** ResNet-20 on Fashion-MNIST. */
@Command(name = "FashionMnist", description = {"Trains ResNet-20 on Fashion-MNIST, 28 x 28 pictures of clothes.",
        "Its four files are looked for in " + FashionMnist.DEBIAN_FOLDER
                + ", where Debian's package dataset-fashion-mnist puts them.%n"})
public final class FashionMnist extends Example {
    static final String DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist";
    private static final List<String> CLASSES = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal",
            "Shirt", "Sneaker", "Bag", "Ankle boot");
    private static final Normalize NORMALIZE = new Normalize(0.2860, 0.3530);

    @Option(names = "--data", order = -2, paramLabel = "DIR", description = "folder with the four files, raw or .gz; else Debian's")
    private Path data;

    FashionMnist() {
        super(5, 128, 0.1, "fashion-mnist-output");
    }

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        main(new FashionMnist(), arguments);
    }

    @Override
    String title() {
        return "ResNet-20 on Fashion-MNIST";
    }

    @Override
    String fileName() {
        return "fashion-mnist-resnet20";
    }

    @Override
    List<String> classes() {
        return CLASSES;
    }

    @Override
    ImageDataset open(boolean train) throws IOException {
        var folder = data == null ? existing(Path.of(DEBIAN_FOLDER)) : data;
        return train ? Mnist.train(folder) : Mnist.test(folder);
    }

    /** Debian's folder, or two ways to come by the data. */
    static Path existing(Path debian) throws IOException {
        if (!Files.isDirectory(debian)) {
            throw new IOException("there is no folder " + debian
                    + "; install the package that puts Fashion-MNIST there (apt-get install dataset-fashion-mnist), "
                    + "or name a folder with its four files by --data DIR");
        }
        return debian;
    }

    @Override
    ImageDataset forTraining(ImageDataset images) {
        return images.with(seed, new RandomCrop(28, 2), new RandomHorizontalFlip(), NORMALIZE);
    }

    @Override
    ImageDataset forTesting(ImageDataset images) {
        return images.with(NORMALIZE);
    }

    @Override
    Module makeNet() {
        return ResNet.resnet20(1, CLASSES.size());
    }

    @Override
    Optimizer optimizer(Module net) {
        return new SGD(net.parameters(), learningRate, 0.9, 5e-4, 0, true);
    }
}
