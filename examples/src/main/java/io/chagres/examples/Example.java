package io.chagres.examples;

import io.chagres.natives.NativeLoadException;
import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.ImageDataset;
import io.chagres.nn.format.Safetensors;
import io.chagres.nn.format.SafetensorsFile;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.Metrics;
import io.chagres.nn.train.Trainer;
import io.chagres.nn.train.TrainingListener;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/**
 * What all examples do: train a network on images, test it, save its weights and load them back, and draw the curve of the loss,
 * some predictions and the confusion matrix. The last line of the output is a JSON object with the {@link Summary}. An example says
 * which images, which network and how it learns.
 */
@Command(showDefaultValues = true, sortOptions = false)
abstract class Example implements Callable<Integer> {
    private static final int TEST_BATCH = 250;

    @Option(names = "--epochs", description = "how often to go through the training images")
    int epochs;

    @Option(names = "--batch-size", description = "images in a step")
    int batchSize;

    @Option(names = "--seed", defaultValue = "1", description = "for all that is random; same seed, same numbers")
    long seed;

    @Option(names = "--lr", description = "learning rate; the highest, if it changes")
    double learningRate;

    @Option(names = "--threads", paramLabel = "N", description = "threads to compute on; else as many as processors")
    private Integer threads;

    @Option(names = "--output", paramLabel = "DIR", description = "folder for weights and pictures")
    private Path output;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this and exits")
    private boolean help;

    /** An example by its defaults. */
    Example(int epochs, int batchSize, double learningRate, String output) {
        this.epochs = epochs;
        this.batchSize = batchSize;
        this.learningRate = learningRate;
        this.output = Path.of(output);
    }

    /** Runs an example and ends the JVM. */
    static void main(Example example, String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(example, arguments));
    }

    /** {@link #main} without the end of the JVM; returns the exit code. */
    static int run(Example example, String... arguments) {
        return new CommandLine(example).setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof IOException || e instanceof IllegalArgumentException
                            || e instanceof MemoryBudgetException || e instanceof NativeLoadException) {
                        command.getErr().println(command.getCommandName() + ": " + e.getMessage());
                        return command.getCommandSpec().exitCodeOnExecutionException();
                    }
                    throw e;
                }).execute(arguments);
    }

    /** What is trained on what, such as "LeNet-5 on MNIST". */
    abstract String title();

    /** The beginning of the name of the file with the weights, such as "mnist-lenet". */
    abstract String fileName();

    /** What the classes are called. */
    abstract List<String> classes();

    /** The images to train on, or those to test with, with pixels in [0, 1]. */
    abstract ImageDataset open(boolean train) throws IOException;

    /** The images as the network is to see them while it learns. */
    ImageDataset forTraining(ImageDataset images) {
        return images;
    }

    /** The images as the network is to see them in a test. */
    ImageDataset forTesting(ImageDataset images) {
        return images;
    }

    /** A network with first weights. */
    abstract Module makeNet();

    /** How a network is changed. */
    abstract Optimizer optimizer(Module net);

    /** Trains a network. */
    void fit(Module net, DataLoader loader, TrainingListener progress) {
        var optimizer = optimizer(net);
        var rate = new OneCycle(optimizer, learningRate, epochs * loader.batches());
        new Trainer(net, new CrossEntropyLoss(), optimizer).epochs(epochs).listen(rate).listen(progress).fit(loader);
    }

    @Override
    public final Integer call() throws IOException {
        if (epochs < 1) {
            throw new IllegalArgumentException("--epochs " + epochs + ": at least 1 is needed");
        }
        if (threads != null) {
            Threads.setLimit(threads);
        }
        Files.createDirectories(output);
        Generator.seed(seed);
        try (var train = open(true);
                var test = open(false);
                var net = makeNet();
                var loader = DataLoader.of(forTraining(train)).batchSize(batchSize).shuffle(seed);
                var testLoader = DataLoader.of(forTesting(test)).batchSize(TEST_BATCH)) {
            System.out.println(net);
            System.out.printf(Locale.ROOT, "%s: %,d images, batches of %d, seed %d, %d threads%n", title(),
                    loader.size(), batchSize, seed, Threads.limit());
            long start = System.nanoTime();
            var log = train(net, loader);
            double seconds = (System.nanoTime() - start) * 1e-9;
            var evaluation = Evaluation.of(net, testLoader, classes());
            saveAndLoad(net, testLoader, evaluation.accuracy());
            draw(log.curve(), new PredictionsPicture(title(), test, evaluation),
                    new ConfusionPicture(title(), evaluation));
            var summary = new Summary(evaluation.accuracy(), epochs, seconds, log.samples() / seconds,
                    Memory.peakBytes(), log.heapBytesPerStep());
            System.out.println(summary.toText());
            System.out.println(summary.toJson());
        }
        return 0;
    }

    private TrainingLog train(Module net, DataLoader loader) {
        try (var display = Display.on(System.out, epochs, loader.size())) {
            var log = new TrainingLog(display, epochs, loader.batches());
            fit(net, loader, log);
            return log;
        }
    }

    private void saveAndLoad(Module net, DataLoader test, double accuracy) throws IOException {
        var weights = output.resolve(fileName() + ".safetensors");
        Safetensors.save(weights, net.stateDict(), Map.of("format", "pt"));
        double again;
        try (var saved = SafetensorsFile.open(weights); var copy = makeNet()) {
            copy.loadStateDict(saved.tensors());
            again = Metrics.accuracy(copy, test);
        }
        System.out.printf(Locale.ROOT, "saved %s: accuracy %.2f %%, loaded back %.2f %%%n", weights, 100 * accuracy,
                100 * again);
        if (again != accuracy) {
            throw new IOException(weights + ": the weights loaded back give another accuracy than those saved");
        }
    }

    private void draw(LossCurve loss, Picture predictions, Picture confusion) throws IOException {
        loss.writePng(output.resolve("loss.png"));
        predictions.writePng(output.resolve("predictions.png"));
        confusion.writePng(output.resolve("confusion.png"));
        System.out.println("saved loss.png, predictions.png and confusion.png there");
    }
}
