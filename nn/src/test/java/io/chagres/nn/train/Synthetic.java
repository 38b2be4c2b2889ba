package io.chagres.nn.train;

import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.TensorDataset;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;

/** Random points, labelled by which of their first features is greatest: a task that a small network learns. */
final class Synthetic {
    private Synthetic() {
    }

    static TensorDataset data(int samples, int features, int classes) {
        var inputs = Tensor.rand(new Generator(41), samples, features);
        return new TensorDataset(inputs, inputs.narrow(1, 0, classes).argmax(1));
    }

    static DataLoader loader(int samples, int features, int classes, int batchSize) {
        return DataLoader.of(data(samples, features, classes)).batchSize(batchSize).shuffle(42);
    }
}
