package io.chagres.nn.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.nn.format.Safetensors;
import io.chagres.nn.format.SafetensorsFile;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.optim.Adam;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {
    @BeforeEach
    void sameNumbers() {
        Generator.seed(1);
    }

    // ---- Sizes, as published

    @Test
    void smallNetworksHaveThePublishedNumbersOfParameters() {
        counts(61_706, new LeNet5());
        counts(11_689_512, ResNet.resnet18());
        counts(11_173_962, ResNet.resnet18(ResNet.Stem.CIFAR, 10));
        counts(272_474, ResNet.resnet20(3, 10));
        counts(3_504_872, new MobileNetV2());
        counts(2_234_120, new MobileNetV2(8, 1));
        counts(31_037_698, new UNet(3, 2, 64, 4));
    }

    private static void counts(long expected, Module net) {
        try (net) {
            assertEquals(expected, net.parameters().stream().mapToLong(Tensor::numel).sum());
        }
    }

    @Test
    void resNetsOfManyLayersHaveThePublishedNumbersOfParameters() {
        counts(21_797_672, ResNet.resnet34());
        counts(25_557_032, ResNet.resnet50());
    }

    /** Those of 4096 hidden features follow from those of few. */
    @Test
    void vggHasThePublishedNumbersOfParameters() {
        counts(fewer(132_863_336), VGG.vgg11(false, 8, 1000));
        counts(fewer(132_868_840), VGG.vgg11(true, 8, 1000));
        counts(fewer(138_357_544), VGG.vgg16(false, 8, 1000));
        counts(fewer(138_365_992), VGG.vgg16(true, 8, 1000));
    }

    private static long fewer(long all) {
        return all - classifier(4096) + classifier(8);
    }

    private static long classifier(long hidden) {
        return (512 * 7 * 7 + 1) * hidden + (hidden + 1) * hidden + (hidden + 1) * 1000;
    }

    // ---- Names and shapes, as torchvision's

    @Test
    void namesOfResNets() {
        try (var net = ResNet.resnet18(); var deep = ResNet.resnet50()) {
            var state = net.stateDict();
            assertEquals(122, state.size());
            assertEquals(List.of("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var",
                    "bn1.num_batches_tracked", "layer1.0.conv1.weight"), List.copyOf(state.keySet()).subList(0, 7));
            shaped(state, "conv1.weight", 64, 3, 7, 7);
            shaped(state, "bn1.num_batches_tracked");
            assertEquals(DType.INT64, state.get("bn1.num_batches_tracked").dtype());
            shaped(state, "layer2.0.downsample.0.weight", 128, 64, 1, 1);
            shaped(state, "layer2.0.downsample.1.running_var", 128);
            shaped(state, "layer4.1.conv2.weight", 512, 512, 3, 3);
            shaped(state, "fc.bias", 1000);
            assertEquals(320, deep.stateDict().size());
            shaped(deep.stateDict(), "layer1.0.downsample.0.weight", 256, 64, 1, 1);
            shaped(deep.stateDict(), "layer3.5.conv3.weight", 1024, 256, 1, 1);
            shaped(deep.stateDict(), "fc.weight", 1000, 2048);
            assertTrue(net.toString().contains("(layer1): Sequential(\n    (0): BasicBlock("), net.toString());
        }
    }

    @Test
    void namesOfVgg() {
        try (var net = VGG.vgg11(false, 8, 5); var normed = VGG.vgg16(true, 8, 5)) {
            shaped(net.stateDict(), "features.0.weight", 64, 3, 3, 3);
            shaped(net.stateDict(), "features.18.bias", 512);
            shaped(net.stateDict(), "classifier.0.weight", 8, 25088);
            shaped(net.stateDict(), "classifier.3.weight", 8, 8);
            shaped(net.stateDict(), "classifier.6.bias", 5);
            assertEquals(22, net.stateDict().size());
            shaped(normed.stateDict(), "features.1.running_mean", 64);
            shaped(normed.stateDict(), "features.40.weight", 512, 512, 3, 3);
            shaped(normed.stateDict(), "features.41.weight", 512);
        }
    }

    @Test
    void namesOfMobileNet() {
        try (var net = new MobileNetV2(); var wide = new MobileNetV2(10, 1.4)) {
            var state = net.stateDict();
            assertEquals(314, state.size());
            shaped(state, "features.0.0.weight", 32, 3, 3, 3);
            shaped(state, "features.0.1.running_mean", 32);
            shaped(state, "features.1.conv.0.0.weight", 32, 1, 3, 3);
            shaped(state, "features.1.conv.1.weight", 16, 32, 1, 1);
            shaped(state, "features.1.conv.2.bias", 16);
            shaped(state, "features.17.conv.2.weight", 320, 960, 1, 1);
            shaped(state, "features.18.1.num_batches_tracked");
            shaped(state, "classifier.1.weight", 1000, 1280);
            shaped(wide.stateDict(), "features.0.0.weight", 48, 3, 3, 3);
            shaped(wide.stateDict(), "features.2.conv.3.weight", 32);
            shaped(wide.stateDict(), "classifier.1.weight", 10, 1792);
            assertThrows(IllegalArgumentException.class, () -> new MobileNetV2(10, 0));
        }
    }

    private static void shaped(Map<String, Tensor> state, String name, long... dims) {
        assertTrue(state.containsKey(name), () -> name + " is not in " + state.keySet());
        assertArrayEquals(dims, state.get(name).shape().toArray(), name);
    }

    // ---- Shapes of results

    @Test
    void shapesOfResults() {
        gives(new LeNet5(7), Tensor.ones(2, 1, 28, 28), 2, 7);
        gives(ResNet.resnet18(ResNet.Stem.CIFAR, 10), Tensor.ones(2, 3, 16, 16), 2, 10);
        gives(ResNet.resnet34(ResNet.Stem.IMAGENET, 5), Tensor.ones(1, 3, 64, 48), 1, 5);
        gives(ResNet.resnet50(ResNet.Stem.IMAGENET, 5), Tensor.ones(1, 3, 40, 40), 1, 5);
        gives(ResNet.resnet20(1, 10), Tensor.ones(3, 1, 28, 28), 3, 10);
        gives(VGG.vgg11(false, 16, 6), Tensor.ones(1, 3, 32, 32), 1, 6);
        gives(VGG.vgg16(true, 16, 6), Tensor.ones(1, 3, 32, 64), 1, 6);
        gives(new MobileNetV2(4, 0.5), Tensor.ones(2, 3, 33, 64), 2, 4);
        gives(new UNet(3, 2, 4, 3), Tensor.ones(2, 3, 37, 24), 2, 2, 37, 24);
        assertThrows(IllegalArgumentException.class, () -> new UNet(3, 2, 4, 0));
    }

    private static void gives(Module net, Tensor x, long... dims) {
        try (net; var _ = Scope.open(); var _ = Autograd.noGrad()) {
            net.eval();
            assertArrayEquals(dims, net.forward(x).shape().toArray());
        }
        x.close();
    }

    // ---- First weights

    @Test
    void firstWeightsAreTorchvisions() {
        try (var resnet = ResNet.resnet20(3, 10);
                var vgg = VGG.vgg11(false, 8, 5);
                var mobile = new MobileNetV2(10, 1)) {
            spread(Math.sqrt(2.0 / (64 * 9)), resnet.stateDict().get("layer3.1.conv1.weight"));
            spread(Math.sqrt(2.0 / (512 * 9)), vgg.stateDict().get("features.11.weight"));
            spread(0.01, vgg.stateDict().get("classifier.0.weight"));
            spread(0, vgg.stateDict().get("features.3.bias"));
            spread(0, vgg.stateDict().get("classifier.3.bias"));
            spread(Math.sqrt(2.0 / (960 * 9)), mobile.stateDict().get("features.17.conv.1.0.weight"));
            spread(Math.sqrt(2.0 / 320), mobile.stateDict().get("features.17.conv.2.weight"));
            spread(0.01, mobile.stateDict().get("classifier.1.weight"));
        }
    }

    private static void spread(double deviation, Tensor weight) {
        double squares = 0;
        float[] values = weight.toFloatArray();
        for (float value : values) {
            squares += value * value;
        }
        assertEquals(deviation, Math.sqrt(squares / values.length), 0.05 * deviation);
    }

    // ---- Learning, saving and loading

    @Test
    void stepsLowerTheLoss() {
        learns(new LeNet5(), 0.003, 1, 28);
        learns(ResNet.resnet20(1, 10), 0.003, 1, 12);
        learns(new ResNet(ResNet.Block.BOTTLENECK, new int[]{1, 1}, 8, ResNet.Stem.IMAGENET, 3, 10), 0.003, 3, 32);
        learns(VGG.vgg11(true, 512, 10), 0.0005, 3, 32);
        learns(new MobileNetV2(10, 0.25), 0.003, 3, 32);
    }

    private static void learns(Module net, double rate, long channels, long size) {
        try (net;
                var x = Tensor.randn(Generator.seed(2), 8, channels, size, size);
                var labels = Tensor.of(new long[]{1, 2, 3, 4, 5, 6, 7, 8});
                var optimizer = new Adam(net.parameters(), rate)) {
            double first = 0;
            double last = 0;
            for (int step = 0; step < 15; step++) {
                try (var _ = Scope.open()) {
                    var loss = new CrossEntropyLoss().forward(net.forward(x), labels);
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    last = loss.item();
                    first = step == 0 ? last : first;
                }
            }
            assertTrue(last < 0.8 * first, net.getClass().getSimpleName() + ": " + first + " -> " + last);
        }
    }

    @Test
    void aUNetLearnsWhereThingsAre() {
        try (var net = new UNet(1, 2, 4, 2);
                var x = Tensor.randn(Generator.seed(2), 2, 1, 9, 12);
                var wanted = x.gt(0).to(DType.INT64).view(-1);
                var optimizer = new SGD(net.parameters(), 0.1, 0.9, 0)) {
            double last = 0;
            for (int step = 0; step < 30; step++) {
                try (var _ = Scope.open()) {
                    var logits = net.forward(x).permute(0, 2, 3, 1).reshape(-1, 2);
                    var loss = new CrossEntropyLoss().forward(logits, wanted);
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    last = loss.item();
                }
            }
            assertTrue(last < 0.3, "loss " + last);
        }
    }

    @Test
    void savedWeightsLoadByName(@TempDir Path folder) throws IOException {
        var file = folder.resolve("net.safetensors");
        try (var net = ResNet.resnet20(3, 10);
                var x = Tensor.randn(Generator.seed(3), 4, 3, 8, 8);
                var copy = ResNet.resnet20(3, 10)) {
            try (var _ = Scope.open()) {
                net.forward(x); // moves the running statistics
            }
            Safetensors.save(file, net.stateDict(), Map.of("format", "pt"));
            try (var saved = SafetensorsFile.open(file)) {
                copy.loadStateDict(saved.tensors());
            }
            net.eval();
            copy.eval();
            try (var _ = Scope.open()) {
                assertArrayEquals(net.forward(x).toFloatArray(), copy.forward(x).toFloatArray());
                assertEquals(1, copy.stateDict().get("bn1.num_batches_tracked").item());
            }
        }
    }
}
