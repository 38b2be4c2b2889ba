package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversions of many elements against those of single ones, and these against exact arithmetic. */
class CastsTest {
    private static final int N = 35_003;

    private static double[] numbers(DType from) {
        var random = new Random(5);
        var special = new double[]{0, -0.0, 1, -1, 0.5, -0.5, 1.5, 127, 128, 255, 256, 300, -129, 32768, 65504, 65519,
                65520, 1e-8, 1e-40, -3e-42, 1e30, -1e39, 1e300, 2147483648.0, -2147483649.0, 4294967297.0, 9.3e18,
                -9.3e18, 16777217, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        var numbers = new double[N];
        for (int i = 0; i < N; i++) {
            numbers[i] = i < special.length
                    ? special[i]
                    : Math.scalb(random.nextGaussian(), random.nextInt(from == DType.FLOAT64 ? 300 : 70) - 30);
        }
        return numbers;
    }

    @ParameterizedTest
    @EnumSource
    void manyElementsAreConvertedAsOneIs(DType from) {
        try (var _ = Scope.open()) {
            double[] numbers = numbers(from);
            var x = Convert.fill(Tensor.empty(from, N), i -> numbers[(int) i]);
            for (var to : DType.values()) {
                var expected = Tensor.empty(to, N);
                for (long i = 0; i < N; i++) {
                    var segment = x.storage().base();
                    var target = expected.storage().base();
                    if (from.isFloatingPoint()) {
                        Elements.putDouble(to, target, expected.position() + i * to.bytes(),
                                Elements.getDouble(from, segment, x.position() + i * from.bytes()));
                    } else {
                        Elements.putLong(to, target, expected.position() + i * to.bytes(),
                                Elements.getLong(from, segment, x.position() + i * from.bytes()));
                    }
                }
                assertArrayEquals(oneByOne(to, expected), oneByOne(to, x.to(to)), from + " to " + to);
            }
        }
    }

    private static double[] oneByOne(DType type, Tensor x) {
        var segment = x.storage().base();
        return LongStream.range(0, N)
                .mapToDouble(i -> Elements.getDouble(type, segment, x.position() + i * type.bytes())).toArray();
    }

    /** All bfloat16 and float16 numbers that are finite, in ascending order. */
    private static List<BigDecimal> halves(DType type) {
        var all = new ArrayList<BigDecimal>();
        for (int bits = 0; bits < 1 << 16; bits++) {
            double value = value(type, (short) bits);
            if (Double.isFinite(value)) {
                all.add(new BigDecimal(value));
            }
        }
        return all.stream().distinct().sorted().toList();
    }

    private static double value(DType type, short bits) {
        return type == DType.FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    /** The nearest of them, of two the one whose bits are even. */
    private static double nearest(DType type, List<BigDecimal> all, BigDecimal exact) {
        int at = Collections.binarySearch(all, exact);
        if (at >= 0) {
            return exact.doubleValue();
        }
        var low = all.get(-at - 2);
        var high = all.get(-at - 1);
        int order = exact.subtract(low).compareTo(high.subtract(exact));
        boolean lowIsEven = (type == DType.FLOAT16
                ? Float.floatToFloat16(low.floatValue())
                : Float.floatToRawIntBits(low.floatValue()) >>> 16) % 2 == 0;
        return (order < 0 || order == 0 && lowIsEven ? low : high).doubleValue();
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void doublesAndIntegersAreRoundedOnce(DType type) {
        var all = halves(type);
        var random = new Random(9);
        var drawn = new ArrayList<Double>();
        for (int i = 0; i < 2000; i++) {
            double base = value(type, (short) random.nextInt(1 << 16));
            double next = Math.abs(base) < Float.MIN_NORMAL ? 0x1p-133 : Math.ulp((float) base) * 65536;
            double half = base + (type == DType.FLOAT16 ? Math.max(0x1p-24, Math.ulp((float) base) * 8192) : next) / 2;
            for (double v : new double[]{half, Math.nextUp(half), Math.nextDown(half), half * (1 + 0x1p-30),
                    half * (1 - 0x1p-30), base * random.nextDouble()}) {
                if (Double.isFinite(v) && Math.abs(v) < all.getLast().doubleValue()) {
                    drawn.add(v);
                }
            }
        }
        double[] values = drawn.stream().mapToDouble(v -> v).toArray();
        double[] rounded = Tensor.of(values).to(type).toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            double v = values[i];
            assertEquals(nearest(type, all, new BigDecimal(v)) + 0.0, rounded[i] + 0.0, () -> v + "");
        }
    }

    @Test
    void longsAreRoundedOnceToBfloat16() {
        var all = halves(DType.BFLOAT16);
        var random = new Random(9);
        long[] longs = new long[8000];
        for (int i = 0; i < longs.length; i += 4) {
            long base = (random.nextLong() >> random.nextInt(62)) | 1;
            int low = Math.max(0, 55 - Long.numberOfLeadingZeros(Math.abs(base)));
            long half = (base >> low << low) + (low == 0 ? 0 : 1L << low >> 1);
            longs[i] = base;
            longs[i + 1] = half;
            longs[i + 2] = half + 1;
            longs[i + 3] = half - 1;
        }
        double[] rounded = Tensor.of(longs).to(DType.BFLOAT16).toDoubleArray();
        double[] ofInts = Tensor.of(longs).to(DType.INT32).to(DType.BFLOAT16).toDoubleArray();
        for (int i = 0; i < longs.length; i++) {
            long v = longs[i];
            assertEquals(nearest(DType.BFLOAT16, all, BigDecimal.valueOf(v)), rounded[i], () -> v + "");
            assertEquals(nearest(DType.BFLOAT16, all, BigDecimal.valueOf((int) v)), ofInts[i], () -> v + "");
        }
    }

    @Test
    void notNumbersStayThat() {
        for (var type : new DType[]{DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32}) {
            var x = Tensor.of(new double[]{Double.NaN, -Double.NaN, Double.longBitsToDouble(0x7FF0_0000_0000_0001L)});
            for (double y : x.to(type).to(DType.FLOAT64).toDoubleArray()) {
                assertTrue(Double.isNaN(y));
            }
        }
    }

    private static final int[][] SHAPES = {{1}, {7}, {3, 5}, {33, 64}, {64, 64}, {200, 3}, {3, 200}, {5, 1, 7},
            {2, 40, 50},
            {9, 8, 1, 70}, {30, 2, 4}, {70, 30, 3}, {4, 3, 5, 6}, {200, 260}, {2, 3, 130, 130}};

    /** Every order of dimensions, steps and repetitions, to dense and strided places, same type and another. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void copiesFromAndToAnyLayout(int threads) {
        var random = new Random(3);
        try (var _ = Threads.share(Math.min(threads, Threads.limit()))) {
            for (int[] shape : SHAPES) {
                for (var from : new DType[]{DType.FLOAT32, DType.INT64, DType.UINT8, DType.BFLOAT16}) {
                    for (var to : new DType[]{from, DType.FLOAT64, DType.INT16}) {
                        for (int trial = 0; trial < (shape[shape.length - 1] > 100 ? 2 : 5); trial++) {
                            try (var _ = Scope.open()) {
                                copy(shape, from, to, random);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void copy(int[] shape, DType from, DType to, Random random) {
        var source = layout(shape, from, random, true);
        Convert.fill(base(source), i -> i % 120);
        var target = layout(shape, to, random, false);
        target.copyFrom(source);
        long numel = source.numel();
        double[] expected = oneByOne(source);
        assertArrayEquals(expected, oneByOne(target));
        assertArrayEquals(expected, source.toDoubleArray());
        assertArrayEquals(expected, oneByOne(source.contiguous()));
        target.fill(3);
        assertArrayEquals(DoubleStream.generate(() -> 3).limit(numel).toArray(), oneByOne(target));
        if (base(target).numel() > 2 * numel) { // what lies between was not touched
            assertEquals(3 * numel, sum(base(target)));
        }
    }

    private static double[] oneByOne(Tensor x) {
        return LongStream.range(0, x.numel()).mapToDouble(i -> Convert.element(x, i)).toArray();
    }

    private static double sum(Tensor x) {
        double sum = 0;
        for (double v : x.toDoubleArray()) {
            sum += v;
        }
        return sum;
    }

    private static Tensor base(Tensor view) {
        return view.base() == null ? view : view.base();
    }

    /** A view of the shape: dimensions in some order, some with gaps, some repeated. */
    private static Tensor layout(int[] shape, DType dtype, Random random, boolean repeats) {
        int rank = shape.length;
        var order = new ArrayList<Integer>();
        for (int d = 0; d < rank; d++) {
            order.add(random.nextInt(order.size() + 1), d);
        }
        var sizes = new long[rank];
        var gap = new boolean[rank];
        var once = new boolean[rank];
        for (int i = 0; i < rank; i++) {
            int d = order.get(i);
            gap[i] = random.nextInt(4) == 0;
            once[i] = repeats && random.nextInt(5) == 0;
            sizes[i] = once[i] ? 1 : shape[d] + (gap[i] ? 3 : 0);
        }
        var view = Tensor.full(dtype, 0, sizes);
        for (int i = 0; i < rank; i++) {
            if (gap[i] && !once[i]) {
                view = view.narrow(i, 2, shape[order.get(i)]);
            }
        }
        for (int d = 0; d < rank; d++) { // brings dimension d to its place
            int at = order.indexOf(d);
            view = view.transpose(d, at);
            order.set(at, order.get(d));
            order.set(d, d);
        }
        var dims = new long[rank];
        for (int d = 0; d < rank; d++) {
            dims[d] = shape[d];
        }
        return view.expand(dims);
    }

    @Test
    void stepsOfOneDimension() {
        var x = Convert.fill(Tensor.empty(DType.INT32, 300, 5), i -> i);
        assertArrayEquals(LongStream.range(0, 300).map(i -> 5 * i + 2).toArray(),
                x.select(1, 2).contiguous().toLongArray());
        var bytes = Convert.fill(Tensor.empty(DType.UINT8, 50, 5), i -> i);
        assertArrayEquals(LongStream.range(0, 50).map(i -> 5 * i + 1).toArray(),
                bytes.select(1, 1).to(DType.INT64).toLongArray());
    }

    @Test
    void copiesWithinOneTensorReadBeforeTheyWrite() {
        var x = Convert.fill(Tensor.empty(DType.INT32, 10), i -> i);
        x.narrow(0, 1, 9).copyFrom(x.narrow(0, 0, 9));
        assertArrayEquals(new long[]{0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, x.toLongArray());
        var square = Convert.fill(Tensor.empty(DType.FLOAT32, 100, 100), i -> i);
        var turned = square.t().contiguous();
        square.copyFrom(square.t());
        assertArrayEquals(turned.toFloatArray(), square.toFloatArray());
    }
}
