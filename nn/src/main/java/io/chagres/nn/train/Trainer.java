package io.chagres.nn.train;

import io.chagres.nn.Module;
import io.chagres.nn.data.Batch;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.loss.Loss;
import io.chagres.nn.optim.Optimizer;
import io.chagres.runtime.memory.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Trains a module on the batches of a loader: the loop of forward, loss, backward and step that every PyTorch user writes,
 * with nothing added to it.
 *
 * <pre>{@code
 * var losses = new Trainer(net, new CrossEntropyLoss(), new Adam(net.parameters(), 0.001)).epochs(10).fit(loader);
 * }</pre>
 */
public final class Trainer {
    private final Module module;
    private final Loss criterion;
    private final Optimizer optimizer;
    private final List<TrainingListener> listeners = new ArrayList<>();
    private int epochs = 1;

    /** A trainer of a module, which its owner closes. */
    public Trainer(Module module, Loss criterion, Optimizer optimizer) {
        this.module = Objects.requireNonNull(module, "Trainer: module");
        this.criterion = Objects.requireNonNull(criterion, "Trainer: criterion");
        this.optimizer = Objects.requireNonNull(optimizer, "Trainer: optimizer");
    }

    /** How many times to go through the data; 1 unless set. */
    public Trainer epochs(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("Trainer: " + count + " epochs; at least 1 is needed");
        }
        epochs = count;
        return this;
    }

    /** Adds somebody to tell. */
    public Trainer listen(TrainingListener listener) {
        listeners.add(Objects.requireNonNull(listener, "Trainer: listener"));
        return this;
    }

    /**
     * Trains, and returns the mean loss of each epoch. A thread that is interrupted stops after the running step, with its
     * interrupt status kept; what was trained so far stays.
     */
    public List<Double> fit(DataLoader loader) {
        module.train();
        var losses = new ArrayList<Double>();
        for (int epoch = 1; epoch <= epochs && !Thread.currentThread().isInterrupted(); epoch++) {
            losses.add(fitEpoch(loader, epoch));
        }
        return List.copyOf(losses);
    }

    private double fitEpoch(DataLoader loader, int epoch) {
        for (var listener : listeners) {
            listener.epochStarted(epoch, loader.batches());
        }
        double running = 0;
        long step = 0;
        for (var batch : loader) {
            double loss = fitBatch(batch);
            running += loss;
            step++;
            for (var listener : listeners) {
                listener.stepDone(epoch, step, batch.size(), loss);
            }
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        double mean = running / step;
        for (var listener : listeners) {
            listener.epochDone(epoch, mean);
        }
        return mean;
    }

    private double fitBatch(Batch batch) {
        try (var _ = Scope.open()) {
            var loss = criterion.forward(module.forward(batch.inputs()), batch.labels());
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }
}
