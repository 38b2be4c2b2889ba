package io.chagres.nn.train;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;

/** How good a module is. */
public final class Metrics {
    private Metrics() {
    }

    /**
     * The share of samples whose greatest logit is that of their label. The module is set to use for that time, and back.
     *
     * @return in [0, 1]; NaN without samples
     */
    public static double accuracy(Module module, DataLoader loader) {
        boolean training = module.isTraining();
        module.eval();
        long correct = 0;
        long seen = 0;
        try (var _ = Autograd.noGrad()) {
            for (var batch : loader) {
                try (var _ = Scope.open()) {
                    correct += correct(module.forward(batch.inputs()), batch.labels());
                    seen += batch.size();
                }
            }
        } finally {
            if (training) {
                module.train();
            }
        }
        return (double) correct / seen;
    }

    /**
     * How many rows of logits are greatest at their label.
     *
     * @param logits [N, C]
     * @param labels [N] int64
     */
    public static long correct(Tensor logits, Tensor labels) {
        long count = 0;
        for (long hit : logits.argmax(1).eq(labels).toLongArray()) {
            count += hit;
        }
        return count;
    }
}
