package io.chagres.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossTest {
    private static final double[] OUTPUT = {1, -2, 0.5, 4, 0, 3};
    private static final double[] TARGET = {0, -2, 1.5, 1, 1, -1};

    /** Σ (y - y')² of the numbers above. */
    private static double squares() {
        double sum = 0;
        for (int i = 0; i < OUTPUT.length; i++) {
            sum += (OUTPUT[i] - TARGET[i]) * (OUTPUT[i] - TARGET[i]);
        }
        return sum;
    }

    /** The loss is a sum times a factor, its gradient 2 (y - y') times it, and the target's the opposite. */
    private static void assertSquares(double factor, Loss loss, DType dtype) {
        var output = Tensor.of(OUTPUT, 2, 3).to(dtype).requiresGrad(true);
        var target = Tensor.of(TARGET, 2, 3).to(dtype).requiresGrad(true);
        var value = loss.forward(output, target);
        assertEquals(factor * squares(), value.item(), 1e-6);
        assertEquals(0, value.rank());
        value.backward();
        var expected = new double[OUTPUT.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = factor * 2 * (OUTPUT[i] - TARGET[i]);
        }
        assertArrayEquals(expected, output.grad().toDoubleArray(), 1e-6);
        assertArrayEquals(expected, target.grad().neg().toDoubleArray(), 1e-6);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void squaredErrorsInTheFormsOfPyTorchAndOfTextbooks(DType dtype) {
        assertSquares(1.0 / 6, new MSELoss(), dtype);
        assertSquares(1, new MSELoss(Reduction.SUM), dtype);
        assertSquares(1.0 / 12, (output, target) -> new MSELoss().forward(output, target).mul(0.5), dtype);
    }

    @Test
    void squaredErrorsAreNotBroadcast() {
        var refused = assertThrows(IllegalArgumentException.class,
                () -> new MSELoss().forward(Tensor.ones(3, 1), Tensor.ones(3)));
        assertTrue(refused.getMessage().startsWith("MSELoss: output [3, 1] and target [3]"), refused.getMessage());
        assertTrue(refused.getMessage().contains("view"), refused.getMessage());
        assertEquals(5.0 / 3, new MSELoss().forward(Tensor.ones(3), Tensor.of(new long[]{1, 2, 3})).item(), 1e-6);
    }

    @Test
    void crossEntropyReducesAndIgnoresAsTold() {
        var logits = Tensor.zeros(4, 10);
        var labels = Tensor.of(new long[]{3, -100, 9, 3});
        assertEquals(Math.log(10), new CrossEntropyLoss().forward(logits, labels).item(), 1e-6);
        assertEquals(3 * Math.log(10), new CrossEntropyLoss(Reduction.SUM, -100).forward(logits, labels).item(), 1e-5);
        var wrong = assertThrows(IndexOutOfBoundsException.class,
                () -> new CrossEntropyLoss(Reduction.SUM, 3).forward(logits, labels));
        assertTrue(wrong.getMessage().contains("label -100 in row 1"), wrong.getMessage());
    }

    @Test
    void reductionsAreNotNull() {
        assertThrows(NullPointerException.class, () -> new MSELoss(null));
        assertThrows(NullPointerException.class, () -> new CrossEntropyLoss(null, -100));
    }
}
