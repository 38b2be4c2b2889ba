package io.chagres.bench.libtorch;

import io.chagres.bench.contender.Contender;
import io.chagres.bench.contender.Host;
import io.chagres.bench.contender.Session;
import io.chagres.bench.contender.Task;
import java.io.IOException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** libtorch, eager. Which BLAS it calls is for its environment to say. */
final class LibtorchContender implements Contender {
    private static final boolean CHANNELS_LAST = Boolean.getBoolean("peer.channelsLast");

    private LibtorchContender() {
    }

    /** See {@link Host}. */
    public static void main(String[] args) throws IOException {
        Host.main(new LibtorchContender(), args);
    }

    @Override
    public String describe() {
        return "libtorch " + System.getProperty("peer.version") + " by JavaCPP, eager, BLAS "
                + System.getProperty("org.bytedeco.openblas.load", "openblas")
                + (CHANNELS_LAST ? ", channels_last" : "");
    }

    @Override
    public Session open(Task task) {
        torch.set_num_threads(task.threads());
        torch.manual_seed(1);
        var net = switch (task.workload()) {
            case W1 -> new Mlp(784, 128, 64, 10);
            case W2 -> new LeNet5();
            case W3 -> new ResNet18();
            case W4 -> new Gpt();
            case W5 -> new Mlp(1024, 4096, 4096, 1000);
            case W6 -> new LastOfLstm();
        };
        var module = (Module) net;
        module.train(task.training());
        var parameters = module.parameters();
        if (CHANNELS_LAST) {
            toChannelsLast(parameters);
        }
        return new Steps(task, net, task.training() ? optimizer(task, parameters) : null, CHANNELS_LAST);
    }

    private static void toChannelsLast(TensorVector parameters) {
        try (var _ = new PointerScope(); var _ = new NoGradGuard()) {
            for (long i = 0; i < parameters.size(); i++) {
                var parameter = parameters.get(i);
                if (parameter.dim() == 4) {
                    parameter.set_data(parameter.contiguous(torch.MemoryFormat.ChannelsLast));
                }
            }
        }
    }

    private static Optimizer optimizer(Task task, TensorVector parameters) {
        return switch (task.workload()) {
            case W1, W2, W6 -> new Adam(parameters, new AdamOptions(0.001));
            case W3 -> {
                var options = new SGDOptions(0.01);
                options.momentum().put(0.9);
                options.weight_decay().put(5e-4);
                yield new SGD(parameters, options);
            }
            case W4 -> {
                var options = new AdamWOptions(0.0003);
                options.weight_decay().put(0.01);
                yield new AdamW(parameters, options);
            }
            case W5 -> new SGD(parameters, new SGDOptions(0.01));
        };
    }
}
