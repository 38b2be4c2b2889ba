package io.chagres.nn.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationLayersTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Arguments layer(String text, Module layer, UnaryOperator<Tensor> function) {
        return Arguments.of(text, layer, function);
    }

    /** What PyTorch prints, and what the layer computes. */
    static Stream<Arguments> layers() {
        return Stream.of(layer("ELU(alpha=1.0)", new ELU(), x -> x.elu(1)),
                layer("ELU(alpha=0.5)", new ELU(0.5), x -> x.elu(0.5)),
                layer("CELU(alpha=1.0)", new CELU(), x -> x.celu(1)),
                layer("CELU(alpha=2.0)", new CELU(2), x -> x.celu(2)), layer("SELU()", new SELU(), Tensor::selu),
                layer("ReLU()", new ReLU(), Tensor::relu), layer("ReLU6()", new ReLU6(), Tensor::relu6),
                layer("LeakyReLU(negative_slope=0.01)", new LeakyReLU(), x -> x.leakyRelu(0.01)),
                layer("LeakyReLU(negative_slope=0.2)", new LeakyReLU(0.2), x -> x.leakyRelu(0.2)),
                layer("Hardtanh(min_val=-1.0, max_val=1.0)", new Hardtanh(), x -> x.hardtanh(-1, 1)),
                layer("Hardtanh(min_val=-2.0, max_val=0.5)", new Hardtanh(-2, 0.5), x -> x.hardtanh(-2, 0.5)),
                layer("Hardsigmoid()", new Hardsigmoid(), Tensor::hardsigmoid),
                layer("Hardswish()", new Hardswish(), Tensor::hardswish),
                layer("Hardshrink(0.5)", new Hardshrink(), x -> x.hardshrink(0.5)),
                layer("Softshrink(0.25)", new Softshrink(0.25), x -> x.softshrink(0.25)),
                layer("Softshrink(0.5)", new Softshrink(), x -> x.softshrink(0.5)),
                layer("Tanhshrink()", new Tanhshrink(), Tensor::tanhshrink),
                layer("LogSigmoid()", new LogSigmoid(), Tensor::logSigmoid),
                layer("Softplus(beta=1.0, threshold=20.0)", new Softplus(), x -> x.softplus(1, 20)),
                layer("Softplus(beta=2.0, threshold=5.0)", new Softplus(2, 5), x -> x.softplus(2, 5)),
                layer("Softsign()", new Softsign(), Tensor::softsign),
                layer("Threshold(threshold=0.1, value=20.0)", new Threshold(0.1, 20), x -> x.threshold(0.1, 20)),
                layer("SiLU()", new SiLU(), Tensor::silu), layer("Mish()", new Mish(), Tensor::mish),
                layer("GELU(approximate='none')", new GELU(), Tensor::gelu),
                layer("GELU(approximate='tanh')", new GELU(true), Tensor::geluTanh),
                layer("Sigmoid()", new Sigmoid(), Tensor::sigmoid), layer("Tanh()", new Tanh(), Tensor::tanh),
                layer("GLU(dim=-1)", new GLU(), x -> x.glu(-1)), layer("GLU(dim=1)", new GLU(1), x -> x.glu(1)),
                layer("Softmax(dim=1)", new Softmax(1), x -> x.softmax(1)),
                layer("LogSoftmax(dim=-1)", new LogSoftmax(-1), x -> x.logSoftmax(-1)),
                layer("Softmin(dim=0)", new Softmin(0), x -> x.softmin(0)),
                layer("Softmax2d()", new Softmax2d(), Tensor::softmax2d));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersAreTheirFunctionsAndPrintAsInPyTorch(String text, Module layer, UnaryOperator<Tensor> function) {
        var x = Tensor.randn(new Generator(1), 3, 2, 5, 4).mul(3);
        assertEquals(text, layer.toString());
        assertEquals(List.of(), layer.parameters());
        var y = layer.forward(x);
        assertEquals(function.apply(x).shape(), y.shape());
        assertArrayEquals(function.apply(x).toFloatArray(), y.toFloatArray());
    }

    @Test
    void preluLearnsItsSlopes() {
        var x = Tensor.of(new float[]{-1, 2, -3, -4}, 2, 2);
        try (var one = new PReLU(); var two = new PReLU(2); var half = new PReLU(2, 0.5)) {
            assertEquals("PReLU(num_parameters=1)", one.toString());
            assertEquals("PReLU(num_parameters=2)", two.toString());
            assertArrayEquals(new float[]{-0.25f, 2, -0.75f, -1}, one.forward(x).toFloatArray());
            assertArrayEquals(new float[]{-0.25f, 2, -0.75f, -1}, two.forward(x).toFloatArray());
            assertArrayEquals(new float[]{-0.5f, 2, -1.5f, -2}, half.forward(x).toFloatArray());
            one.forward(x).sum().backward();
            two.forward(x).sum().backward();
            assertArrayEquals(new float[]{-8}, one.weight.grad().toFloatArray());
            assertArrayEquals(new float[]{-4, -4}, two.weight.grad().toFloatArray());
            assertEquals(List.of(two.weight), two.parameters());
        }
    }

    @Test
    void rreluIsRandomInTrainingAndLeakyInUse() {
        try (var layer = new RReLU()) {
            assertEquals("RReLU(lower=0.125, upper=0.3333333333333333)", layer.toString());
            var x = Tensor.full(DType.FLOAT32, -1, 100);
            Generator.seed(2);
            float[] first = layer.forward(x).toFloatArray();
            float[] second = layer.forward(x).toFloatArray();
            for (float y : first) {
                assertTrue(y <= -0.125 && y >= -1 / 3f, y + "");
            }
            assertTrue(first[0] != first[1] && first[0] != second[0]);
            Generator.seed(2);
            assertArrayEquals(first, layer.forward(x).toFloatArray());
            layer.eval();
            assertArrayEquals(x.leakyRelu((1 / 8.0 + 1 / 3.0) / 2).toFloatArray(), layer.forward(x).toFloatArray());
        }
    }

    @Test
    void settingsThatMakeNoSenseAreNamed() {
        refused("CELU: alpha is 0", () -> new CELU(0));
        refused("Hardtanh: from 1.0 to 1.0", () -> new Hardtanh(1, 1));
        refused("Softshrink: lambda -1.0", () -> new Softshrink(-1));
        refused("RReLU: slopes from 0.5 to 0.25", () -> new RReLU(0.5, 0.25));
        refused("PReLU: 0 weights", () -> new PReLU(0));
    }

    private static void refused(String message, Executable made) {
        var thrown = assertThrows(IllegalArgumentException.class, made);
        assertTrue(thrown.getMessage().startsWith(message), thrown.getMessage());
    }
}
