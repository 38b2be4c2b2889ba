package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.ORDER;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.random.Generator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What a data loader does to pixels: unsigned bytes become float32 and are multiplied by 1/255. */
public class BytesToFloatsBench extends KernelBenchmark {
    private static final float SCALE = 1 / 255f;
    /** The result for each byte: the JIT compiler has no vector instruction from bytes to floats, so that plain loops look up. */
    private static final float[] SCALED = new float[256];
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** As many bytes as there are floats in a vector. */
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 4)));

    static {
        for (int i = 0; i < SCALED.length; i++) {
            SCALED[i] = SCALE * i;
        }
    }

    @Param({"8", "64", "512", "4096", "32768", "262144", "2097152", "8388608"})
    public int size;

    private byte[] x;
    private float[] y;
    private MemorySegment xOffHeap;
    private MemorySegment yOffHeap;

    @Override
    final void prepare(Generator generator) {
        x = new byte[size];
        for (int i = 0; i < size; i++) {
            x[i] = (byte) generator.nextInt();
        }
        y = output(size);
        xOffHeap = arena.allocate(size, 64);
        MemorySegment.copy(x, 0, xOffHeap, ValueLayout.JAVA_BYTE, 0, size);
        yOffHeap = outputOffHeap(size);
    }

    @Benchmark
    public float[] naive() {
        for (int i = 0; i < size; i++) {
            y[i] = SCALE * Byte.toUnsignedInt(x[i]);
        }
        return y;
    }

    @Benchmark
    public float[] arrays() {
        inParts(size, 1, (_, from, to) -> convert(x, y, from, to));
        return y;
    }

    private static void convert(byte[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = SCALED[x[i] & 0xFF];
        }
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(size, 1, (_, from, to) -> convert(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void convert(MemorySegment x, MemorySegment y, int from, int to) {
        for (int i = from; i < to; i++) {
            y.setAtIndex(ValueLayout.JAVA_FLOAT, i, SCALED[x.get(ValueLayout.JAVA_BYTE, i) & 0xFF]);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(size, 1, (_, from, to) -> convertVectors(xOffHeap, yOffHeap, from, to));
        return yOffHeap;
    }

    private static void convertVectors(MemorySegment x, MemorySegment y, int from, int to) {
        long i = from;
        for (; i <= to - BYTES.length(); i += COUNT) {
            var wide = (IntVector) ByteVector.fromMemorySegment(BYTES, x, i, ORDER)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            store(((FloatVector) wide.convert(VectorOperators.I2F, 0)).mul(SCALE), y, i);
        }
        for (; i < to; i++) {
            y.setAtIndex(ValueLayout.JAVA_FLOAT, i, SCALE * Byte.toUnsignedInt(x.get(ValueLayout.JAVA_BYTE, i)));
        }
    }

    /** The loop that data sets run for the rows of a batch. */
    @Benchmark
    public MemorySegment chagres() {
        inParts(size, 1, (_, from, to) -> Kernels.best().u8ToF32(xOffHeap, from, yOffHeap, 4L * from, to - from, SCALE,
                0));
        return yOffHeap;
    }

    @Override
    double[] expected() {
        var expected = new double[size];
        for (int i = 0; i < size; i++) {
            expected[i] = Byte.toUnsignedInt(x[i]) / 255.0;
        }
        return expected;
    }

    /** Two roundings: of 1/255 and of the product. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(0x1p-23, 0);
    }
}
