package io.chagres.nn.reliability;

import io.chagres.nn.Mlp;
import io.chagres.nn.data.Batch;
import io.chagres.nn.data.DataLoader;
import io.chagres.nn.data.TensorDataset;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** A training with everything in it, all of it a function of the seed. */
final class Training implements AutoCloseable {
    static final int FEATURES = 96;
    static final int CLASSES = 10;

    final Mlp net;
    final Adam optimizer;
    final DataLoader loader;
    private final Tensor inputs;
    private final Tensor labels;
    private final CrossEntropyLoss criterion = new CrossEntropyLoss();

    Training(long seed, int rows, int batchSize, int hidden) {
        var generator = Generator.seed(seed);
        inputs = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(rows, FEATURES), "inputs");
        labels = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(rows), "labels");
        Convert.fill(inputs, i -> generator.nextGaussian());
        Convert.fill(labels, i -> generator.nextLong(CLASSES));
        loader = DataLoader.of(new TensorDataset(inputs, labels)).batchSize(batchSize).shuffle(seed);
        net = new Mlp(seed % 2 == 0, FEATURES, hidden, hidden, CLASSES);
        optimizer = new Adam(net.parameters(), 0.01);
    }

    /** The losses of all batches of so many epochs. */
    double[] run(int epochs) {
        var losses = new double[(int) (epochs * loader.batches())];
        int step = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            for (var batch : loader) {
                losses[step++] = step(batch);
            }
        }
        return losses;
    }

    double step(Batch batch) {
        try (var _ = Scope.open()) {
            var loss = criterion.forward(net.forward(batch.inputs()), batch.labels());
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    @Override
    public void close() {
        optimizer.close();
        net.close();
        loader.close();
        inputs.close();
        labels.close();
    }
}
