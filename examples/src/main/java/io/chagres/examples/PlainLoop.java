package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.TrainingListener;
import io.chagres.runtime.memory.Scope;

/** Training as every PyTorch user writes it, line by line. */
final class PlainLoop {
    private PlainLoop() {
    }

    static void train(Module net, Optimizer optimizer, DataLoader loader, int epochs, TrainingListener progress) {
        var criterion = new CrossEntropyLoss();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double running = 0;
            for (var batch : loader) {
                try (var _ = Scope.open()) {
                    var loss = criterion.forward(net.forward(batch.inputs()), batch.labels());
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    running += loss.item();
                    progress.stepDone(epoch, batch.index() + 1, batch.size(), loss.item());
                }
            }
            progress.epochDone(epoch, running / loader.batches());
        }
    }
}
