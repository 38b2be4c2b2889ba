package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreationTest {
    /** More than one part, and no multiple of anything. */
    private static final int MANY = 70_001;

    private static void refused(Executable call, String operation, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, call), operation, facts);
    }

    @ParameterizedTest
    @EnumSource
    void ofOneValueInEveryType(DType dtype) {
        Checks.values(Tensor.zeros(dtype, 2), 0, 0);
        Checks.values(Tensor.ones(dtype, 2), 1, 1);
        Checks.type(dtype, Tensor.ones(dtype, 2));
        Checks.type(dtype, Tensor.empty(dtype, 2));
        Checks.type(dtype, Tensor.scalar(dtype, 1));
        var x = Tensor.zeros(dtype, 2, 1).t();
        for (var like : new Tensor[]{Tensor.zerosLike(x), Tensor.onesLike(x), Tensor.fullLike(x, 1),
                Tensor.emptyLike(x)}) {
            Checks.type(dtype, like);
            Checks.shape(like, 1, 2);
            assertTrue(like.isContiguous());
        }
        Checks.values(Tensor.zerosLike(x), 0, 0);
        Checks.values(Tensor.onesLike(x), 1, 1);
        Checks.values(Tensor.fullLike(x, 1), 1, 1);
    }

    @Test
    void integersKeepEveryDigit() {
        assertArrayEquals(new long[]{Long.MAX_VALUE}, Tensor.full(DType.INT64, Long.MAX_VALUE, 1).toLongArray());
        assertEquals(Long.MIN_VALUE + 1, Tensor.full(DType.INT64, Long.MIN_VALUE + 1).itemLong());
    }

    @Test
    @Covers({"Creation.arange(long, long, long)", "Creation.arange(DType, double, double, double)"})
    void ranges() {
        assertArrayEquals(new long[]{0, 1, 2}, Tensor.arange(3).toLongArray());
        assertArrayEquals(new long[]{2, 3}, Tensor.arange(2, 4).toLongArray());
        assertArrayEquals(new long[]{5, 3, 1}, Tensor.arange(5, 0, -2).toLongArray());
        assertArrayEquals(new long[]{5, 2}, Tensor.arange(5, -1, -3).toLongArray());
        assertArrayEquals(new long[]{}, Tensor.arange(4, 4, -1).toLongArray());
        assertArrayEquals(new long[]{Long.MAX_VALUE - 2, Long.MAX_VALUE - 1},
                Tensor.arange(Long.MAX_VALUE - 2, Long.MAX_VALUE).toLongArray());
        Checks.type(DType.INT64, Tensor.arange(3));
        assertArrayEquals(new float[]{1, 1.5f, 2}, Tensor.arange(1, 2.5, 0.5).toFloatArray());
        assertArrayEquals(new float[]{0, 0.1f, 0.2f, 3 * 0.1f}, Tensor.arange(0, 0.35, 0.1).toFloatArray(), 1e-7f);
        Checks.type(DType.INT32, Tensor.arange(DType.INT32, 0, 5, 2));
        Checks.values(Tensor.arange(DType.INT32, 0, 5, 2), 0, 2, 4);
        Checks.values(Tensor.arange(DType.FLOAT64, 1, 0, -0.25), 1, 0.75, 0.5, 0.25);
        assertArrayEquals(LongStream.range(0, MANY).map(i -> 7 - 3 * i).toArray(),
                Tensor.arange(7, 7 - 3L * MANY, -3).toLongArray());
        refused(() -> Tensor.arange(0, 3, 0), "arange", "by 0");
        refused(() -> Tensor.arange(0, 3, -1), "arange", "to 3", "-1");
        refused(() -> Tensor.arange(3, 0, 1), "arange");
        refused(() -> Tensor.arange(0, Double.NaN, 1), "arange", "NaN");
        refused(() -> Tensor.arange(0, 1e300, 1e-3), "arange", "2^63");
        assertThrows(IllegalArgumentException.class, () -> Tensor.arange(Long.MIN_VALUE, Long.MAX_VALUE));
    }

    @Test
    @Covers({"Creation.linspace(DType, double, double, long)",
            "Creation.logspace(DType, double, double, long, double)"})
    void spaces() {
        assertArrayEquals(new float[]{3, 4.75f, 6.5f, 8.25f, 10}, Tensor.linspace(3, 10, 5).toFloatArray());
        Checks.values(Tensor.linspace(-10, 10, 1), -10);
        Checks.values(Tensor.linspace(0, 1, 0));
        Checks.values(Tensor.linspace(DType.FLOAT64, 0, 1, 2), 0, 1);
        Checks.values(Tensor.linspace(DType.INT32, 0, 10, 5), 0, 2, 5, 7, 10);
        double[] many = Tensor.linspace(DType.FLOAT64, 0.1, 0.7, MANY).toDoubleArray();
        assertEquals(0.1, many[0]);
        assertEquals(0.7, many[MANY - 1]);
        assertEquals(0.4, many[MANY / 2], 1e-15);
        assertArrayEquals(new float[]{1e-10f, 1e-5f, 1, 1e5f, 1e10f}, Tensor.logspace(-10, 10, 5).toFloatArray(),
                1e-2f);
        Checks.values(Tensor.logspace(DType.FLOAT64, 2, 2, 1, 2), 4);
        refused(() -> Tensor.linspace(0, 1, -1), "linspace", "-1 steps");
        assertThrows(NullPointerException.class, () -> Tensor.logspace(null, 0, 1, 2, 2));
    }

    @Test
    @Covers("Creation.eye(DType, long, long)")
    void eyes() {
        Checks.values(Tensor.eye(2), 1, 0, 0, 1);
        Checks.values(Tensor.eye(2, 3), 1, 0, 0, 0, 1, 0);
        Checks.values(Tensor.eye(3, 1), 1, 0, 0);
        Checks.shape(Tensor.eye(0, 3), 0, 3);
        for (var dtype : DType.values()) {
            Checks.type(dtype, Tensor.eye(dtype, 2, 2));
            Checks.values(Tensor.eye(dtype, 2, 2), 1, 0, 0, 1);
        }
        assertThrows(IllegalArgumentException.class, () -> Tensor.eye(-1));
    }

    @Test
    @Covers({"JavaArrays.fromArray(int[], Shape)", "JavaArrays.fromArray(short[], Shape)",
            "JavaArrays.fromArray(byte[], Shape)", "JavaArrays.fromArray(boolean[], Shape)"})
    void arraysOfOtherTypes() {
        Checks.type(DType.INT32, Tensor.of(new int[]{1}));
        Checks.type(DType.INT16, Tensor.of(new short[]{1}));
        Checks.type(DType.INT8, Tensor.of(new byte[]{1}));
        Checks.type(DType.BOOL, Tensor.of(new boolean[]{true}));
        Checks.values(Tensor.of(new int[]{1, -2}, 2, 1), 1, -2);
        Checks.values(Tensor.of(new short[]{1, -2}), 1, -2);
        Checks.values(Tensor.of(new byte[]{1, -2}), 1, -2);
        Checks.values(Tensor.of(new boolean[]{true, false}), 1, 0);
        refused(() -> Tensor.of(new int[2], 3), "of", "2 values", "[3]");
    }

    @Test
    @Covers("JavaArrays.fromNested(Object)")
    void nestedArraysThereAndBack() {
        var floats = new float[][]{{1, 2, 3}, {4, 5, 6}};
        assertArrayEquals(floats, (float[][]) Tensor.ofArray(floats).toArray());
        Checks.shape(Tensor.ofArray(floats), 2, 3);
        assertArrayEquals(new float[][]{{1, 4}, {2, 5}, {3, 6}}, (float[][]) Tensor.ofArray(floats).t().toArray());
        var doubles = new double[][][]{{{1}, {2}}, {{3}, {4}}, {{5}, {6}}};
        assertArrayEquals(doubles, (double[][][]) Tensor.ofArray(doubles).toArray());
        assertArrayEquals(new long[][]{{1}, {2}}, (long[][]) Tensor.ofArray(new long[][]{{1}, {2}}).toArray());
        assertArrayEquals(new int[]{3}, (int[]) Tensor.ofArray(new int[]{3}).toArray());
        assertArrayEquals(new short[]{3}, (short[]) Tensor.ofArray(new short[]{3}).toArray());
        assertArrayEquals(new byte[]{3}, (byte[]) Tensor.ofArray(new byte[]{3}).toArray());
        assertArrayEquals(new boolean[][]{{true}}, (boolean[][]) Tensor.ofArray(new boolean[][]{{true}}).toArray());
        assertArrayEquals(new int[]{200}, (int[]) Tensor.full(DType.UINT8, 200, 1).toArray());
        assertArrayEquals(new float[]{1.5f}, (float[]) Tensor.full(DType.BFLOAT16, 1.5, 1).toArray());
        assertEquals(2.5f, Tensor.scalar(2.5).toArray());
        assertArrayEquals(new float[2][0], (float[][]) Tensor.zeros(2, 0).toArray());
        Checks.shape(Tensor.ofArray(new float[2][0]), 2, 0);
        Checks.shape(Tensor.ofArray(new float[0][2]), 0, 0);
        refused(() -> Tensor.ofArray(new float[][]{{1, 2}, {3}}), "ofArray", "ragged", "dimension 1");
        refused(() -> Tensor.ofArray(new float[][]{{1}, null}), "ofArray", "ragged", "null");
        refused(() -> Tensor.ofArray(new float[][]{null, {1}}), "ofArray", "ragged");
        refused(() -> Tensor.ofArray("text"), "ofArray", "String");
        refused(() -> Tensor.ofArray(new Integer[]{1}), "ofArray", "Integer");
        refused(() -> Tensor.ofArray(new char[]{'a'}), "ofArray", "char");
        assertThrows(NullPointerException.class, () -> Tensor.ofArray(null));
    }

    @Test
    void outToFlatArrays() {
        var x = Tensor.of(new double[]{1.5, -2, 0, 300}, 2, 2);
        assertArrayEquals(new int[]{1, 0, -2, 300}, x.t().toIntArray());
        assertArrayEquals(new byte[]{1, -2, 0, 44}, x.toByteArray());
        assertArrayEquals(new boolean[]{true, true, false, true}, x.toBooleanArray());
        assertEquals((1L << 60) + 1, Tensor.of(new long[]{(1L << 60) + 1}).itemLong());
        assertEquals(-1, Tensor.scalar(-1.9).itemLong());
        refused(x::itemLong, "itemLong", "4 elements");
    }

    // ---- Random numbers

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Covers({"Draw.rand(DType, Generator, Shape)", "Draw.randn(DType, Generator, Shape)",
            "Draw.uniform(Generator, double, double, Shape)", "Draw.normal(Generator, double, double, Shape)",
            "Draw.bernoulli(Generator, double, Shape)", "Draw.randint(Generator, long, long, Shape)"})
    void manyNumbersAreThoseOfDrawingOneByOne(int threads) {
        try (var _ = Threads.share(Math.min(threads, Threads.limit()))) {
            for (int skipped = 0; skipped < 4; skipped++) {
                int skip = skipped;
                same(skip, g -> Tensor.rand(g, MANY), Generator::nextFloat);
                same(skip, g -> Tensor.rand(DType.FLOAT64, g, MANY), Generator::nextDouble);
                same(skip, g -> Tensor.randn(DType.FLOAT64, g, MANY), Generator::nextGaussian);
                same(skip, g -> Tensor.randn(g, MANY), g -> (float) g.nextGaussian());
                same(skip, g -> Tensor.normal(g, 3, 2, MANY), g -> (float) (3 + 2 * g.nextGaussian()));
                same(skip, g -> Tensor.uniform(g, -1, 3, MANY), g -> -1 + 4 * g.nextFloat());
                same(skip, g -> Tensor.bernoulli(g, 0.3, MANY), g -> g.nextDouble() < 0.3 ? 1 : 0);
                same(skip, g -> Tensor.randint(g, -5, 12, MANY), g -> g.nextLong(17) - 5);
                // almost every other number is refused
                same(skip, g -> Tensor.randint(g, -1, 1L << 62, 1000), g -> g.nextLong((1L << 62) + 1) - 1);
            }
        }
    }

    private static void same(int skip, Function<Generator, Tensor> many, ToDoubleFunction<Generator> one) {
        var generator = new Generator(17, 3);
        var other = new Generator(17, 3);
        generator.position(skip);
        other.position(skip);
        double[] drawn = many.apply(generator).toDoubleArray();
        double[] expected = new double[drawn.length];
        Arrays.setAll(expected, i -> one.applyAsDouble(other));
        assertArrayEquals(expected, drawn);
        assertEquals(other.position(), generator.position());
    }

    @Test
    void halvesStayBelowOne() {
        for (var dtype : new DType[]{DType.FLOAT16, DType.BFLOAT16}) {
            double[] drawn = Tensor.rand(dtype, new Generator(1), MANY).toDoubleArray();
            assertTrue(Arrays.stream(drawn).allMatch(v -> v >= 0 && v < 1));
            assertEquals(0.5, Arrays.stream(drawn).average().orElseThrow(), 0.01);
            Checks.type(dtype, Tensor.randn(dtype, new Generator(1), 2));
        }
        float[] narrow = Tensor.uniform(new Generator(1), 1, 1 + 0x1p-22, MANY).toFloatArray();
        for (float v : narrow) {
            assertTrue(v >= 1 && v < 1 + 0x1p-22);
        }
        Checks.values(Tensor.uniform(new Generator(1), 2, 2, 1), 2);
    }

    @Test
    void theDefaultGeneratorIsTheThreads() {
        Generator.seed(5);
        var drawn = Tensor.rand(3).toFloatArray();
        assertArrayEquals(Tensor.rand(new Generator(5), 3).toFloatArray(), drawn);
        assertArrayEquals(Tensor.randn(new Generator(5).at(3), 2).toFloatArray(), Tensor.randn(2).toFloatArray());
        var like = Tensor.randLike(Tensor.zeros(DType.FLOAT64, 2, 1), new Generator(2));
        Checks.type(DType.FLOAT64, like);
        Checks.shape(like, 2, 1);
        Checks.shape(Tensor.randnLike(like, new Generator(2)), 2, 1);
    }

    @Test
    @Covers("Draw.bernoulli(Generator, Tensor)")
    void bernoulliByProbabilities() {
        var p = Tensor.linspace(0, 1, MANY).view(1, MANY).requiresGrad(true);
        var drawn = Tensor.bernoulli(new Generator(4), p);
        Checks.shape(drawn, 1, MANY);
        double[] values = drawn.toDoubleArray();
        var generator = new Generator(4);
        double[] expected = p.detach().toDoubleArray();
        Arrays.setAll(expected, i -> generator.nextDouble() < expected[i] ? 1 : 0);
        assertArrayEquals(expected, values);
        assertEquals(0, values[0]);
        assertEquals(1, values[MANY - 1]);
        Checks.values(Tensor.bernoulli(new Generator(1), Tensor.of(new double[]{0, 1, 1, 0}, 2, 2).t()), 0, 1, 1, 0);
        refused(() -> Tensor.bernoulli(new Generator(1), Tensor.of(new float[]{1.5f})), "bernoulli", "0 to 1");
        refused(() -> Tensor.bernoulli(new Generator(1), Tensor.of(new float[]{Float.NaN})), "bernoulli");
        refused(() -> Tensor.bernoulli(new Generator(1), Tensor.of(new long[]{1})), "bernoulli", "INT64");
        assertThrows(NullPointerException.class, () -> Tensor.bernoulli(null, p));
    }

    @Test
    @Covers("Draw.randperm(Generator, long)")
    void permutations() {
        long[] drawn = Tensor.randperm(new Generator(6), 1000).toLongArray();
        assertArrayEquals(drawn, Tensor.randperm(new Generator(6), 1000).toLongArray());
        assertTrue(!Arrays.equals(drawn, LongStream.range(0, 1000).toArray()));
        Arrays.sort(drawn);
        assertArrayEquals(LongStream.range(0, 1000).toArray(), drawn);
        Checks.shape(Tensor.randperm(new Generator(6), 0), 0);
        var counts = new int[3][3];
        var generator = new Generator(7);
        for (int i = 0; i < 3000; i++) {
            long[] three = Tensor.randperm(generator, 3).toLongArray();
            for (int j = 0; j < 3; j++) {
                counts[j][(int) three[j]]++;
            }
        }
        for (int[] row : counts) {
            for (int count : row) {
                assertEquals(1000, count, 130);
            }
        }
        refused(() -> Tensor.randperm(new Generator(1), -1), "randperm", "-1");
    }

    @Test
    void refusals() {
        var g = new Generator(1);
        refused(() -> Tensor.rand(DType.INT64, g, 2), "rand", "INT64");
        refused(() -> Tensor.randn(DType.BOOL, g, 2), "randn", "BOOL");
        refused(() -> Tensor.randint(g, 3, 3, 2), "randint", "3");
        refused(() -> Tensor.randint(g, Long.MIN_VALUE, 3, 2), "randint");
        refused(() -> Tensor.bernoulli(g, 1.5, 2), "bernoulli", "1.5");
        refused(() -> Tensor.bernoulli(g, Double.NaN, 2), "bernoulli", "NaN");
        refused(() -> Tensor.normal(g, 0, -1, 2), "normal", "-1");
        refused(() -> Tensor.uniform(g, 1, 0, 2), "uniform", "1.0");
        refused(() -> Tensor.uniform(g, Double.NEGATIVE_INFINITY, 0, 2), "uniform");
        assertThrows(NullPointerException.class, () -> Tensor.rand((Generator) null, 2));
        assertEquals(0, g.position());
        assertEquals(Shape.of(0, 3), Tensor.rand(g, 0, 3).shape());
    }
}
