package io.chagres.bench.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import io.chagres.bench.contender.Workload;

/** Steps by DJL's trainer, as {@code EasyTrain.trainBatch} makes them, without its listeners and metrics. */
final class DjlTraining implements Session {
    private final Model model;
    private final Trainer trainer;
    private final Loss loss = Loss.softmaxCrossEntropyLoss();
    private final Batches batches;

    DjlTraining(Task task) {
        model = Model.newInstance(task.workload().name());
        model.setBlock(Networks.of(task.workload()));
        trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer(task.workload())));
        trainer.initialize(Batches.shape(task));
        batches = Batches.of(task, trainer.getManager());
    }

    private static Optimizer optimizer(Workload workload) {
        return switch (workload) {
            case W1, W2, W6 -> Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.001f)).build();
            case W3 -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).optMomentum(0.9f)
                    .optWeightDecays(5e-4f).build();
            case W4 -> Optimizer.adamW().optLearningRateTracker(Tracker.fixed(0.0003f)).optWeightDecays(0.01f)
                    .build();
            case W5 -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
        };
    }

    @Override
    public double step(int input, int label) {
        var x = batches.inputs().get(input % Data.INPUTS);
        var y = batches.labels().get(label % Data.LABELS);
        // All arrays that a step makes belong to its inputs' manager, and go with it.
        try (var manager = trainer.getManager().newSubManager()) {
            x.tempAttach(manager);
            y.tempAttach(manager);
            float value;
            // Which also zeroes the gradients.
            try (var collector = trainer.newGradientCollector()) {
                var mean = loss.evaluate(new NDList(y), trainer.forward(new NDList(x)));
                collector.backward(mean);
                value = mean.getFloat();
            }
            trainer.step();
            return value;
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
