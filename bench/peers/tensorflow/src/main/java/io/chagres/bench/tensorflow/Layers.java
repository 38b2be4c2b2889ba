package io.chagres.bench.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.Initializer;
import org.tensorflow.framework.initializers.Ones;
import org.tensorflow.framework.initializers.Orthogonal;
import org.tensorflow.framework.initializers.RandomUniform;
import org.tensorflow.framework.initializers.Zeros;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Layers of TensorFlow's ops, with parameters that begin as Keras's layers do: Glorot uniform weights and zero biases. */
final class Layers {
    private static final float BATCH_NORM_MOMENTUM = 0.99f;

    private final Ops tf;
    private final Ops eager;
    private final boolean training;
    private final List<Operand<TFloat32>> parameters = new ArrayList<>();
    private final List<Op> updates = new ArrayList<>();
    private long seed = 1;

    /** Parameters are made by the eager ops. */
    Layers(Ops tf, Ops eager, boolean training) {
        this.tf = tf;
        this.eager = eager;
        this.training = training;
    }

    Ops tf() {
        return tf;
    }

    /** Variables that the optimizer updates. */
    List<Operand<TFloat32>> parameters() {
        return parameters;
    }

    /** Updates of batch norm's running statistics. */
    List<Op> updates() {
        return updates;
    }

    private Operand<TFloat32> made(Initializer<TFloat32> initializer, long... shape) {
        return initializer.call(eager, eager.constant(shape), TFloat32.class);
    }

    private Operand<TFloat32> parameter(Initializer<TFloat32> initializer, long... shape) {
        return parameter(made(initializer, shape));
    }

    private Operand<TFloat32> parameter(Operand<TFloat32> value) {
        var made = variable(value);
        if (training) {
            parameters.add(made);
        }
        return made;
    }

    private Operand<TFloat32> variable(Operand<TFloat32> value) {
        try (var tensor = value.asTensor()) {
            var constant = tf.constantOf(tensor);
            return training ? tf.variable(constant) : constant;
        }
    }

    /** Not {@code initializers.Glorot}, which in this version draws from the positive half of its range alone. */
    private Initializer<TFloat32> glorot(long fanIn, long fanOut) {
        double limit = Math.sqrt(6.0 / (fanIn + fanOut));
        return new RandomUniform<>(-limit, limit, seed++);
    }

    /** x [n, in] times weights [in, out], plus a bias. */
    Operand<TFloat32> linear(Operand<TFloat32> x, long in, long out) {
        return tf.nn.biasAdd(tf.linalg.matMul(x, parameter(glorot(in, out), in, out)), parameter(new Zeros<>(), out));
    }

    Operand<TFloat32> relu(Operand<TFloat32> x) {
        return tf.nn.relu(x);
    }

    /** Convolution of x [n, h, w, in], zero-padded on all sides. */
    Operand<TFloat32> conv(Operand<TFloat32> x, long in, long out, long kernel, long stride, long padding) {
        var weights = parameter(glorot(kernel * kernel * in, kernel * kernel * out), kernel, kernel, in, out);
        var strides = List.of(1L, stride, stride, 1L);
        if (padding == 0) {
            return tf.nn.conv2d(x, weights, strides, "VALID");
        }
        if (stride == 1 && kernel == 2 * padding + 1) {
            return tf.nn.conv2d(x, weights, strides, "SAME");
        }
        // SAME would pad one side only; the gradient of EXPLICIT is not in TensorFlow's C library.
        int around = Math.toIntExact(padding);
        var padded = tf.pad(x, tf.constant(new int[][]{{0, 0}, {around, around}, {around, around}, {0, 0}}),
                tf.constant(0f));
        return tf.nn.conv2d(padded, weights, strides, "VALID");
    }

    Operand<TFloat32> bias(Operand<TFloat32> x, long channels) {
        return tf.nn.biasAdd(x, parameter(new Zeros<>(), channels));
    }

    Operand<TFloat32> maxPool2(Operand<TFloat32> x) {
        var two = tf.constant(new int[]{1, 2, 2, 1});
        return tf.nn.maxPool(x, two, two, "VALID");
    }

    /** Batch norm over the channels of x [n, h, w, channels]. */
    Operand<TFloat32> batchNorm(Operand<TFloat32> x, long channels) {
        var scale = parameter(new Ones<>(), channels);
        var offset = parameter(new Zeros<>(), channels);
        var mean = variable(made(new Zeros<>(), channels));
        var variance = variable(made(new Ones<>(), channels));
        if (!training) {
            return tf.nn.fusedBatchNorm(x, scale, offset, mean, variance, FusedBatchNorm.isTraining(false),
                    FusedBatchNorm.epsilon(1e-3f)).y();
        }
        var none = tf.constant(new float[0]);
        var norm = tf.nn.fusedBatchNorm(x, scale, offset, none, none, FusedBatchNorm.isTraining(true),
                FusedBatchNorm.epsilon(1e-3f));
        var rate = tf.constant(1 - BATCH_NORM_MOMENTUM);
        updates.add(tf.assignSub(mean, tf.math.mul(tf.math.sub(mean, norm.batchMean()), rate)));
        updates.add(tf.assignSub(variance, tf.math.mul(tf.math.sub(variance, norm.batchVariance()), rate)));
        return norm.y();
    }

    /** Layer norm over the last axis of x [n, width]. */
    Operand<TFloat32> layerNorm(Operand<TFloat32> x, long width) {
        var scale = parameter(new Ones<>(), width);
        var offset = parameter(new Zeros<>(), width);
        var last = tf.constant(-1);
        var mean = tf.math.mean(x, last, Mean.keepDims(true));
        var variance = tf.math.mean(tf.math.squaredDifference(x, mean), last, Mean.keepDims(true));
        var factor = tf.math.mul(tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-5f))), scale);
        return tf.math.add(tf.math.mul(x, factor), tf.math.sub(offset, tf.math.mul(mean, factor)));
    }

    /** A table [rows, width] of uniform values, as Keras's embeddings begin. */
    Operand<TFloat32> table(long rows, long width) {
        return parameter(new RandomUniform<>(-0.05, 0.05, seed++), rows, width);
    }

    /** All steps' outputs [steps, batch, units] of an LSTM over x [steps, batch, features]. */
    Operand<TFloat32> lstm(Operand<TFloat32> x, long steps, long batch, long features, long units) {
        // The initializer takes no matrix that is wider than high.
        Operand<TFloat32> recurrent = eager.linalg.transpose(made(new Orthogonal<>(seed++), 4 * units, units),
                eager.constant(new int[]{1, 0}));
        var weights = parameter(eager.concat(List.of(made(glorot(features, 4 * units), features, 4 * units),
                recurrent), eager.constant(0)));
        // Gates are in the order input, forget, cell, output; the bias of the forget gate begins at one.
        var zeros = made(new Zeros<>(), units);
        var bias = parameter(eager.concat(List.of(zeros, made(new Ones<>(), units), zeros, zeros), eager.constant(0)));
        var state = tf.zeros(tf.constant(new long[]{batch, units}), TFloat32.class);
        var peephole = tf.zeros(tf.constant(new long[]{units}), TFloat32.class);
        return tf.nn.blockLSTM(tf.constant(steps), x, state, state, weights, peephole, peephole, peephole, bias).h();
    }

    /** The mean over all rows of logits [n, classes], labels [n]. */
    Operand<TFloat32> meanCrossEntropy(Operand<TFloat32> logits, Placeholder<TInt64> labels) {
        return tf.math.mean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, labels).loss(), tf.constant(0));
    }
}
