package io.chagres.nn.models;

import io.chagres.nn.Module;
import io.chagres.nn.layer.BatchNorm2d;
import io.chagres.nn.layer.Conv2d;
import io.chagres.nn.layer.Dropout;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.MaxPool2d;
import io.chagres.nn.layer.ReLU;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;

/**
 * The networks of the Visual Geometry Group (Simonyan and Zisserman, 2014): convolutions of 3 x 3 in five stages that end with max pooling, and
 * three linear layers. Images [N, 3, H, W], 224 x 224 or at least 32 x 32, give logits [N, classes]. Names, shapes and first weights are torchvision's.
 */
public final class VGG extends Module {
    private static final int[][] VGG11 = {{64}, {128}, {256, 256}, {512, 512}, {512, 512}};
    private static final int[][] VGG16 = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};
    private static final long HIDDEN = 4096;

    private final Sequential features;
    private final Sequential classifier;

    /** Eleven layers: 132,863,336 parameters for 1000 classes. */
    public static VGG vgg11(long classes) {
        return new VGG(VGG11, false, HIDDEN, classes);
    }

    /** {@link #vgg11} with batch norm behind each convolution. */
    public static VGG vgg11Bn(long classes) {
        return new VGG(VGG11, true, HIDDEN, classes);
    }

    /** Sixteen layers: 138,357,544 parameters for 1000 classes. */
    public static VGG vgg16(long classes) {
        return new VGG(VGG16, false, HIDDEN, classes);
    }

    /** {@link #vgg16} with batch norm behind each convolution. */
    public static VGG vgg16Bn(long classes) {
        return new VGG(VGG16, true, HIDDEN, classes);
    }

    /** For tests too, with fewer hidden features. */
    static VGG vgg11(boolean batchNorm, long hidden, long classes) {
        return new VGG(VGG11, batchNorm, hidden, classes);
    }

    /** For tests too, with fewer hidden features. */
    static VGG vgg16(boolean batchNorm, long hidden, long classes) {
        return new VGG(VGG16, batchNorm, hidden, classes);
    }

    private VGG(int[][] stages, boolean batchNorm, long hidden, long classes) {
        var parts = new ArrayList<Module>();
        long in = 3;
        for (var stage : stages) {
            for (int out : stage) {
                parts.add(new Conv2d(in, out, 3, 1, 1));
                if (batchNorm) {
                    parts.add(new BatchNorm2d(out));
                }
                parts.add(new ReLU());
                in = out;
            }
            parts.add(new MaxPool2d(2));
        }
        features = module("features", new Sequential(parts.toArray(Module[]::new)));
        classifier = module("classifier", new Sequential(new Linear(in * 7 * 7, hidden), new ReLU(), new Dropout(),
                new Linear(hidden, hidden), new ReLU(), new Dropout(), new Linear(hidden, classes)));
        FirstWeights.ofConvolutions(this);
        FirstWeights.ofLinear(this);
    }

    @Override
    public Tensor forward(Tensor x) {
        return classifier.forward(features.forward(x).adaptiveAvgPool2d(7).flatten(1, -1));
    }
}
