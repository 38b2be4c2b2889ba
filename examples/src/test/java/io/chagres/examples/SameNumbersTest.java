package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.Dataset;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.TrainingListener;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ways of writing the training are the same training, to the last bit. */
class SameNumbersTest {

    /** One of the two ways. */
    private interface Way {
        void train(Module net, Optimizer optimizer, DataLoader loader, int epochs, TrainingListener progress);
    }

    /** What a training leaves behind. */
    private record Trace(List<Double> stepLosses, List<Double> epochLosses, List<float[]> weights) {
    }

    @Test
    void theLoopAndTheTrainerGiveTheSameWeights(@TempDir Path folder) throws IOException {
        try (var data = Mnist.train(SmallMnist.write(folder, 500, 10)); var _ = Threads.share(1)) {
            var plain = trace(PlainLoop::train, data, 3);
            var trainer = trace(WithTrainer::train, data, 3);
            assertEquals(2 * 16, plain.stepLosses().size());
            assertEquals(plain.stepLosses(), trainer.stepLosses());
            assertEquals(plain.epochLosses(), trainer.epochLosses());
            for (int i = 0; i < 6; i++) {
                assertArrayEquals(plain.weights().get(i), trainer.weights().get(i), 0);
            }
            var other = trace(PlainLoop::train, data, 4);
            assertFalse(Arrays.equals(plain.weights().get(0), other.weights().get(0)));
        }
    }

    private static Trace trace(Way way, Dataset data, long seed) {
        Generator.seed(seed);
        try (var net = new Net(); var loader = DataLoader.of(data).batchSize(32).shuffle(seed)) {
            var trace = new Trace(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            way.train(net, new Adam(net.parameters(), 0.001), loader, 2, new TrainingListener() {
                @Override
                public void stepDone(int epoch, long step, int samples, double loss) {
                    trace.stepLosses().add(loss);
                }

                @Override
                public void epochDone(int epoch, double meanLoss) {
                    trace.epochLosses().add(meanLoss);
                }
            });
            net.parameters().forEach(parameter -> trace.weights().add(parameter.toFloatArray()));
            return trace;
        }
    }
}
