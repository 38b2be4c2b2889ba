package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.ORDER;
import static io.chagres.bench.kernel.Lanes.load;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The greatest of each 2 x 2 pixels; an odd last row or column is left out. Shapes are images x channels x height x width of the
 * input.
 */
public class MaxPoolBench extends KernelBenchmark {
    /** Half as many floats as a vector has, as bits. */
    private static final VectorSpecies<Integer> HALF = VectorSpecies.of(int.class,
            VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 2)));

    private static final long[] WINDOW = {2, 2};
    private static final long[] NO_PADDING = {0, 0};
    private static final long[] NO_DILATION = {1, 1};

    @Param({"1x1x2x4", "2x4x8x8", "8x16x16x16", "64x32x28x28", "16x64x56x56", "16x64x112x112"})
    public String shape;

    private int planes;
    private int height;
    private int width;
    private int outHeight;
    private int outWidth;
    private float[] x;
    private float[] y;
    private MemorySegment xOffHeap;
    private MemorySegment yOffHeap;
    private Tensor xTensor;

    @Override
    void prepare(Generator generator) {
        int[] sizes = sizes(shape);
        planes = sizes[0] * sizes[1];
        height = sizes[2];
        width = sizes[3];
        outHeight = height / 2;
        outWidth = width / 2;
        x = random(planes * height * width, generator);
        y = output(planes * outHeight * outWidth);
        xOffHeap = offHeap(x);
        yOffHeap = outputOffHeap(y.length);
        xTensor = tensor(x, sizes[0], sizes[1], height, width);
    }

    /** Where the upper one of the two rows begins from which an output row is made; output rows are counted over all planes. */
    private int inputRow(int outputRow) {
        return (outputRow / outHeight * height + outputRow % outHeight * 2) * width;
    }

    @Benchmark
    public float[] naive() {
        for (int plane = 0; plane < planes; plane++) {
            for (int row = 0; row < outHeight; row++) {
                for (int column = 0; column < outWidth; column++) {
                    float max = Float.NEGATIVE_INFINITY;
                    for (int i = 0; i < 2; i++) {
                        for (int j = 0; j < 2; j++) {
                            max = Math.max(max, x[(plane * height + 2 * row + i) * width + 2 * column + j]);
                        }
                    }
                    y[(plane * outHeight + row) * outWidth + column] = max;
                }
            }
        }
        return y;
    }

    /** How many output rows of one plane are computed together, from a row on: what fits a piece. */
    private int rowsTogether(int row, int to) {
        int fit = Math.max(1, Scratch.PIECE / (2 * width));
        return Math.min(Math.min(fit, to - row), outHeight - row % outHeight);
    }

    @Benchmark
    public float[] arrays() {
        inParts(planes * outHeight, 2 * width, (_, from, to) -> {
            var s = Scratch.ofRows(2 * width);
            int count;
            for (int row = from; row < to; row += count) {
                count = rowsTogether(row, to);
                int n = (2 * count - 1) * width;
                System.arraycopy(x, inputRow(row), s.a, 0, n);
                System.arraycopy(x, inputRow(row) + width, s.b, 0, n);
                max(s.a, s.b, n);
                for (int r = 0; r < count; r++) {
                    maxOfPairs(s.a, 2 * r * width, y, (row + r) * outWidth, outWidth);
                }
            }
        });
        return y;
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(planes * outHeight, 2 * width, (_, from, to) -> {
            var s = Scratch.ofRows(2 * width);
            int count;
            for (int row = from; row < to; row += count) {
                count = rowsTogether(row, to);
                int n = (2 * count - 1) * width;
                Scratch.load(xOffHeap, inputRow(row), s.a, n);
                Scratch.load(xOffHeap, inputRow(row) + width, s.b, n);
                max(s.a, s.b, n);
                for (int r = 0; r < count; r++) {
                    maxOfPairs(s.a, 2 * r * width, s.b, r * outWidth, outWidth);
                }
                Scratch.store(s.b, yOffHeap, row * outWidth, count * outWidth);
            }
        });
        return yOffHeap;
    }

    /** Each pixel with the one below it; of every other row nobody asks. */
    private static void max(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] = Math.max(a[i], b[i]);
        }
    }

    private static void maxOfPairs(float[] a, int start, float[] y, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[from + i] = Math.max(a[start + 2 * i], a[start + 2 * i + 1]);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(planes * outHeight, 2 * width, (_, from, to) -> {
            for (int row = from; row < to; row++) {
                maxVectors(xOffHeap, inputRow(row), width, yOffHeap, row * outWidth, outWidth);
            }
        });
        return yOffHeap;
    }

    /** A pair of floats is a long: the upper float is shifted to the lower one's place, and then the lower halves are kept. */
    private static void maxVectors(MemorySegment x, int upper, int width, MemorySegment y, int start, int n) {
        int i = 0;
        for (; i <= n - HALF.length(); i += FLOATS.length() / 2) {
            FloatVector column = load(x, upper + 2 * i).max(load(x, upper + width + 2 * i));
            FloatVector right = column.reinterpretAsLongs().lanewise(VectorOperators.LSHR, 32).reinterpretAsFloats();
            var kept = (IntVector) column.max(right).reinterpretAsLongs().convertShape(VectorOperators.L2I, HALF, 0);
            kept.intoMemorySegment(y, 4L * (start + i), ORDER);
        }
        for (; i < n; i++) {
            float max = Math.max(Math.max(at(x, upper + 2 * i), at(x, upper + 2 * i + 1)),
                    Math.max(at(x, upper + width + 2 * i), at(x, upper + width + 2 * i + 1)));
            y.setAtIndex(ValueLayout.JAVA_FLOAT, start + i, max);
        }
    }

    private static float at(MemorySegment x, int index) {
        return x.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.maxPool2d(WINDOW, null, NO_PADDING, NO_DILATION, false));
        }
    }

    @Override
    double[] expected() {
        var expected = new double[y.length];
        for (int i = 0; i < expected.length; i++) {
            int at = inputRow(i / outWidth) + i % outWidth * 2;
            expected[i] = Math.max(Math.max(x[at], x[at + 1]), Math.max(x[at + width], x[at + width + 1]));
        }
        return expected;
    }

    /** Nothing is rounded. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0, 0);
    }
}
