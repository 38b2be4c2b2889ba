package io.chagres.bench.deeplearning4j;

import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import io.chagres.bench.contender.Workload;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network of layers in a row, or a graph of them. */
final class Deeplearning4jSession implements Session {
    private final List<INDArray> inputs = new ArrayList<>();
    private final List<INDArray> labels = new ArrayList<>();
    private final boolean training;
    private final MultiLayerNetwork layers;
    private final ComputationGraph graph;

    Deeplearning4jSession(Task task, MultiLayerNetwork layers) {
        this(task, layers, null);
    }

    Deeplearning4jSession(Task task, ComputationGraph graph) {
        this(task, null, graph);
    }

    private Deeplearning4jSession(Task task, MultiLayerNetwork layers, ComputationGraph graph) {
        this.layers = layers;
        this.graph = graph;
        training = task.training();
        int[] sample = task.workload().inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = task.batch();
        for (int i = 0; i < sample.length; i++) {
            shape[i + 1] = sample[i];
        }
        for (int i = 0; i < Data.INPUTS; i++) {
            float[] values = task.data().input(i).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            var batch = Nd4j.create(values, shape, 'c');
            // Recurrent layers take [batch, features, steps].
            inputs.add(task.workload() == Workload.W6 ? batch.permute(0, 2, 1).dup('c') : batch);
        }
        for (int i = 0; i < Data.LABELS; i++) {
            labels.add(oneHot(task.data().labels(i).toArray(ValueLayout.JAVA_LONG_UNALIGNED),
                    task.workload().classes()));
        }
    }

    private static INDArray oneHot(long[] labels, int classes) {
        var all = Nd4j.zeros(DataType.FLOAT, labels.length, classes);
        for (int i = 0; i < labels.length; i++) {
            all.putScalar(i, labels[i], 1);
        }
        return all;
    }

    @Override
    public double step(int input, int label) {
        var x = inputs.get(input % Data.INPUTS);
        if (!training) {
            return (graph == null ? layers.output(x) : graph.outputSingle(x)).getFloat(0, 0);
        }
        var y = labels.get(label % Data.LABELS);
        if (graph == null) {
            layers.fit(x, y);
            return layers.score();
        }
        graph.fit(new INDArray[]{x}, new INDArray[]{y});
        return graph.score();
    }

    @Override
    public void close() {
        if (graph == null) {
            layers.close();
        } else {
            graph.close();
        }
        inputs.forEach(INDArray::close);
        labels.forEach(INDArray::close);
    }
}
