package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Fused;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.MaxPool2d;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/**
 * Residual networks (He et al., 2015): a stem, stages of blocks, of which each after the first halves height and width and doubles the
 * channels, the mean over height and width, and a linear layer. Images [N, channels, H, W] of any size give logits [N, classes].
 * Names, shapes and first weights are torchvision's.
 */
public final class ResNet extends Module {

    /** What the stages are made of. */
    public enum Block {
        /** Two convolutions of 3 x 3. */
        BASIC,
        /** 1 x 1, 3 x 3 and 1 x 1, the last to four times the channels. */
        BOTTLENECK;

        long out(long width) {
            return this == BASIC ? width : Bottleneck.EXPANSION * width;
        }

        Module make(long in, long width, long stride) {
            return this == BASIC ? new BasicBlock(in, width, stride) : new Bottleneck(in, width, stride);
        }
    }

    /** How an image enters. */
    public enum Stem {
        /** A convolution of 7 x 7 with stride 2 and max pooling of 3 x 3 with stride 2, for images of some hundred pixels. */
        IMAGENET,
        /** A convolution of 3 x 3 with stride 1, for images of some dozen pixels. */
        CIFAR
    }

    private final Fused stem;
    private final MaxPool2d maxpool;
    private final Sequential[] stages;
    private final Linear fc;

    /** ResNet-18 for ImageNet: 11,689,512 parameters. */
    public static ResNet resnet18() {
        return resnet18(Stem.IMAGENET, 1000);
    }

    /** ResNet-18 with another stem or number of classes. */
    public static ResNet resnet18(Stem stem, long classes) {
        return new ResNet(Block.BASIC, new int[]{2, 2, 2, 2}, 64, stem, 3, classes);
    }

    /** ResNet-34 for ImageNet: 21,797,672 parameters. */
    public static ResNet resnet34() {
        return resnet34(Stem.IMAGENET, 1000);
    }

    /** ResNet-34 with another stem or number of classes. */
    public static ResNet resnet34(Stem stem, long classes) {
        return new ResNet(Block.BASIC, new int[]{3, 4, 6, 3}, 64, stem, 3, classes);
    }

    /** ResNet-50 for ImageNet: 25,557,032 parameters. */
    public static ResNet resnet50() {
        return resnet50(Stem.IMAGENET, 1000);
    }

    /** ResNet-50 with another stem or number of classes. */
    public static ResNet resnet50(Stem stem, long classes) {
        return new ResNet(Block.BOTTLENECK, new int[]{3, 4, 6, 3}, 64, stem, 3, classes);
    }

    /**
     * ResNet-20 of the paper's section on CIFAR-10: three stages of three blocks with 16, 32 and 64 channels; 272,474 parameters
     * for colour images and 10 classes. Where a shortcut changes its size it is a projection (the paper's option B) as in the other
     * networks here, so it has 2,752 parameters more than with the paper's shortcuts without parameters.
     *
     * @param channels 3 for colour, 1 for grey
     */
    public static ResNet resnet20(long channels, long classes) {
        return new ResNet(Block.BASIC, new int[]{3, 3, 3}, 16, Stem.CIFAR, channels, classes);
    }

    /**
     * A network of any depth.
     *
     * @param blocks how many in each stage
     * @param width the channels of the first stage
     * @param channels the channels of an image
     */
    public ResNet(Block block, int[] blocks, long width, Stem stem, long channels, long classes) {
        boolean large = stem == Stem.IMAGENET;
        var conv1 = module("conv1",
                large
                        ? new Conv2d(channels, width, 7, 2, 3, 1, 1, false)
                        : new Conv2d(channels, width, 3, 1, 1, 1, 1, false));
        var bn1 = module("bn1", new BatchNorm2d(width));
        maxpool = large ? module("maxpool", new MaxPool2d(3, 2, 1)) : null;
        stages = new Sequential[blocks.length];
        long in = width;
        for (int stage = 0; stage < blocks.length; stage++) {
            var parts = new Module[blocks[stage]];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = block.make(in, width << stage, i == 0 && stage > 0 ? 2 : 1);
                in = block.out(width << stage);
            }
            stages[stage] = module("layer" + (stage + 1), new Sequential(parts));
        }
        fc = module("fc", new Linear(in, classes));
        this.stem = module("fused", new Fused(conv1, bn1, true));
        FirstWeights.ofConvolutions(this);
    }

    @Override
    public Tensor forward(Tensor x) {
        x = stem.forward(x);
        if (maxpool != null) {
            x = maxpool.forward(x);
        }
        for (var stage : stages) {
            x = stage.forward(x);
        }
        return fc.forward(x.mean(new int[]{2, 3}, false));
    }
}
