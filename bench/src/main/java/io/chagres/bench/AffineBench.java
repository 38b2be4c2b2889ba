package io.chagres.bench;

import io.chagres.nn.layer.Linear;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does fusing relu into the product save, in use (forward alone) and in training? Layers are in x out. Only the hidden
 * layer, 128x64, is asked for the gradient of its input.
 */
public class AffineBench extends ScalingBenchmark {
    @Param({"64", "512"})
    public int batch;

    @Param({"784x128", "128x64"})
    public String layer;

    private Linear linear;
    private Tensor x;
    private Tensor dy;

    @Setup
    public void prepare() {
        var generator = Generator.seed(5);
        int in = Integer.parseInt(layer.split("x")[0]);
        int out = Integer.parseInt(layer.split("x")[1]);
        linear = new Linear(in, out);
        x = random(in, generator).requiresGrad(in != 784);
        dy = random(out, generator);
    }

    private Tensor random(int columns, Generator generator) {
        var tensor = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(batch, columns), "operand");
        return Convert.fill(tensor, index -> 2 * generator.nextFloat() - 1);
    }

    private Tensor fused() {
        return linear.forwardRelu(x);
    }

    private Tensor separate() {
        return linear.forward(x).relu();
    }

    private Tensor backward(Tensor y) {
        linear.zeroGrad();
        x.zeroGrad();
        y.backward(dy);
        return linear.weight.grad();
    }

    @Benchmark
    public Tensor forwardFused() {
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            return fused();
        }
    }

    @Benchmark
    public Tensor forwardSeparate() {
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            return separate();
        }
    }

    @Benchmark
    public Tensor trainingFused() {
        try (var _ = Scope.open()) {
            return backward(fused());
        }
    }

    @Benchmark
    public Tensor trainingSeparate() {
        try (var _ = Scope.open()) {
            return backward(separate());
        }
    }

    @TearDown
    public void verify() {
        var naive = new NaiveLayer(linear, true);
        double[] y = naive.forward(NaiveLayer.toDouble(x.toFloatArray()));
        double[] dx = naive.backward(NaiveLayer.toDouble(dy.toFloatArray()));
        try (var _ = Scope.open()) {
            verify("fused", fused(), y, dx, naive);
            verify("separate", separate(), y, dx, naive);
        }
        linear.close();
        x.close();
        dy.close();
    }

    private void verify(String form, Tensor actual, double[] y, double[] dx, NaiveLayer naive) {
        Floats.requireClose(form, actual.toFloatArray(), y, 1e-5);
        backward(actual);
        Floats.requireClose(form + ": weight", linear.weight.grad().toFloatArray(), naive.weightGradient, 1e-4);
        Floats.requireClose(form + ": bias", linear.bias.grad().toFloatArray(), naive.biasGradient, 1e-4);
        if (x.requiresGrad()) {
            Floats.requireClose(form + ": input", x.grad().toFloatArray(), dx, 1e-4);
        }
    }
}
