package io.chagres.bench.tensorflow;

import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.EagerSession;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A graph and its session. Training holds the parameters as variables, inference as constants, as a frozen graph does. */
final class TensorflowSession implements Session {
    private final Graph graph = new Graph();
    private final org.tensorflow.Session session;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> labels = new ArrayList<>();
    private final Operand<?> input;
    private final Placeholder<TInt64> label;
    private final Operand<TFloat32> answer;
    private final Op train;

    TensorflowSession(Task task, ConfigProto config) {
        var workload = task.workload();
        var tf = Ops.create(graph);
        for (int i = 0; i < Data.INPUTS; i++) {
            inputs.add(input(task, i));
        }
        for (int i = 0; i < Data.LABELS; i++) {
            long[] classes = task.data().labels(i).toArray(ValueLayout.JAVA_LONG_UNALIGNED);
            labels.add(TInt64.tensorOf(Shape.of(classes.length), DataBuffers.of(classes)));
        }
        // The thread pool belongs to the process: whatever runs first sets its size.
        try (var eager = EagerSession.options().config(config).build()) {
            var layers = new Layers(tf, Ops.create(eager), task.training());
            Operand<TFloat32> logits;
            if (workload.tokens()) {
                var tokens = tf.placeholder(TInt64.class, Placeholder.shape(inputs.getFirst().shape()));
                input = tokens;
                logits = Networks.gpt(layers, tokens, task.batch());
            } else {
                var values = tf.placeholder(TFloat32.class, Placeholder.shape(inputs.getFirst().shape()));
                input = values;
                logits = switch (workload) {
                    case W1 -> Networks.mlp(layers, values, 784, 128, 64, 10);
                    case W2 -> Networks.leNet(layers, values, task.batch());
                    case W3 -> Networks.resNet(layers, values);
                    case W5 -> Networks.mlp(layers, values, 1024, 4096, 4096, 1000);
                    case W6 -> Networks.lstm(layers, values, task.batch());
                    case W4 -> throw new AssertionError(workload);
                };
            }
            if (task.training()) {
                label = tf.placeholder(TInt64.class, Placeholder.shape(labels.getFirst().shape()));
                answer = layers.meanCrossEntropy(logits, label);
                train = Training.step(graph, layers, answer, workload);
            } else {
                label = null;
                answer = logits;
                train = null;
            }
        }
        session = new org.tensorflow.Session(graph, config);
        session.initialize();
    }

    private static Tensor input(Task task, int i) {
        MemorySegment batch = task.data().input(i);
        int[] sample = task.workload().inputShape();
        if (task.workload().tokens()) {
            return TInt64.tensorOf(Shape.of(task.batch(), sample[0]),
                    DataBuffers.of(batch.toArray(ValueLayout.JAVA_LONG_UNALIGNED)));
        }
        float[] values = batch.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        return switch (task.workload()) {
            case W2, W3 -> TFloat32.tensorOf(Shape.of(task.batch(), sample[1], sample[2], sample[0]),
                    DataBuffers.of(channelsLast(values, sample[0], sample[1] * sample[2])));
            // The LSTM op takes [steps, batch, features].
            case W6 -> TFloat32.tensorOf(Shape.of(sample[0], task.batch(), sample[1]),
                    DataBuffers.of(stepsFirst(values, task.batch(), sample[0], sample[1])));
            default -> TFloat32.tensorOf(Shape.of(task.batch(), sample[0]), DataBuffers.of(values));
        };
    }

    private static float[] channelsLast(float[] in, int channels, int pixels) {
        float[] out = new float[in.length];
        for (int i = 0; i < in.length; i++) {
            int sample = i / (channels * pixels);
            int channel = i / pixels % channels;
            out[(sample * pixels + i % pixels) * channels + channel] = in[i];
        }
        return out;
    }

    private static float[] stepsFirst(float[] in, int batch, int steps, int features) {
        float[] out = new float[in.length];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < steps; t++) {
                System.arraycopy(in, (b * steps + t) * features, out, (t * batch + b) * features, features);
            }
        }
        return out;
    }

    @Override
    public double step(int inputBatch, int labelBatch) {
        var runner = session.runner().feed(input, inputs.get(inputBatch % Data.INPUTS)).fetch(answer);
        if (train != null) {
            runner.feed(label, labels.get(labelBatch % Data.LABELS)).addTarget(train);
        }
        try (var result = runner.run()) {
            var out = (TFloat32) result.get(0);
            return train == null ? out.getFloat(0, 0) : out.getFloat();
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
        inputs.forEach(Tensor::close);
        labels.forEach(Tensor::close);
    }
}
