package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.nn.Module;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.GradCheck;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Interpolate.Mode;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every layer, on odd shapes: gradients of inputs and parameters in float64 against central differences; results and gradients in
 * float32, in either order of memory, against those in float64; and what training changes.
 */
class LayerGradientsTest {
    private static final long[] ONE = {1};
    private static final long[] TWO = {2};
    private static final long[] NONE = {0};

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static long[] of(long... dims) {
        return dims;
    }

    static Stream<LayerTrial> trials() {
        return Stream
                .of(elementwise(), convolutions(), transposed(), pooling(), adaptive(), norms(), dropouts(), padding(),
                        resampling(), shapes(), together(), others())
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> elementwise() {
        return Stream.<Supplier<Module>>of(CELU::new, () -> new CELU(0.7), ELU::new, () -> new ELU(1.3), GELU::new,
                () -> new GELU(true), Hardshrink::new, Hardsigmoid::new, Hardswish::new, Hardtanh::new, Identity::new,
                LeakyReLU::new, () -> new LeakyReLU(0.3), LogSigmoid::new, Mish::new, PReLU::new, ReLU::new, ReLU6::new,
                RReLU::new, SELU::new, SiLU::new, Sigmoid::new, Softplus::new, () -> new Softplus(2, 1),
                Softshrink::new,
                Softsign::new, Tanh::new, Tanhshrink::new, () -> new Threshold(0.1, 20), () -> new Softmax(1),
                () -> new LogSoftmax(-1), () -> new Softmin(1))
                .flatMap(maker -> LayerTrial.of(maker, of(3, 5), of(2, 3, 3, 2), of(1, 1), of(0, 4)));
    }

    private static Stream<LayerTrial> convolutions() {
        return Stream.of(
                LayerTrial.of(() -> new Conv1d(2, 3, 1), of(2, 2, 1), of(2, 1), of(0, 2, 4)),
                LayerTrial.of(() -> new Conv1d(4, 4, 2, 5, 1, 1, 4, true), of(2, 4, 9), of(1, 4, 1)),
                LayerTrial.of(() -> new Conv1d(2, 4, of(3), TWO, of(2, 1), TWO, 2, false, PaddingMode.REFLECT),
                        of(2, 2, 7)),
                LayerTrial.of(() -> new Conv2d(1, 2, 1), of(2, 1, 1, 1), of(1, 1, 1), of(0, 1, 3, 3)),
                LayerTrial.of(() -> new Conv2d(3, 2, 2, 3, 0), of(2, 3, 5, 6), of(3, 8, 2)),
                LayerTrial.of(() -> new Conv2d(4, 8, 3, 1, 1, 1, 4, true), of(2, 4, 4, 3), of(2, 4, 1, 1)),
                LayerTrial.of(() -> new Conv2d(16, 16, 3, 1, 1, 1, 16, false), of(1, 16, 3, 3)),
                LayerTrial.of(() -> new Conv2d(2, 3, 3, 2, 2, 2, 1, true), of(2, 2, 6, 5)),
                LayerTrial.of(() -> new Conv2d(16, 8, 3, 1, 1), of(1, 16, 3, 2)),
                LayerTrial.of(() -> new Conv2d(2, 2, of(3, 2), of(1, 2), of(1, 0, 2, 1), of(1, 2), 2, true,
                        PaddingMode.CIRCULAR), of(1, 2, 5, 4)),
                LayerTrial.of(() -> new Conv2d(1, 2, of(2), ONE, ONE, ONE, 1, true, PaddingMode.REPLICATE),
                        of(2, 1, 3, 1)),
                LayerTrial.of(() -> new Conv3d(1, 2, 1), of(2, 1, 1, 1, 1), of(0, 1, 2, 2, 2)),
                LayerTrial.of(() -> new Conv3d(2, 2, 2, 3, 1, 1, 2, true), of(1, 2, 3, 2, 4)),
                LayerTrial.of(() -> new Conv3d(2, 1, 2, 1, 1, 2, 1, false), of(2, 3, 2, 3)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> transposed() {
        return Stream.of(
                LayerTrial.of(() -> new ConvTranspose1d(2, 3, 1), of(2, 2, 1), of(2, 1), of(0, 2, 4)),
                LayerTrial.of(() -> new ConvTranspose1d(4, 4, 2, 3, 1, 1, 4, true, 2), of(2, 4, 3)),
                LayerTrial.of(() -> new ConvTranspose2d(2, 3, 2, 2, 0), of(2, 2, 3, 2), of(2, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new ConvTranspose2d(4, 8, 3, 2, 1, 1, 4, false, 1), of(1, 4, 3, 2)),
                LayerTrial.of(() -> new ConvTranspose2d(2, 2, of(2, 3), of(3, 1), of(1, 0), of(2, 0), 1, true,
                        of(1, 2)), of(2, 2, 2, 3)),
                LayerTrial.of(() -> new ConvTranspose3d(1, 2, 2, 3, 1), of(1, 1, 2, 2, 3)),
                LayerTrial.of(() -> new ConvTranspose3d(2, 2, 2, 2, 0, 1, 2, true, 1), of(1, 2, 1, 2, 1),
                        of(0, 2, 1, 2, 1)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> pooling() {
        return Stream.of(
                LayerTrial.of(() -> new MaxPool1d(2), of(2, 3, 5), of(3, 2), of(0, 3, 4)),
                LayerTrial.of(() -> new MaxPool1d(TWO, of(3), ONE, TWO, true), of(2, 2, 7)),
                LayerTrial.of(() -> new MaxPool2d(1), of(2, 2, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new MaxPool2d(2, 3), of(2, 3, 5, 7), of(2, 5, 5)),
                LayerTrial.of(() -> new MaxPool2d(3, 2, 1), of(2, 3, 4, 5), of(1, 2, 1, 1)),
                LayerTrial.of(() -> new MaxPool2d(of(2, 3), of(2, 1), of(0, 1), of(2, 1), true), of(1, 2, 6, 4)),
                LayerTrial.of(() -> new MaxPool3d(2), of(1, 2, 2, 3, 4), of(0, 1, 2, 2, 2)),
                LayerTrial.of(() -> new MaxPool3d(of(1, 2, 2), TWO, of(0, 1, 1), ONE, true), of(1, 2, 3, 3, 2)),
                LayerTrial.of(() -> new AvgPool1d(2), of(2, 3, 5), of(3, 2), of(0, 3, 4)),
                LayerTrial.of(() -> new AvgPool1d(of(3), TWO, ONE, true, false), of(2, 2, 6)),
                LayerTrial.of(() -> new AvgPool2d(1), of(2, 2, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new AvgPool2d(2, 3, 0), of(2, 3, 5, 7), of(2, 5, 5)),
                LayerTrial.of(() -> new AvgPool2d(of(3), TWO, ONE, true, true, 0), of(2, 3, 4, 5)),
                LayerTrial.of(() -> new AvgPool2d(of(3, 2), TWO, ONE, false, false, 0), of(2, 3, 4, 5)),
                LayerTrial.of(() -> new AvgPool2d(TWO, ONE, NONE, false, true, 3), of(1, 2, 3, 4)),
                LayerTrial.of(() -> new AvgPool3d(2), of(1, 2, 2, 3, 4), of(0, 1, 2, 2, 2)),
                LayerTrial.of(() -> new AvgPool3d(of(1, 2, 2), TWO, of(0, 1, 1), true, false, 0), of(1, 2, 3, 3, 2)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> adaptive() {
        return Stream.of(
                LayerTrial.of(() -> new AdaptiveAvgPool1d(3), of(2, 3, 7), of(2, 2), of(0, 2, 5)),
                LayerTrial.of(() -> new AdaptiveAvgPool2d(1), of(2, 3, 4, 5), of(2, 3, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new AdaptiveAvgPool2d(3, 2), of(2, 3, 4, 5), of(3, 2, 7)),
                LayerTrial.of(() -> new AdaptiveAvgPool3d(2, 1, 3), of(1, 2, 3, 2, 4), of(0, 2, 3, 2, 4)),
                LayerTrial.of(() -> new AdaptiveMaxPool1d(3), of(2, 3, 7), of(2, 2), of(0, 2, 5)),
                LayerTrial.of(() -> new AdaptiveMaxPool2d(1), of(2, 3, 4, 5), of(2, 3, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new AdaptiveMaxPool2d(3, 2), of(2, 3, 4, 5), of(3, 2, 7)),
                LayerTrial.of(() -> new AdaptiveMaxPool3d(2, 1, 3), of(1, 2, 3, 2, 4), of(0, 2, 3, 2, 4)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> norms() {
        return Stream.of(
                LayerTrial.of(() -> new BatchNorm1d(3), of(4, 3), of(2, 3, 5), of(0, 3)),
                LayerTrial.of(() -> new BatchNorm1d(2, 1e-3, null, false, false), of(3, 2, 1)),
                LayerTrial.of(() -> new BatchNorm2d(3), of(2, 3, 1, 1), of(2, 3, 3, 4), of(1, 3, 2, 1), of(0, 3, 2, 2)),
                LayerTrial.of(() -> new BatchNorm2d(16, 1e-5, 0.2, true, false), of(2, 16, 2, 2)),
                LayerTrial.of(() -> new BatchNorm3d(2), of(2, 2, 1, 3, 2), of(0, 2, 1, 1, 1)),
                LayerTrial.of(() -> new InstanceNorm1d(3), of(2, 3, 5), of(3, 4), of(0, 3, 2)),
                LayerTrial.of(() -> new InstanceNorm1d(2, 1e-5, 0.1, true, true), of(2, 2, 4)),
                LayerTrial.of(() -> new InstanceNorm2d(3, 1e-5, 0.1, true, false), of(2, 3, 3, 4), of(3, 2, 2),
                        of(0, 3, 2, 2)),
                LayerTrial.of(() -> new InstanceNorm2d(3, 1e-5, 0.1, true, true), of(2, 3, 3, 1)),
                LayerTrial.of(() -> new InstanceNorm3d(2, 1e-5, 0.1, true, true), of(1, 2, 2, 1, 3)),
                LayerTrial.of(() -> new LayerNorm(5), of(3, 5), of(2, 2, 5), of(0, 5)),
                LayerTrial.of(() -> new LayerNorm(of(2, 3), 1e-4, true, false), of(2, 4, 2, 3)),
                LayerTrial.of(() -> new RMSNorm(5), of(3, 5), of(2, 2, 5), of(0, 5)),
                LayerTrial.of(() -> new RMSNorm(of(2, 3), 1e-3, false), of(2, 4, 2, 3)),
                LayerTrial.of(() -> new GroupNorm(2, 4), of(2, 4, 3, 2), of(3, 4), of(1, 4, 1, 1), of(0, 4, 2, 2)),
                LayerTrial.of(() -> new GroupNorm(4, 4), of(2, 4, 3)),
                LayerTrial.of(() -> new GroupNorm(1, 3, 1e-5, false), of(2, 3, 2, 2, 2)),
                LayerTrial.of(() -> new LocalResponseNorm(2), of(2, 5, 3), of(2, 1, 2, 2), of(0, 3, 2, 2)),
                LayerTrial.of(() -> new LocalResponseNorm(3, 0.5, 0.6, 2), of(2, 4, 2, 3)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> dropouts() {
        return Stream.of(
                LayerTrial.of(() -> new Dropout(0.4), of(3, 7), of(2, 3, 2, 2), of(0, 3)),
                LayerTrial.of(() -> new AlphaDropout(0.4), of(3, 7), of(0, 3)),
                LayerTrial.of(() -> new Dropout1d(0.4), of(4, 5, 3), of(0, 5, 3)),
                LayerTrial.of(() -> new Dropout2d(0.4), of(4, 5, 1, 2), of(0, 5, 1, 2)),
                LayerTrial.of(() -> new Dropout3d(0.4), of(2, 9, 1, 2, 1), of(0, 5, 1, 2, 1)),
                LayerTrial.of(() -> new FeatureAlphaDropout(0.4), of(4, 5, 2), of(0, 5, 2)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> padding() {
        return Stream.of(
                LayerTrial.of(() -> new CircularPad1d(2, 1), of(2, 2, 3), of(0, 2, 3)),
                LayerTrial.of(() -> new CircularPad2d(1, 2, 0, 1), of(2, 2, 3, 2), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new CircularPad3d(1), of(1, 2, 2, 1, 3), of(0, 2, 2, 1, 3)),
                LayerTrial.of(() -> new ConstantPad1d(0.5, 2, -1), of(2, 2, 3), of(0, 2, 3)),
                LayerTrial.of(() -> new ConstantPad2d(-1, 1, 2, 0, 1), of(2, 2, 1, 1), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new ConstantPad3d(3, 1), of(1, 2, 2, 1, 3), of(0, 2, 2, 1, 3)),
                LayerTrial.of(() -> new ZeroPad1d(2, 1), of(2, 2, 1), of(0, 2, 3)),
                LayerTrial.of(() -> new ZeroPad2d(1, 2, 0, -1), of(2, 2, 3, 2), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new ZeroPad3d(1), of(1, 2, 2, 1, 3), of(0, 2, 2, 1, 3)),
                LayerTrial.of(() -> new ReflectionPad1d(2, 1), of(2, 2, 3), of(0, 2, 3)),
                LayerTrial.of(() -> new ReflectionPad2d(1, 1, 0, 2), of(2, 2, 3, 2), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new ReflectionPad3d(1), of(1, 2, 2, 2, 3), of(0, 2, 2, 2, 3)),
                LayerTrial.of(() -> new ReplicationPad1d(2, 4), of(2, 2, 1), of(0, 2, 3)),
                LayerTrial.of(() -> new ReplicationPad2d(1, 2, 0, 1), of(2, 2, 3, 1), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new ReplicationPad3d(1), of(1, 2, 2, 1, 3), of(0, 2, 2, 1, 3)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> resampling() {
        return Stream.of(
                LayerTrial.of(() -> new Upsample(2), of(2, 2, 3), of(2, 2, 1, 1), of(0, 2, 3)),
                LayerTrial.of(() -> new Upsample(of(5), Mode.LINEAR, true), of(2, 2, 3)),
                LayerTrial.of(() -> new Upsample(of(2, 7), Mode.BILINEAR, false), of(2, 2, 5, 3), of(0, 2, 5, 3)),
                LayerTrial.of(() -> new Upsample(of(4, 3), Mode.BICUBIC, false), of(1, 2, 3, 4), of(1, 1, 1, 1)),
                LayerTrial.of(() -> new Upsample(of(3, 1, 4), Mode.TRILINEAR, true), of(1, 2, 2, 2, 3)),
                LayerTrial.of(() -> new Upsample(of(3, 5), Mode.NEAREST_EXACT, false), of(1, 2, 4, 4)),
                LayerTrial.of(() -> new Upsample(of(2, 3), Mode.AREA, false), of(1, 2, 5, 4)),
                LayerTrial.of(() -> new UpsamplingBilinear2d(2), of(2, 2, 3, 2), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new UpsamplingNearest2d(3), of(2, 2, 1, 2), of(0, 2, 3, 2)),
                LayerTrial.of(() -> new PixelShuffle(2), of(2, 8, 3, 1), of(0, 4, 1, 1)),
                LayerTrial.of(() -> new PixelUnshuffle(3), of(2, 2, 3, 6), of(0, 1, 3, 3)),
                LayerTrial.of(() -> new ChannelShuffle(3), of(2, 6, 2, 3), of(1, 3, 1), of(0, 3, 2, 2)),
                LayerTrial.of(() -> new Fold(of(4, 3), of(2, 3), of(2, 1), of(1, 0), of(1, 2)), of(2, 12, 4)),
                LayerTrial.of(() -> new Fold(1, 1), of(1, 2, 1)),
                LayerTrial.of(() -> new Unfold(1), of(2, 2, 1, 1), of(0, 2, 2, 2)),
                LayerTrial.of(() -> new Unfold(of(2), TWO, ONE, of(3)), of(2, 3, 4, 5)))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> shapes() {
        return Stream.of(
                LayerTrial.of(Flatten::new, of(2, 3, 2), of(2, 2, 3, 2), of(0, 3, 2)),
                LayerTrial.of(() -> new Unflatten(1, 2, -1), of(3, 6), of(2, 4, 3), of(0, 4)),
                LayerTrial.of(() -> new GLU(1), of(2, 4, 3), of(3, 2), of(0, 4)),
                LayerTrial.of(GLU::new, of(2, 4)),
                LayerTrial.of(Softmax2d::new, of(2, 3, 2, 2), of(3, 1, 1), of(0, 3, 2, 2)),
                LayerTrial.of(() -> new PReLU(3), of(2, 3), of(2, 3, 2, 2), of(0, 3)),
                LayerTrial.of(() -> new Linear(4, 3), of(5, 4), of(4), of(2, 3, 4), of(0, 4)),
                LayerTrial.of(() -> new Linear(1, 1, false), of(1, 1)),
                LayerTrial.of(() -> new Sequential(new Linear(4, 3), new ReLU(), new Linear(3, 2)), of(5, 4), of(0, 4)),
                LayerTrial.of(() -> new Sequential(new Conv2d(3, 8, 3, 1, 1), new ReLU(), new MaxPool2d(2)),
                        of(2, 3, 4, 4)),
                LayerTrial.of(
                        () -> new Sequential(new Conv2d(8, 16, 3, 2, 1, 1, 1, false), new BatchNorm2d(16), new ReLU()),
                        of(2, 8, 3, 4), of(0, 8, 4, 4)))
                .flatMap(Function.identity());
    }

    /** What is computed together, with its layers. */
    private static final class Together extends Module {
        private final Fused fused;

        Together(Conv2d convolution, BatchNorm2d norm, boolean relu) {
            module("convolution", convolution);
            if (norm != null) {
                module("norm", norm);
            }
            fused = module("fused", norm == null ? new Fused(convolution) : new Fused(convolution, norm, relu));
        }

        @Override
        public Tensor forward(Tensor x) {
            return fused.forward(x);
        }

        private static Tensor call(Module layer, Tensor[] in) {
            return ((Together) layer).fused.forward(in[0], in[1]);
        }
    }

    private static Stream<LayerTrial> together() {
        return Stream.of(
                LayerTrial.of(() -> new Together(new Conv2d(2, 3, 3, 2, 1), new BatchNorm2d(3), true), of(2, 2, 5, 4),
                        of(3, 2, 1, 1), of(0, 2, 3, 3)),
                LayerTrial.of(() -> new Together(new Conv2d(16, 16, 1, 2, 0, 1, 16, false), new BatchNorm2d(16), false),
                        of(2, 16, 3, 2)),
                LayerTrial.of(() -> new Together(new Conv2d(1, 2, 2), null, true), of(2, 1, 3, 4), of(0, 1, 3, 3)),
                Stream.of(true, false).map(training -> new LayerTrial(
                        () -> new Together(new Conv2d(2, 3, 3, 1, 1), new BatchNorm2d(3), true), Together::call,
                        training,
                        of(2, 2, 3, 3), of(2, 3, 3, 3))),
                Stream.of(pair(() -> new Together(new Conv2d(2, 3, 3, 1, 1), null, true), Together::call,
                        of(2, 2, 3, 3), of(2, 3, 3, 3))))
                .flatMap(Function.identity());
    }

    private static Stream<LayerTrial> others() {
        return Stream.of(
                pair(() -> new Bilinear(3, 2, 4), (layer, in) -> ((Bilinear) layer).forward(in[0], in[1]), of(5, 3),
                        of(5, 2)),
                pair(() -> new Bilinear(1, 1, 1, false), (layer, in) -> ((Bilinear) layer).forward(in[0], in[1]),
                        of(0, 1), of(0, 1)),
                pair(CosineSimilarity::new, (layer, in) -> ((CosineSimilarity) layer).forward(in[0], in[1]), of(3, 4),
                        of(3, 4)),
                pair(PairwiseDistance::new, (layer, in) -> ((PairwiseDistance) layer).forward(in[0], in[1]), of(3, 4),
                        of(3, 4)),
                pair(() -> new PairwiseDistance(3, 1e-6, true),
                        (layer, in) -> ((PairwiseDistance) layer).forward(in[0], in[1]), of(2, 3), of(2, 3)),
                pair(() -> new Embedding(4, 3), (layer, _) -> layer.forward(Tensor.of(new long[]{3, 0, 3, 1}))),
                pair(() -> new Embedding(4, 3), (layer, _) -> layer.forward(Tensor.of(new long[0]))));
    }

    private static LayerTrial pair(Supplier<Module> maker,
            BiFunction<Module, Tensor[], Tensor> call, long[]... shapes) {
        return new LayerTrial(maker, call, true, shapes);
    }

    @ParameterizedTest
    @MethodSource("trials")
    void gradientsAreThoseOfCentralDifferences(LayerTrial trial) {
        try (var run = trial.new Run(DType.FLOAT64, false, trial.training())) {
            GradCheck.assertGradients(_ -> run.forward(), run.leaves.toArray(Tensor[]::new));
        }
    }

    /** Result and gradients. */
    private static List<double[]> numbers(LayerTrial trial, DType dtype, boolean last) {
        try (var run = trial.new Run(dtype, last, trial.training())) {
            var y = run.forward();
            assertEquals(dtype, y.dtype());
            var all = new ArrayList<double[]>(List.of(y.toDoubleArray()));
            y.backward(Tensor.randn(new Generator(7), y.shape().toArray()).to(dtype));
            for (var leaf : run.leaves) {
                all.add(leaf.grad() == null ? new double[0] : leaf.grad().toDoubleArray());
            }
            return all;
        }
    }

    private static void compare(List<double[]> expected, List<double[]> actual, double bound) {
        for (int i = 0; i < expected.size(); i++) {
            double most = Arrays.stream(expected.get(i)).map(Math::abs).max().orElse(0);
            assertArrayEquals(expected.get(i), actual.get(i), bound * (1 + most),
                    i == 0 ? "result" : "gradient of operand " + (i - 1));
        }
    }

    @ParameterizedTest
    @MethodSource("trials")
    void float32IsNearFloat64(LayerTrial trial) {
        var expected = numbers(trial, DType.FLOAT64, false);
        compare(expected, numbers(trial, DType.FLOAT32, false), 2e-5);
        try (var run = trial.new Run(DType.FLOAT32, false, trial.training()); var _ = Autograd.noGrad()) {
            compare(expected.subList(0, 1), List.of(run.forward().toDoubleArray()), 2e-5);
        }
    }

    /** Those that draw nothing: that is done in the order of memory. */
    static Stream<LayerTrial> trialsWithoutChance() {
        return trials().filter(trial -> !trial.training() || !trial.make(LayerTrial::isRandom));
    }

    @ParameterizedTest
    @MethodSource("trialsWithoutChance")
    void channelsMayBeInnermost(LayerTrial trial) {
        compare(numbers(trial, DType.FLOAT64, false), numbers(trial, DType.FLOAT64, true), 1e-9);
        compare(numbers(trial, DType.FLOAT64, false), numbers(trial, DType.FLOAT32, true), 2e-5);
    }

    @ParameterizedTest
    @MethodSource("trials")
    void trainingChangesWhatItShould(LayerTrial trial) {
        try (var trained = trial.new Run(DType.FLOAT32, false, true);
                var used = trial.new Run(DType.FLOAT32, false, false)) {
            float[] expected = trained.forward().toFloatArray();
            float[] actual = used.forward().toFloatArray();
            if (LayerTrial.dependsOnMode(trained.layer) && expected.length > 0) {
                assertFalse(Arrays.equals(expected, actual));
            } else {
                assertArrayEquals(expected, actual);
            }
        }
    }

    /** The names of a layer's class and of those in it. */
    private static Stream<String> types(Module layer) {
        return Stream.concat(Stream.of(layer.getClass().getSimpleName()),
                layer.modules().values().stream().flatMap(LayerGradientsTest::types));
    }

    @Test
    void everyLayerIsHere() throws Exception {
        Set<String> covered = trials().flatMap(trial -> trial.make(LayerGradientsTest::types))
                .collect(Collectors.toCollection(TreeSet::new));
        covered.remove(Together.class.getSimpleName());
        Set<String> layers = new TreeSet<>();
        var folder = Path.of(Linear.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve(Linear.class.getPackageName().replace('.', '/'));
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString().replace(".class", "");
                if (!name.contains("$") && !name.equals("package-info")) {
                    var type = Class.forName(Linear.class.getPackageName() + "." + name);
                    if (Module.class.isAssignableFrom(type) && Modifier.isPublic(type.getModifiers())
                            && !Modifier.isAbstract(type.getModifiers())) {
                        layers.add(name);
                    }
                }
            }
        }
        assertEquals(layers, covered);
    }
}
