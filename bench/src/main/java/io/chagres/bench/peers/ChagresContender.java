package io.chagres.bench.peers;

import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.NotYetException;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import io.chagres.nn.Module;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.models.ResNet;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.AdamW;
import io.chagres.nn.optim.Optimizer;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Chagres, written as a user would. */
final class ChagresContender implements Contender {
    private ChagresContender() {
    }

    /** See {@link Host}. */
    public static void main(String[] args) throws IOException {
        Host.main(new ChagresContender(), args);
    }

    @Override
    public String describe() {
        return "Chagres, kernels " + Kernels.best().name() + ", team of " + Threads.limit();
    }

    @Override
    public Session open(Task task) throws NotYetException {
        Threads.setLimit(task.threads());
        Generator.seed(1);
        return switch (task.workload()) {
            case W1 -> new Steps(task, mlp(784, 128, 64, 10), parameters -> new Adam(parameters, 0.001));
            case W5 -> new Steps(task, mlp(1024, 4096, 4096, 1000), parameters -> new SGD(parameters, 0.01));
            case W4 -> new Steps(task, new Gpt(), parameters -> new AdamW(parameters, 0.0003));
            case W2 -> new Steps(task, new LeNet5(), parameters -> new Adam(parameters, 0.001));
            case W3 -> new Steps(task, ResNet.resnet18(ResNet.Stem.CIFAR, 10),
                    parameters -> new SGD(parameters, 0.01, 0.9, 5e-4));
            case W6 -> throw new NotYetException("no LSTM");
        };
    }

    private static Module mlp(int inputs, int hidden1, int hidden2, int outputs) {
        return new Sequential(new Linear(inputs, hidden1), new ReLU(), new Linear(hidden1, hidden2), new ReLU(),
                new Linear(hidden2, outputs));
    }

    private static final class Steps implements Session {
        private final Module net;
        private final Optimizer optimizer;
        private final boolean training;
        private final CrossEntropyLoss criterion = new CrossEntropyLoss();
        private final long classes;
        private final Tensor[] inputs = new Tensor[Data.INPUTS];
        private final Tensor[] labels = new Tensor[Data.LABELS];

        Steps(Task task, Module net, Function<List<Tensor>, Optimizer> optimizer) {
            this.net = net;
            this.optimizer = optimizer.apply(net.parameters());
            this.training = task.training();
            var workload = task.workload();
            this.classes = workload.classes();
            var shape = LongStream.concat(LongStream.of(task.batch()),
                    Arrays.stream(workload.inputShape()).asLongStream()).toArray();
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = Tensor.owned(Owner.DATA, workload.tokens() ? DType.INT64 : DType.FLOAT32, Shape.of(shape),
                        "inputs");
                inputs[i].segment().copyFrom(task.data().input(i));
            }
            for (int i = 0; i < labels.length; i++) {
                labels[i] = Tensor.owned(Owner.DATA, DType.INT64,
                        Shape.of((long) task.batch() * workload.labelsPerSample()), "labels");
                labels[i].segment().copyFrom(task.data().labels(i));
            }
            if (!training) {
                net.eval();
            }
        }

        @Override
        public double step(int input, int label) {
            var x = inputs[input % inputs.length];
            return training ? train(x, labels[label % labels.length]) : infer(x);
        }

        private double train(Tensor x, Tensor target) {
            try (var _ = Scope.open()) {
                var loss = criterion.forward(net.forward(x).view(-1, classes), target);
                optimizer.zeroGrad();
                loss.backward();
                optimizer.step();
                return loss.item();
            }
        }

        private double infer(Tensor x) {
            try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
                return net.forward(x).view(-1).select(0, 0).item();
            }
        }

        @Override
        public void close() {
            optimizer.close();
            net.close();
            for (var tensor : inputs) {
                tensor.close();
            }
            for (var tensor : labels) {
                tensor.close();
            }
        }
    }
}
