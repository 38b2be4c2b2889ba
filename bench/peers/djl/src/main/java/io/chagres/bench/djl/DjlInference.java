package io.chagres.bench.djl;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;

/** Answers by DJL's predictor; the parameters take no gradients, so there is no tape. */
final class DjlInference implements Session {
    private final Model model;
    private final NDManager manager;
    private final Predictor<NDList, NDList> predictor;
    private final Batches batches;

    DjlInference(Task task) {
        model = Model.newInstance(task.workload().name());
        manager = model.getNDManager().newSubManager();
        var block = Networks.of(task.workload());
        block.initialize(model.getNDManager(), DataType.FLOAT32, Batches.shape(task));
        model.setBlock(block);
        // The batches are made already.
        predictor = model.newPredictor(new NoopTranslator(null));
        batches = Batches.of(task, manager);
    }

    @Override
    public double step(int input, int labels) {
        var x = batches.inputs().get(input % Data.INPUTS);
        try (var step = manager.newSubManager()) {
            x.tempAttach(step);
            try (var out = predictor.predict(new NDList(x))) {
                return out.singletonOrThrow().getFloat(0, 0);
            }
        } catch (TranslateException e) {
            throw new IllegalStateException("the predictor failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        manager.close();
        model.close();
    }
}
