package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertClose;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain and vector kernels where they add in different orders; for the others see {@link CuttingTest}. */
class AgreementTest {
    private final Kernels plain = PlainKernels.INSTANCE;
    private final Kernels vector = new VectorKernels();

    @ParameterizedTest
    @CsvSource({"64, 10", "64, 130", "5, 1000", "3, 5000"})
    void sumsAndRows(int rows, int cols) {
        int n = rows * cols;
        Floats x = Floats.random(n, 1);
        assertClose(plain.sum(x.segment, x.offset, n), vector.sum(x.segment, x.offset, n), 1e-6, 1e-7 * n, "sum");
        Floats p = Floats.zeros(n);
        Floats q = Floats.zeros(n);
        plain.softmaxRows(x.segment, x.offset, p.segment, p.offset, rows, cols);
        vector.softmaxRows(x.segment, x.offset, q.segment, q.offset, rows, cols);
        assertClose(doubles(p), q, 3e-7, 0, "softmax");
        plain.logSoftmaxRows(x.segment, x.offset, p.segment, p.offset, rows, cols);
        vector.logSoftmaxRows(x.segment, x.offset, q.segment, q.offset, rows, cols);
        assertClose(doubles(p), q, 3e-7, 0, "log softmax");
        MemorySegment labels = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, rows);
        assertClose(plain.crossEntropyRows(x.segment, x.offset, labels, 0, -1, p.segment, p.offset, rows, cols),
                vector.crossEntropyRows(x.segment, x.offset, labels, 0, -1, q.segment, q.offset, rows, cols), 1e-9, 0,
                "cross entropy");
    }

    private static double[] doubles(Floats floats) {
        double[] values = new double[floats.n];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats.get(i);
        }
        return values;
    }
}
