package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Rows of a table at random indices, as an embedding reads them: memory, nothing else. Shapes are rows of the table x columns x
 * indices.
 */
public class EmbeddingGatherBench extends KernelBenchmark {
    @Param({"8x8x1", "64x16x16", "512x64x128", "4096x256x512", "32768x256x2048", "32768x512x8192"})
    public String shape;

    private int columns;
    private int count;
    private long[] indices;
    private float[] table;
    private float[] y;
    private MemorySegment indicesOffHeap;
    private MemorySegment tableOffHeap;
    private MemorySegment yOffHeap;
    private Tensor tableTensor;
    private Tensor indicesTensor;

    @Override
    void prepare(Generator generator) {
        int[] sizes = sizes(shape);
        columns = sizes[1];
        count = sizes[2];
        table = random(sizes[0] * columns, generator);
        indices = new long[count];
        for (int i = 0; i < count; i++) {
            indices[i] = generator.nextLong(sizes[0]);
        }
        y = output(count * columns);
        tableOffHeap = offHeap(table);
        indicesOffHeap = arena.allocate(8L * count, 64);
        MemorySegment.copy(indices, 0, indicesOffHeap, ValueLayout.JAVA_LONG, 0, count);
        yOffHeap = outputOffHeap(y.length);
        tableTensor = tensor(table, sizes[0], columns);
        indicesTensor = closed(Tensor.of(indices));
    }

    @Benchmark
    public float[] naive() {
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < columns; j++) {
                y[i * columns + j] = table[(int) indices[i] * columns + j];
            }
        }
        return y;
    }

    @Benchmark
    public float[] arrays() {
        inParts(count, columns, (_, from, to) -> {
            for (int i = from; i < to; i++) {
                System.arraycopy(table, (int) indices[i] * columns, y, i * columns, columns);
            }
        });
        return y;
    }

    private static int index(MemorySegment indices, int i) {
        return (int) indices.getAtIndex(ValueLayout.JAVA_LONG, i);
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(count, columns, (_, from, to) -> {
            long bytes = 4L * columns;
            for (int i = from; i < to; i++) {
                MemorySegment.copy(tableOffHeap, index(indicesOffHeap, i) * bytes, yOffHeap, i * bytes, bytes);
            }
        });
        return yOffHeap;
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(count, columns, (_, from, to) -> {
            for (int i = from; i < to; i++) {
                copyVectors(tableOffHeap, index(indicesOffHeap, i) * columns, yOffHeap, i * columns, columns);
            }
        });
        return yOffHeap;
    }

    private static void copyVectors(MemorySegment x, int from, MemorySegment y, int to, int n) {
        int j = 0;
        for (; j <= n - COUNT; j += COUNT) {
            store(load(x, from + j), y, to + j);
        }
        if (j < n) {
            var mask = below(n, j);
            store(load(x, from + j, mask), y, to + j, mask);
        }
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(IndexSelect.embedding(tableTensor, indicesTensor));
        }
    }

    @Override
    double[] expected() {
        var expected = new double[y.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = table[(int) indices[i / columns] * columns + i % columns];
        }
        return expected;
    }

    /** Nothing is rounded. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0, 0);
    }
}
