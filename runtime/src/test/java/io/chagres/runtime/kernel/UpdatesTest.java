package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertClose;

import java.util.Arrays;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Twenty steps of each rule against the same in double precision, as PyTorch's documentation states it. */
@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class UpdatesTest {
    private static final int STEPS = 20;
    private static final double TOLERANCE = 5e-6;

    @Parameter
    Kernels kernels;

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0, 0, 4097", "0.1, 0, 33", "0, 0.1, 33"})
    void adam(double decoupled, double coupled, int n) {
        Floats p = Floats.random(n, 1);
        Floats m = Floats.zeros(n);
        Floats v = Floats.zeros(n);
        double[] p1 = doubles(p);
        double[] m1 = new double[n];
        double[] v1 = new double[n];
        AdamStep step = Steps.adam((float) (Steps.RATE * decoupled), (float) coupled);
        for (int t = 1; t <= STEPS; t++) {
            Floats g = Floats.random(n, 100 + t);
            Steps.at(step, t);
            kernels.adam(step, p.segment, p.offset, g.segment, g.offset, m.segment, m.offset, v.segment, v.offset, n);
            for (int i = 0; i < n; i++) {
                p1[i] -= Steps.RATE * decoupled * p1[i];
                double gradient = g.get(i) + coupled * p1[i];
                m1[i] = Steps.BETA1 * m1[i] + (1 - Steps.BETA1) * gradient;
                v1[i] = Steps.BETA2 * v1[i] + (1 - Steps.BETA2) * gradient * gradient;
                double mean = m1[i] / (1 - Math.pow(Steps.BETA1, t));
                double square = v1[i] / (1 - Math.pow(Steps.BETA2, t));
                p1[i] -= Steps.RATE * mean / (Math.sqrt(square) + Steps.EPSILON);
            }
            g.assertFencesStand();
        }
        assertClose(p1, p, TOLERANCE, TOLERANCE, "p");
        assertClose(m1, m, TOLERANCE, TOLERANCE, "m");
        assertClose(v1, v, TOLERANCE, TOLERANCE, "v");
    }

    @ParameterizedTest
    @CsvSource({"0, false, 1", "0, false, 4097", "0.9, false, 1", "0.9, false, 207", "0.9, true, 33"})
    void sgd(float momentum, boolean nesterov, int n) {
        Floats p = Floats.random(n, 1);
        Floats b = Floats.zeros(n);
        // the first step must not read it
        kernels.fill(Float.NaN, b.segment, b.offset, n);
        double[] p1 = doubles(p);
        double[] b1 = new double[n];
        SgdStep step = Steps.sgd(momentum, true, nesterov);
        for (int t = 1; t <= STEPS; t++) {
            Floats g = Floats.random(n, 100 + t);
            step.first = t == 1;
            kernels.sgd(step, p.segment, p.offset, g.segment, g.offset, momentum == 0 ? null : b.segment, b.offset, n);
            for (int i = 0; i < n; i++) {
                double gradient = g.get(i) + step.l2 * p1[i];
                double direction = gradient;
                if (momentum != 0) {
                    b1[i] = t == 1 ? gradient : momentum * b1[i] + (1 - step.dampening) * gradient;
                    direction = nesterov ? gradient + momentum * b1[i] : b1[i];
                }
                p1[i] -= Steps.RATE * direction;
            }
            g.assertFencesStand();
        }
        assertClose(p1, p, TOLERANCE, TOLERANCE, "p");
        if (momentum != 0) {
            assertClose(b1, b, TOLERANCE, TOLERANCE, "b");
        }
    }

    private static double[] doubles(Floats floats) {
        double[] values = new double[floats.n];
        Arrays.setAll(values, floats::get);
        return values;
    }
}
