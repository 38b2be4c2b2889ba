package io.chagres.runtime.check;

import io.chagres.natives.Checkup;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.io.PrintStream;
import java.util.List;

/** A layer forward and backward, and the kernels that oneDNN picked for it. */
public final class KernelCheckup implements Checkup {
    /** For the service loader. */
    public KernelCheckup() {
    }

    @Override
    public String title() {
        return "A linear layer with relu, 64 x 784 -> 128, forward and backward";
    }

    @Override
    public boolean run(PrintStream out) {
        var generator = new Generator(1);
        boolean right;
        try (var _ = Scope.open()) {
            var x = Tensor.randn(generator, 64, 784).requiresGrad(true);
            var w = Tensor.randn(generator, 128, 784).requiresGrad(true);
            var b = Tensor.randn(generator, 128).requiresGrad(true);
            var y = Affine.linearRelu(x, w, b);
            y.sum().backward();
            right = Math.abs(y.toFloatArray()[0] - expected(x, w, b)) < 1e-3
                    && w.grad().shape().equals(w.shape()) && x.grad().shape().equals(x.shape());
        }
        List<String> kernels = Plans.kernels();
        kernels.forEach(kernel -> out.println("oneDNN kernel            " + kernel));
        out.println("first element            " + (right ? "right" : "WRONG"));
        return right && !kernels.isEmpty();
    }

    private static double expected(Tensor x, Tensor w, Tensor b) {
        double sum = b.toFloatArray()[0];
        float[] row = x.select(0, 0).toFloatArray();
        float[] weights = w.select(0, 0).toFloatArray();
        for (int i = 0; i < row.length; i++) {
            sum += (double) row[i] * weights[i];
        }
        return Math.max(sum, 0);
    }
}
