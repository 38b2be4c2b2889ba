package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.train.Trainer;
import io.chagres.nn.train.TrainingListener;

/** The same training as {@link PlainLoop}, with the loop left to a {@link Trainer}. */
final class WithTrainer {
    private WithTrainer() {
    }

    static void train(Module net, Optimizer optimizer, DataLoader loader, int epochs, TrainingListener progress) {
        new Trainer(net, new CrossEntropyLoss(), optimizer).epochs(epochs).listen(progress).fit(loader);
    }
}
