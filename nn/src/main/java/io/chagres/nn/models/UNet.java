package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.ConvTranspose2d;
import io.chagres.nn.layer.MaxPool2d;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;

/**
 * A small U-Net (Ronneberger et al., 2015), with padding and batch norm as it is used today: downwards, each level halves height and width and
 * doubles the channels; upwards, transposed convolutions bring them back, and what was there on the way down is put beside. Images
 * [N, channels, H, W] of at least 2^depth pixels a side give logits [N, classes, H, W].
 */
public final class UNet extends Module {
    private final Sequential first;
    private final Sequential[] down;
    private final MaxPool2d pool = new MaxPool2d(2);
    private final ConvTranspose2d[] up;
    private final Sequential[] joined;
    private final Conv2d out;

    /** Four levels down from 16 channels. */
    public UNet(long channels, long classes) {
        this(channels, classes, 16, 4);
    }

    /**
     * A network of another size.
     *
     * @param width the channels of the first level
     * @param depth how often height and width are halved
     */
    public UNet(long channels, long classes, long width, int depth) {
        if (width < 1 || depth < 1 || depth > 16) {
            throw new IllegalArgumentException("UNet: width " + width + ", depth " + depth
                    + "; a width of at least 1 and a depth from 1 to 16 are needed");
        }
        first = module("inc", convolutions(channels, width));
        down = new Sequential[depth];
        for (int i = 0; i < depth; i++) {
            down[i] = module("down" + (i + 1), convolutions(width << i, width << i + 1));
        }
        up = new ConvTranspose2d[depth];
        joined = new Sequential[depth];
        for (int i = 0; i < depth; i++) {
            long in = width << depth - i;
            up[i] = module("up" + (i + 1), new ConvTranspose2d(in, in / 2, 2, 2, 0));
            joined[i] = module("conv" + (i + 1), convolutions(in, in / 2));
        }
        out = module("outc", new Conv2d(width, classes, 1));
    }

    /** Two convolutions of 3 x 3, each with batch norm and relu. */
    private static Sequential convolutions(long in, long out) {
        return new Sequential(new Conv2d(in, out, 3, 1, 1, 1, 1, false), new BatchNorm2d(out), new ReLU(),
                new Conv2d(out, out, 3, 1, 1, 1, 1, false), new BatchNorm2d(out), new ReLU());
    }

    @Override
    public Tensor forward(Tensor x) {
        int depth = down.length;
        var levels = new Tensor[depth + 1];
        levels[0] = first.forward(x);
        for (int i = 0; i < depth; i++) {
            levels[i + 1] = down[i].forward(pool.forward(levels[i]));
        }
        var y = levels[depth];
        for (int i = 0; i < depth; i++) {
            var beside = levels[depth - 1 - i];
            y = joined[i].forward(Tensor.cat(1, beside, fitted(up[i].forward(y), beside)));
        }
        return out.forward(y);
    }

    /** With zeros to the right and below where an odd size was halved. */
    private static Tensor fitted(Tensor y, Tensor like) {
        long below = like.size(2) - y.size(2);
        long right = like.size(3) - y.size(3);
        return below == 0 && right == 0 ? y : y.pad(0, right, 0, below);
    }
}
