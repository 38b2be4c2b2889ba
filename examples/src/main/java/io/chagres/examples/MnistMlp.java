package io.chagres.examples;

import io.chagres.natives.NativeLoadException;
import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.format.Safetensors;
import io.chagres.nn.format.SafetensorsFile;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.train.Metrics;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/**
 * Trains the reference network 784 -> 128 -> 64 -> 10, or LeNet-5, on MNIST, tests it, saves its weights and the curve of its loss, and
 * loads the weights back. The last line of the output is a JSON object with the {@link Summary}.
 */
@Command(name = "MnistMlp", showDefaultValues = true, sortOptions = false)
public final class MnistMlp implements Callable<Integer> {
    private static final int TEST_BATCH = 1000;

    /** The two ways of writing the training. */
    enum Loop {
        PLAIN, TRAINER
    }

    /** What is trained. */
    enum Network {
        MLP, LENET;

        Module make() {
            return this == MLP ? new Net() : new LeNet5();
        }
    }

    @Option(names = "--net", defaultValue = "mlp", description = "mlp (784-128-64-10) or lenet (LeNet-5)")
    private Network network;

    @Option(names = "--data", paramLabel = "DIR", description = "folder with the four files, raw or .gz; else our own")
    private Path data;

    @Option(names = "--epochs", defaultValue = "10", description = "how often to go through the training images")
    private int epochs;

    @Option(names = "--batch-size", defaultValue = "64", description = "images in a step")
    private int batchSize;

    @Option(names = "--seed", defaultValue = "1", description = "for first weights and order; same seed, same numbers")
    private long seed;

    @Option(names = "--lr", defaultValue = "0.001", description = "learning rate of Adam")
    private double learningRate;

    @Option(names = "--loop", defaultValue = "plain", description = "plain (written out) or trainer")
    private Loop loop;

    @Option(names = "--threads", paramLabel = "N", description = "threads to compute on; else as many as processors")
    private Integer threads;

    @Option(names = "--output", defaultValue = "mnist-output", description = "folder for weights and loss curve")
    private Path output;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this and exits")
    private boolean help;

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(arguments));
    }

    /** {@link #main} without the end of the JVM; returns the exit code. */
    static int run(String... arguments) {
        return new CommandLine(new MnistMlp()).setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof IOException || e instanceof IllegalArgumentException
                            || e instanceof MemoryBudgetException || e instanceof NativeLoadException) {
                        command.getErr().println("MnistMlp: " + e.getMessage());
                        return command.getCommandSpec().exitCodeOnExecutionException();
                    }
                    throw e;
                }).execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        if (epochs < 1) {
            throw new IllegalArgumentException("--epochs " + epochs + ": at least 1 is needed");
        }
        if (threads != null) {
            Threads.setLimit(threads);
        }
        Files.createDirectories(output);
        Generator.seed(seed);
        try (var train = Mnist.train(data);
                var test = Mnist.test(data);
                var net = network.make();
                var loader = DataLoader.of(train).batchSize(batchSize).shuffle(seed);
                var testLoader = DataLoader.of(test).batchSize(TEST_BATCH)) {
            System.out.println(net);
            System.out.printf(Locale.ROOT, "%,d images, batches of %d, seed %d, %d threads%n", loader.size(), batchSize,
                    seed, Threads.limit());
            long start = System.nanoTime();
            var log = train(net, loader);
            double seconds = (System.nanoTime() - start) * 1e-9;
            double accuracy = Metrics.accuracy(net, testLoader);
            saveAndLoad(net, testLoader, accuracy);
            saveCurve(log.curve());
            var summary = new Summary(accuracy, epochs, seconds, log.samples() / seconds, Memory.peakBytes(),
                    log.heapBytesPerStep());
            System.out.println(summary.toText());
            System.out.println(summary.toJson());
        }
        return 0;
    }

    private TrainingLog train(Module net, DataLoader loader) {
        try (var display = Display.on(System.out, epochs, loader.size())) {
            var log = new TrainingLog(display, epochs, loader.batches());
            switch (loop) {
                case PLAIN -> PlainLoop.train(net, loader, epochs, learningRate, log);
                case TRAINER -> WithTrainer.train(net, loader, epochs, learningRate, log);
            }
            return log;
        }
    }

    private void saveAndLoad(Module net, DataLoader test, double accuracy) throws IOException {
        var weights = output.resolve("mnist-" + network.name().toLowerCase(Locale.ROOT) + ".safetensors");
        Safetensors.save(weights, net.stateDict(), Map.of("format", "pt"));
        double again;
        try (var saved = SafetensorsFile.open(weights); var copy = network.make()) {
            copy.loadStateDict(saved.tensors());
            again = Metrics.accuracy(copy, test);
        }
        System.out.printf(Locale.ROOT, "saved %s: accuracy %.2f %%, loaded back %.2f %%%n", weights, 100 * accuracy,
                100 * again);
        if (again != accuracy) {
            throw new IOException(weights + ": the weights loaded back give another accuracy than those saved");
        }
    }

    private void saveCurve(LossCurve curve) throws IOException {
        var file = output.resolve("loss.png");
        curve.writePng(file);
        System.out.println("saved " + file);
    }
}
