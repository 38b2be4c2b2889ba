package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Dropout;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;

/**
 * MobileNetV2 (Sandler et al., 2018): depthwise convolutions between narrow layers. Images [N, 3, H, W] of any size, 224 x 224 in the paper,
 * give logits [N, classes]. Names, shapes and first weights are torchvision's.
 */
public final class MobileNetV2 extends Module {
    /** For each group of blocks: expansion, channels, how many, and the stride of the first. */
    private static final int[][] GROUPS = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1},
            {6, 160, 3, 2}, {6, 320, 1, 1}};

    private final Sequential features;
    private final Sequential classifier;

    /** For the 1000 classes of ImageNet: 3,504,872 parameters. */
    public MobileNetV2() {
        this(1000, 1);
    }

    /**
     * A network of another width.
     *
     * @param width what the numbers of channels are multiplied by, which are then rounded to multiples of 8
     */
    public MobileNetV2(long classes, double width) {
        if (!(width > 0 && width < 1e3)) {
            throw new IllegalArgumentException(
                    "MobileNetV2: width " + width + "; a positive number is needed, 1 in the paper");
        }
        var parts = new ArrayList<Module>();
        long in = rounded(32 * width);
        parts.add(InvertedResidual.step(3, in, 3, 2, 1));
        for (var group : GROUPS) {
            long out = rounded(group[1] * width);
            for (int i = 0; i < group[2]; i++) {
                parts.add(new InvertedResidual(in, out, i == 0 ? group[3] : 1, group[0]));
                in = out;
            }
        }
        long last = rounded(1280 * Math.max(1, width));
        parts.add(InvertedResidual.step(in, last, 1, 1, 1));
        features = module("features", new Sequential(parts.toArray(Module[]::new)));
        classifier = module("classifier", new Sequential(new Dropout(0.2), new Linear(last, classes)));
        FirstWeights.ofConvolutions(this);
        FirstWeights.ofLinear(this);
    }

    /** The nearest multiple of 8, but not less than 9 tenths. */
    private static long rounded(double channels) {
        long near = Math.max(8, (long) (channels + 4) / 8 * 8);
        return near < 0.9 * channels ? near + 8 : near;
    }

    @Override
    public Tensor forward(Tensor x) {
        return classifier.forward(features.forward(x).mean(new int[]{2, 3}, false));
    }
}
