package io.chagres.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Mlp;
import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private Mlp net;
    private DataLoader loader;

    @BeforeEach
    void make() {
        Generator.seed(6);
        net = new Mlp(true, 8, 32, 3);
        loader = Synthetic.loader(100, 8, 3, 16);
    }

    @AfterEach
    void close() {
        loader.close();
        net.close();
    }

    private Trainer trainer() {
        return new Trainer(net, new CrossEntropyLoss(), new Adam(net.parameters(), 0.01));
    }

    @Test
    void learns() {
        double before = Metrics.accuracy(net, loader);
        var losses = trainer().epochs(40).fit(loader);
        assertEquals(40, losses.size());
        assertTrue(losses.getLast() < 0.3 * losses.getFirst(), losses::toString);
        assertTrue(Metrics.accuracy(net, loader) > Math.max(0.9, before));
    }

    @Test
    void listenersHearOfEverythingInOrder() {
        var heard = new ArrayList<String>();
        var steps = new ArrayList<Double>();
        var losses = trainer().epochs(2).listen(new TrainingListener() {
            @Override
            public void epochStarted(int epoch, long batches) {
                heard.add("epoch " + epoch + " of " + batches);
            }

            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                heard.add(epoch + "." + step + ":" + samples);
                steps.add(loss);
            }

            @Override
            public void epochDone(int epoch, double meanLoss) {
                assertEquals(steps.stream().mapToDouble(d -> d).average().orElseThrow(), meanLoss, 1e-12);
                steps.clear();
                heard.add("done " + epoch);
            }
        }).listen(new TrainingListener() {
        }).fit(loader);
        assertEquals(2, losses.size());
        assertEquals(List.of("epoch 1 of 7", "1.1:16", "1.2:16", "1.3:16", "1.4:16", "1.5:16", "1.6:16", "1.7:4",
                "done 1", "epoch 2 of 7", "2.1:16", "2.2:16", "2.3:16", "2.4:16", "2.5:16", "2.6:16", "2.7:4",
                "done 2"),
                heard);
    }

    @Test
    void anInterruptStopsAfterTheStep() {
        var steps = new ArrayList<Long>();
        var losses = trainer().epochs(5).listen(new TrainingListener() {
            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                steps.add(step);
                if (step == 3) {
                    Thread.currentThread().interrupt();
                }
            }
        }).fit(loader);
        assertTrue(Thread.interrupted(), "the status is kept");
        assertEquals(List.of(1L, 2L, 3L), steps);
        assertEquals(1, losses.size());
        assertNull(Scope.current());
    }

    @Test
    void anExceptionOfAListenerEndsTheTrainingInOrder() {
        var training = trainer().listen(new TrainingListener() {
            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                throw new IllegalStateException("enough");
            }
        });
        assertEquals("enough", assertThrows(IllegalStateException.class, () -> training.fit(loader)).getMessage());
        assertNull(Scope.current());
        assertTrue(Autograd.isRecording());
        assertEquals(1, trainer().fit(loader).size());
    }

    @Test
    void trainsInTrainingModeAndMeasuresInUse() {
        var modes = new ArrayList<Boolean>();
        try (var watched = new Module() {
            final Module inner = module("inner", new Mlp(false, 8, 3));

            @Override
            public Tensor forward(Tensor x) {
                modes.add(isTraining() && inner.isTraining() && Autograd.isRecording());
                return inner.forward(x);
            }
        }) {
            watched.eval();
            new Trainer(watched, new CrossEntropyLoss(), new Adam(watched.parameters(), 0.01)).fit(loader);
            assertFalse(modes.contains(false));
            modes.clear();
            Metrics.accuracy(watched, loader);
            assertFalse(modes.contains(true));
            assertTrue(watched.isTraining(), "set back");
            watched.eval();
            Metrics.accuracy(watched, loader);
            assertFalse(watched.isTraining(), "left as it was");
        }
    }

    @Test
    void correctCountsTheRowsWhoseGreatestLogitIsTheirLabel() {
        var logits = Tensor.of(new float[]{1, 2, 3, 5, 4, 0, 0, 9, 1}, 3, 3);
        assertEquals(2, Metrics.correct(logits, Tensor.of(new long[]{2, 1, 1})));
        assertEquals(0, Metrics.correct(Tensor.zeros(0, 3), Tensor.of(new long[0])));
    }

    @Test
    void partsAreNeeded() {
        assertThrows(NullPointerException.class, () -> new Trainer(null, new CrossEntropyLoss(), null));
        assertThrows(NullPointerException.class, () -> trainer().listen(null));
        var refused = assertThrows(IllegalArgumentException.class, () -> trainer().epochs(0));
        assertTrue(refused.getMessage().contains("0 epochs"), refused.getMessage());
    }

    @Test
    void aListenerAndTheNextHearTheSameInOrder() {
        var heard = new ArrayList<String>();
        trainer().listen(noting("a", heard).andThen(noting("b", heard))).fit(Synthetic.loader(16, 8, 3, 16));
        assertEquals(List.of("a starts", "b starts", "a step", "b step", "a ends", "b ends"), heard);
    }

    private static TrainingListener noting(String name, List<String> heard) {
        return new TrainingListener() {
            @Override
            public void epochStarted(int epoch, long batches) {
                heard.add(name + " starts");
            }

            @Override
            public void stepDone(int epoch, long step, int samples, double loss) {
                heard.add(name + " step");
            }

            @Override
            public void epochDone(int epoch, double meanLoss) {
                heard.add(name + " ends");
            }
        };
    }
}
