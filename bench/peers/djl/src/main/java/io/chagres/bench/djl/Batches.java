package io.chagres.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Task;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The batches as arrays of the engine, which live as long as the manager. */
record Batches(List<NDArray> inputs, List<NDArray> labels) {
    static Batches of(Task task, NDManager manager) {
        var inputs = new ArrayList<NDArray>();
        var shape = shape(task);
        for (int i = 0; i < Data.INPUTS; i++) {
            var batch = task.data().input(i);
            inputs.add(task.workload().tokens()
                    ? manager.create(batch.toArray(ValueLayout.JAVA_LONG_UNALIGNED), shape)
                    : manager.create(batch.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED), shape));
        }
        var labels = new ArrayList<NDArray>();
        for (int i = 0; i < Data.LABELS; i++) {
            labels.add(manager.create(task.data().labels(i).toArray(ValueLayout.JAVA_LONG_UNALIGNED)));
        }
        return new Batches(inputs, labels);
    }

    static Shape shape(Task task) {
        int[] sample = task.workload().inputShape();
        long[] shape = new long[sample.length + 1];
        shape[0] = task.batch();
        for (int i = 0; i < sample.length; i++) {
            shape[i + 1] = sample[i];
        }
        return new Shape(shape);
    }
}
