package io.chagres.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.LSTM;
import io.chagres.bench.contender.Workload;
import java.util.List;

/** The networks of the workloads, up to their logits [rows, classes], made of DJL's blocks. */
final class Networks {
    private Networks() {
    }

    static Block of(Workload workload) {
        return switch (workload) {
            case W1 -> mlp(128, 64, 10);
            case W2 -> leNet();
            case W3 -> resNet();
            case W4 -> Gpt.block();
            case W5 -> mlp(4096, 4096, 1000);
            case W6 -> lstm();
        };
    }

    static Linear linear(long units) {
        return Linear.builder().setUnits(units).build();
    }

    private static SequentialBlock mlp(long... units) {
        var net = new SequentialBlock();
        for (int i = 0; i < units.length; i++) {
            net.add(linear(units[i]));
            if (i < units.length - 1) {
                net.add(Activation::relu);
            }
        }
        return net;
    }

    private static Block leNet() {
        var two = new Shape(2, 2);
        return new SequentialBlock().add(conv(6, 5, 1, 2, true)).add(Activation::relu)
                .add(Pool.maxPool2dBlock(two, two)).add(conv(16, 5, 1, 0, true)).add(Activation::relu)
                .add(Pool.maxPool2dBlock(two, two)).add(Blocks.batchFlattenBlock()).add(mlp(120, 84, 10));
    }

    private static Conv2d conv(int channels, long kernel, long stride, long padding, boolean bias) {
        return Conv2d.builder().setFilters(channels).setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride)).optPadding(new Shape(padding, padding)).optBias(bias).build();
    }

    private static Block resNet() {
        var net = new SequentialBlock().add(conv(64, 3, 1, 1, false)).add(BatchNorm.builder().build())
                .add(Activation::relu);
        int in = 64;
        for (int out = 64; out <= 512; out *= 2) {
            net.add(residual(in, out)).add(residual(out, out));
            in = out;
        }
        return net.add(Pool.globalAvgPool2dBlock()).add(Blocks.batchFlattenBlock()).add(linear(10));
    }

    private static Block residual(int in, int out) {
        long stride = out / in;
        var path = new SequentialBlock().add(conv(out, 3, stride, 1, false)).add(BatchNorm.builder().build())
                .add(Activation::relu).add(conv(out, 3, 1, 1, false)).add(BatchNorm.builder().build());
        var shortcut = in == out
                ? Blocks.identityBlock()
                : new SequentialBlock().add(conv(out, 1, stride, 0, false)).add(BatchNorm.builder().build());
        return new ParallelBlock(
                outputs -> new NDList(Activation.relu(outputs.get(0).head().add(outputs.get(1).head()))),
                List.of(path, shortcut));
    }

    private static Block lstm() {
        return new SequentialBlock().add(LSTM.builder().setStateSize(256).setNumLayers(1).build())
                .add(LambdaBlock.singleton(Networks::lastStep)).add(linear(10));
    }

    private static NDArray lastStep(NDArray all) {
        return all.get(":, -1");
    }
}
