package io.chagres.bench.tensorflow;

import io.chagres.bench.contender.Workload;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.framework.optimizers.Adam;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.BlockLSTM;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** Gradients and updates. */
final class Training {
    static {
        // TensorFlow's Python has these gradients, made of the same ops; its C library lacks them.
        TensorFlow.registerCustomGradient(SparseSoftmaxCrossEntropyWithLogits.OP_NAME, Training::crossEntropyGradient);
        TensorFlow.registerCustomGradient(BlockLSTM.OP_NAME, Training::lstmGradient);
    }

    private Training() {
    }

    private static List<Operand<?>> crossEntropyGradient(Ops tf, GraphOperation op, List<Output<?>> gradients) {
        Operand<TFloat32> gradient = tf.expandDims(floats(gradients.get(0)), tf.constant(-1));
        var in = new SparseSoftmaxCrossEntropyWithLogits.Inputs<TFloat32>(op);
        // There is no way to say none; nothing asks for it, so it is never run.
        return List.of(tf.math.mul(gradient, floats(op.output(1))), tf.zerosLike(in.labels));
    }

    private static List<Operand<?>> lstmGradient(Ops tf, GraphOperation op, List<Output<?>> gradients) {
        var in = new BlockLSTM.Inputs<TFloat32>(op);
        var out = new BlockLSTM<TFloat32>(op);
        // Nothing but the outputs h has a gradient.
        var zeros = tf.zerosLike(out.cs());
        var all = tf.nn.blockLSTMGrad(in.seqLenMax, in.x, in.csPrev, in.hPrev, in.w, in.wci, in.wcf, in.wco, in.b,
                out.i(), out.cs(), out.f(), out.o(), out.ci(), out.co(), out.h(), zeros, floats(gradients.get(6)),
                in.usePeephole);
        return List.of(tf.zerosLike(in.seqLenMax), all.xGrad(), all.csPrevGrad(), all.hPrevGrad(), all.wGrad(),
                all.wciGrad(),
                all.wcfGrad(), all.wcoGrad(), all.bGrad());
    }

    @SuppressWarnings("unchecked")
    private static Output<TFloat32> floats(Output<?> output) {
        return (Output<TFloat32>) output;
    }

    /** All that one step updates. */
    static Op step(Graph graph, Layers layers, Operand<TFloat32> loss, Workload workload) {
        var tf = layers.tf();
        var parameters = layers.parameters();
        var raw = graph.addGradients(loss.asOutput(),
                parameters.stream().map(Operand::asOutput).toArray(Output<?>[]::new));
        // Variables change in place: no update may run before the last gradient is there.
        var last = tf.withControlDependencies(List.<Op>of(raw));
        var decays = new ArrayList<Op>();
        if (workload == Workload.W4) {
            for (var parameter : parameters) {
                decays.add(last.assignSub(parameter, last.math.mul(parameter, tf.constant(3e-4f * 0.01f))));
            }
            last = tf.withControlDependencies(decays);
        }
        var gradients = new ArrayList<GradAndVar<? extends TType>>();
        for (int i = 0; i < raw.length; i++) {
            Operand<TFloat32> gradient = last.identity(floats(raw[i]));
            if (workload == Workload.W3) {
                gradient = tf.math.add(gradient, last.math.mul(parameters.get(i), tf.constant(5e-4f)));
            }
            gradients.add(new GradAndVar<>(gradient.asOutput(), parameters.get(i).asOutput()));
        }
        var all = new ArrayList<>(layers.updates());
        all.add(optimizer(graph, workload).applyGradients(gradients, "train"));
        return tf.withControlDependencies(all).noOp();
    }

    private static Optimizer optimizer(Graph graph, Workload workload) {
        return switch (workload) {
            case W1, W2, W6 -> new Adam(graph, 0.001f);
            case W3 -> new Momentum(graph, 0.01f, 0.9f);
            case W4 -> new Adam(graph, 0.0003f);
            case W5 -> new GradientDescent(graph, 0.01f);
        };
    }
}
