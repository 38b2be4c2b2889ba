package io.chagres.bench;

import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;

/** The reference program's training step, over ever new batches. */
final class ReferenceStep implements AutoCloseable {
    private final ReferenceNet net;
    private final Batches batches;
    private final Adam optimizer;
    private final CrossEntropyLoss criterion = new CrossEntropyLoss();

    ReferenceStep(int batch, boolean fused) {
        Generator.seed(1);
        net = new ReferenceNet(fused);
        batches = new Batches(batch);
        optimizer = new Adam(net.parameters(), 0.001);
    }

    /** Takes one step and returns the loss before it. */
    double run() {
        batches.advance();
        try (var _ = Scope.open()) {
            var loss = criterion.forward(net.forward(batches.images()), batches.labels());
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    /**
     * Compares loss and gradients of one more batch with {@link NaiveMlp}.
     *
     * @throws IllegalStateException if they differ
     */
    void verify() {
        batches.advance();
        var naive = new NaiveMlp(net);
        double expected = naive.loss(batches.images(), batches.labels());
        try (var _ = Scope.open()) {
            var loss = criterion.forward(net.forward(batches.images()), batches.labels());
            net.zeroGrad();
            loss.backward();
            Floats.requireClose("loss", loss.item(), expected, 1e-4 * expected);
        }
        naive.requireGradients(net);
    }

    @Override
    public void close() {
        optimizer.close();
        net.close();
        batches.close();
    }
}
