package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.ImageDataset;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The reference network 784 -> 128 -> 64 -> 10, or LeNet-5, on MNIST. */
@Command(name = "MnistMlp", description = "Trains a small network on the handwritten digits of MNIST, with Adam.%n")
public final class MnistMlp extends Example {

    /** The two ways of writing the training. */
    enum Loop {
        PLAIN, TRAINER
    }

    /** What is trained. */
    enum Network {
        MLP, LENET
    }

    @Option(names = "--net", order = -2, defaultValue = "mlp", description = "mlp (784-128-64-10) or lenet (LeNet-5, learning rate in one cycle)")
    private Network network;

    @Option(names = "--data", order = -2, paramLabel = "DIR", description = "folder with the four files, raw or .gz; else our own")
    private Path data;

    @Option(names = "--loop", defaultValue = "plain", description = "plain (written out) or trainer")
    private Loop loop;

    MnistMlp() {
        super(10, 64, 0.001, "mnist-output");
    }

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        main(new MnistMlp(), arguments);
    }

    @Override
    String title() {
        return network == Network.MLP ? "784-128-64-10 on MNIST" : "LeNet-5 on MNIST";
    }

    @Override
    String fileName() {
        return "mnist-" + network.name().toLowerCase(Locale.ROOT);
    }

    @Override
    List<String> classes() {
        return Mnist.CLASSES;
    }

    @Override
    ImageDataset open(boolean train) throws IOException {
        return train ? Mnist.train(data) : Mnist.test(data);
    }

    @Override
    Module makeNet() {
        return network == Network.MLP ? new Net() : new LeNet5();
    }

    @Override
    Optimizer optimizer(Module net) {
        return new Adam(net.parameters(), learningRate);
    }

    @Override
    void fit(Module net, DataLoader loader, TrainingListener progress) {
        var optimizer = optimizer(net);
        if (network == Network.LENET) {
            progress = new OneCycle(optimizer, learningRate, epochs * loader.batches()).andThen(progress);
        }
        switch (loop) {
            case PLAIN -> PlainLoop.train(net, optimizer, loader, epochs, progress);
            case TRAINER -> WithTrainer.train(net, optimizer, loader, epochs, progress);
        }
    }
}
