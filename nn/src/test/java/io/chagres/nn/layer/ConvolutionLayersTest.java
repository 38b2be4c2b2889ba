package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.nn.optim.Adam;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Convolution;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvolutionLayersTest {
    private static final long[] ONE = {1};

    @Test
    void sizesAndShapesOfParameters() {
        try (var _ = Scope.open()) {
            gives(new Conv1d(3, 8, 5), Tensor.ones(2, 3, 9), "[8, 3, 5]", 2, 8, 5);
            gives(new Conv2d(3, 8, 5, 2, 2), Tensor.ones(2, 3, 9, 12), "[8, 3, 5, 5]", 2, 8, 5, 6);
            gives(new Conv2d(4, 8, 3, 1, 2, 2, 4, false), Tensor.ones(4, 9, 9), "[8, 1, 3, 3]", 8, 9, 9);
            gives(new Conv3d(2, 3, 2), Tensor.ones(1, 2, 4, 3, 2), "[3, 2, 2, 2, 2]", 1, 3, 3, 2, 1);
            gives(new ConvTranspose1d(3, 8, 5), Tensor.ones(2, 3, 9), "[3, 8, 5]", 2, 8, 13);
            gives(new ConvTranspose2d(4, 8, 3, 2, 1, 1, 2, true, 1), Tensor.ones(2, 4, 5, 6), "[4, 4, 3, 3]", 2, 8, 10,
                    12);
            gives(new ConvTranspose3d(2, 3, 2), Tensor.ones(1, 2, 4, 3, 2), "[2, 3, 2, 2, 2]", 1, 3, 5, 4, 3);
            gives(new Conv2d(1, 2, new long[]{4, 3}, ONE, Convolution.same(new long[]{4, 3}, 1), ONE, 1, true,
                    PaddingMode.ZEROS), Tensor.ones(1, 1, 7, 8), "[2, 1, 4, 3]", 1, 2, 7, 8);
        }
    }

    private static void gives(ConvolutionLayer layer, Tensor x, String weight, long... dims) {
        try (layer) {
            assertArrayEquals(dims, layer.forward(x).shape().toArray());
            assertEquals(weight, layer.weight.shape().toString());
            assertEquals(layer.bias == null ? List.of("weight") : List.of("weight", "bias"),
                    List.copyOf(layer.namedParameters().keySet()));
        }
    }

    @Test
    void parametersBeginAsPyTorchs() {
        try (var layer = new Conv2d(16, 600, 3);
                var transposed = new ConvTranspose2d(600, 16, 3);
                var depthwise = new Conv2d(600, 600, 3, 1, 1, 1, 600, true);
                var none = new Conv1d(1, 1, 1, 1, 0, 1, 1, false)) {
            within(1 / Math.sqrt(16 * 9), layer.weight, layer.bias);
            within(1 / Math.sqrt(16 * 9), transposed.weight, null);
            within(1 / Math.sqrt(9), depthwise.weight, depthwise.bias);
            assertNull(none.bias);
        }
    }

    private static void within(double bound, Tensor... tensors) {
        for (var tensor : tensors) {
            if (tensor != null) {
                double most = Arrays.stream(tensor.toDoubleArray()).map(Math::abs).max().getAsDouble();
                assertTrue(most <= (float) bound && most > 0.98 * bound, most + " of " + bound);
            }
        }
    }

    @Test
    void whatStandsAroundTheInput() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[]{1, 2, 3, 4}, 1, 1, 4);
            around(PaddingMode.ZEROS, x, 0, 0, 1, 2, 3, 4, 0);
            around(PaddingMode.REFLECT, x, 3, 2, 1, 2, 3, 4, 3);
            around(PaddingMode.REPLICATE, x, 1, 1, 1, 2, 3, 4, 4);
            around(PaddingMode.CIRCULAR, x, 3, 4, 1, 2, 3, 4, 1);
            var images = Tensor.of(new float[]{1, 2, 3, 4, 5, 6}, 1, 2, 3);
            try (var layer = new Conv2d(1, 1, new long[]{1}, ONE, new long[]{1, 0, 0, 2}, ONE, 1, false,
                    PaddingMode.REPLICATE)) {
                layer.weight.detach().fill(1);
                assertArrayEquals(new float[]{1, 2, 3, 3, 3, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6},
                        layer.forward(images).toFloatArray());
            }
        }
    }

    private static void around(PaddingMode mode, Tensor x, float... expected) {
        try (var layer = new Conv1d(1, 1, new long[]{1}, ONE, new long[]{2, 1}, ONE, 1, false, mode)) {
            layer.weight.detach().fill(1);
            assertArrayEquals(expected, layer.forward(x).toFloatArray());
        }
    }

    @Test
    void theySayWhatTheyAre() {
        says("Conv2d(3, 16, kernel=[5, 5], stride=[1, 1])", new Conv2d(3, 16, 5));
        says("Conv2d(4, 8, kernel=[3, 3], stride=[2, 2], padding=[1, 1], dilation=[2, 2], groups=4, bias=false)",
                new Conv2d(4, 8, 3, 2, 1, 2, 4, false));
        says("Conv1d(1, 2, kernel=[3], stride=[1], padding=[1], padding_mode=circular)",
                new Conv1d(1, 2, new long[]{3}, ONE, ONE, ONE, 1, true, PaddingMode.CIRCULAR));
        says("ConvTranspose2d(3, 2, kernel=[2, 2], stride=[2, 2], output_padding=[1, 1])",
                new ConvTranspose2d(3, 2, 2, 2, 0, 1, 1, true, 1));
    }

    private static void says(String expected, Module layer) {
        try (layer) {
            assertEquals(expected, layer.toString());
        }
    }

    @Test
    void windowsAsColumns() {
        try (var _ = Scope.open()) {
            var x = Tensor.of(new float[]{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);
            var columns = new Unfold(2).forward(x);
            assertArrayEquals(new float[]{1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9}, columns.toFloatArray());
            assertArrayEquals(new float[]{1, 4, 3, 8, 20, 12, 7, 16, 9},
                    new Fold(3, 2).forward(columns).toFloatArray());
            says("Unfold(kernel=[2], dilation=[1], padding=[0], stride=[1])", new Unfold(2));
            says("Fold(size=[3], kernel=[2], dilation=[1], padding=[0], stride=[1])", new Fold(3, 2));
        }
    }

    @Test
    void errorsNameTheLayer() {
        try (var layer = new Conv2d(3, 16, 5)) {
            fails(() -> layer.forward(Tensor.ones(8, 1, 28, 28)), "Conv2d(3, 16, kernel=[5, 5], stride=[1, 1]): ",
                    "input [8, 1, 28, 28] has 1 channel, expected 3");
            fails(() -> layer.forward(Tensor.ones(8, 3, 4, 28)), "Conv2d(3, 16", "[8, 3, 4, 28]", "[0, 24]");
        }
        fails(() -> new Conv2d(3, 16, 0), "Conv2d: kernel [0]");
        fails(() -> new Conv2d(3, 16, 3, 0, 0), "Conv2d: stride [0]");
        fails(() -> new Conv2d(3, 16, 3, 1, -1), "Conv2d: padding [-1]");
        fails(() -> new Conv2d(3, 16, 3, 1, 1, 1, 2, true), "Conv2d: 3 -> 16 channels in 2 groups");
        fails(() -> new Conv3d(3, 16, new long[2], ONE, ONE, ONE, 1, true, PaddingMode.ZEROS), "Conv3d: kernel [0, 0]");
    }

    private static void fails(Runnable call, String begin, String... facts) {
        var message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.startsWith(begin) && Arrays.stream(facts).allMatch(message::contains), message);
    }

    /** A blur and back: what a convolution did, a transposed one learns to undo. */
    @Test
    void theyLearn() {
        var generator = Generator.seed(4);
        try (var net = new Sequential(new Conv2d(1, 4, 3, 1, 1), new ReLU(), new ConvTranspose2d(4, 1, 3, 1, 1));
                var x = Tensor.randn(generator, 16, 1, 6, 6).keep()) {
            var optimizer = new Adam(net.parameters(), 0.02);
            double first = 0;
            double last = 0;
            for (int step = 0; step < 200; step++) {
                try (var _ = Scope.open()) {
                    var rest = net.forward(x).sub(x);
                    var loss = rest.mul(rest).mean();
                    optimizer.zeroGrad();
                    loss.backward();
                    optimizer.step();
                    last = loss.item();
                    first = step == 0 ? last : first;
                }
            }
            assertTrue(last < 0.25 * first, first + " to " + last);
        }
    }
}
