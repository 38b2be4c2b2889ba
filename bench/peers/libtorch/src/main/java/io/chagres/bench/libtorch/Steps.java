package io.chagres.bench.libtorch;

import io.chagres.bench.contender.Data;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** Steps of a network; what a step makes is released with its scope. */
final class Steps implements Session {
    private final Net net;
    private final Optimizer optimizer;
    private final long classes;
    private final Tensor[] inputs = new Tensor[Data.INPUTS];
    private final Tensor[] labels = new Tensor[Data.LABELS];

    /** Without an optimizer, for inference. */
    Steps(Task task, Net net, Optimizer optimizer, boolean channelsLast) {
        this.net = net;
        this.optimizer = optimizer;
        var workload = task.workload();
        this.classes = workload.classes();
        long[] shape = IntStream.concat(IntStream.of(task.batch()), IntStream.of(workload.inputShape())).asLongStream()
                .toArray();
        for (int i = 0; i < inputs.length; i++) {
            var type = workload.tokens() ? torch.ScalarType.Long : torch.ScalarType.Float;
            inputs[i] = view(task.data().input(i), type, shape);
            if (channelsLast) {
                inputs[i] = inputs[i].contiguous(torch.MemoryFormat.ChannelsLast);
            }
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = view(task.data().labels(i), torch.ScalarType.Long,
                    (long) task.batch() * workload.labelsPerSample());
        }
    }

    /** A tensor over mapped bytes, which live as long as the process. */
    private static Tensor view(MemorySegment bytes, torch.ScalarType type, long... shape) {
        return torch.from_blob(new Address(bytes), shape, new TensorOptions(type));
    }

    private static final class Address extends Pointer {
        Address(MemorySegment bytes) {
            address = bytes.address();
        }
    }

    @Override
    public double step(int input, int label) {
        try (var _ = new PointerScope()) {
            var x = inputs[input % inputs.length];
            return optimizer == null ? infer(x) : train(x, labels[label % labels.length]);
        }
    }

    private double train(Tensor x, Tensor target) {
        optimizer.zero_grad();
        var loss = torch.cross_entropy(net.forward(x).view(-1, classes), target);
        loss.backward();
        optimizer.step();
        return loss.item_float();
    }

    private double infer(Tensor x) {
        try (var _ = new InferenceMode()) {
            return net.forward(x).select(0, 0).select(0, 0).item_float();
        }
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.deallocate();
        }
    }
}
