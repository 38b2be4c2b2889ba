package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.optim.SGD;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneCycleTest {
    /** By the formulas of PyTorch's scheduler: 2 steps up (to step 2), then 7 down. */
    @Test
    void risesAndFallsAsInPyTorch() {
        double[] rates = rates(10);
        assertEquals(0.004, rates[0], 1e-12);
        assertEquals(0.052, rates[1], 1e-12);
        assertEquals(0.1, rates[2], 1e-12);
        for (int step = 3; step < 10; step++) {
            double wanted = 4e-7 + (0.1 - 4e-7) / 2 * (1 + Math.cos(Math.PI * (step - 2) / 7));
            assertEquals(wanted, rates[step], 1e-12);
        }
        assertEquals(4e-7, rates[9], 1e-12);
        assertEquals(4e-7, rates[10], 1e-12);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 1000})
    void endsAtAlmostNothingWhateverTheNumberOfSteps(int steps) {
        double[] rates = rates(steps);
        assertEquals(4e-7, rates[steps - 1], 1e-12);
        for (double rate : rates) {
            assertTrue(rate > 0 && rate <= 0.1 + 1e-12, rate + "");
        }
    }

    /** The rates of all steps, and that after the last. */
    private static double[] rates(int steps) {
        try (var parameter = Tensor.zeros(1).requiresGrad(true)) {
            var optimizer = new SGD(List.of(parameter), 1);
            var cycle = new OneCycle(optimizer, 0.1, steps);
            double[] rates = new double[steps + 1];
            rates[0] = optimizer.learningRate();
            for (int step = 1; step <= steps; step++) {
                cycle.stepDone(1, step, 1, 0);
                rates[step] = optimizer.learningRate();
            }
            return rates;
        }
    }
}
