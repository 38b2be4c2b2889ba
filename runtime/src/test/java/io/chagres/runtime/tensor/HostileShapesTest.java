package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.op.CrossEntropy;
import io.chagres.runtime.op.Einsum;
import io.chagres.runtime.op.Pad;
import io.chagres.runtime.op.Rearrange;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.reliability.Garbage;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arithmetic of shapes does not overflow: whatever is asked for, an exception says so, and nothing is allocated. */
class HostileShapesTest {
    private static final long ROOM = 1 << 20;
    private static final int ROUNDS = 2000;
    private static final long[] SIZES = {0, 1, 2, 3, 64, 65_536, (1L << 31) - 1, 1L << 31, (1L << 31) + 1, 1L << 32,
            1L << 40, 1L << 61, 1L << 62, Long.MAX_VALUE, -1, -2, Integer.MIN_VALUE, Long.MIN_VALUE};

    private long budget;
    private int plans;

    @BeforeAll
    static void forgetEarlierTests() throws InterruptedException {
        Garbage.collect();
    }

    @BeforeEach
    void leaveLittleRoom() {
        Memory.trim();
        budget = Memory.budget();
        plans = Plans.count();
        Memory.setBudget(Memory.liveBytes() + ROOM);
    }

    @AfterEach
    void restore() {
        Memory.setBudget(budget);
        assertEquals(plans, Plans.count(), "nothing reached oneDNN");
    }

    static Stream<Function<long[], Tensor>> makers() {
        return Stream.of(dims -> Tensor.empty(DType.FLOAT32, dims), Tensor::zeros, Tensor::ones,
                dims -> Tensor.full(DType.FLOAT64, 1, dims), dims -> Tensor.rand(new Generator(1), dims),
                dims -> Tensor.randn(new Generator(1), dims), dims -> Tensor.empty(DType.INT64, Shape.of(dims), "test"),
                dims -> Tensor.owned(Owner.DATA, DType.UINT8, Shape.of(dims), "test"),
                dims -> Tensor.collected(Owner.DATA, DType.FLOAT32, Shape.of(dims), "test"));
    }

    @ParameterizedTest
    @MethodSource("makers")
    void makingTensors(Function<long[], Tensor> maker) {
        var random = new Random(5);
        for (int round = 0; round < ROUNDS; round++) {
            long[] dims = dims(random, 14);
            try (var _ = Scope.open()) {
                var tensor = maker.apply(dims);
                assertTrue(numel(dims).bitLength() <= 20, () -> Arrays.toString(dims));
                tensor.close();
            } catch (IllegalArgumentException e) {
                assertTrue(!isShape(dims) || numel(dims).bitLength() > 59, () -> Arrays.toString(dims) + ": " + e);
                assertTrue(e.getMessage().contains(Arrays.toString(dims)), e.getMessage());
            } catch (MemoryBudgetException e) {
                assertTrue(isShape(dims) && numel(dims).bitLength() > 16, () -> Arrays.toString(dims) + ": " + e);
            }
        }
    }

    @Test
    void lookingAtTensors() {
        var random = new Random(6);
        var storage = Storage.collected(Owner.DATA, 4 * 24, "test");
        for (int round = 0; round < ROUNDS; round++) {
            long[] dims = dims(random, 14);
            try (var _ = Scope.open()) {
                var x = Tensor.zeros(2, 3, 4);
                permits(viewsOf24(dims), () -> x.view(dims));
                permits(viewsOf24(dims), () -> x.transpose(0, 2).reshape(dims));
                permits(isShape(dims) && numel(dims).bitLength() <= 5 && numel(dims).intValue() <= 24,
                        () -> Tensor.over(storage, 0, DType.FLOAT32, Shape.of(dims)));
                permits(dims.length == 0 || isShape(dims) && numel(dims).equals(BigInteger.valueOf(24)),
                        () -> Tensor.of(new float[24], dims));
                // a number repeats as often as anybody likes, without memory
                permits(isShape(dims), () -> assertEquals(Shape.of(dims), Tensor.scalar(1).expand(dims).shape()));
            }
        }
    }

    @Test
    void partsAndDimensions() {
        var random = new Random(7);
        int[] axes = {0, 1, 2, -1, -2, -3, 3, -4, 12, Integer.MAX_VALUE, Integer.MIN_VALUE};
        for (int round = 0; round < ROUNDS; round++) {
            long from = SIZES[random.nextInt(SIZES.length)];
            long length = SIZES[random.nextInt(SIZES.length)];
            int axis = axes[random.nextInt(axes.length)];
            int other = axes[random.nextInt(axes.length)];
            boolean there = axis >= -3 && axis < 3;
            try (var _ = Scope.open()) {
                var x = Tensor.zeros(3, 3, 3);
                long start = from < 0 ? from + 3 : from;
                permits(there && start >= 0 && length >= 0 && start <= 3 && length <= 3 - start,
                        () -> x.narrow(axis, from, length));
                permits(there && length > 0, () -> x.slice(axis, from, from + 1, length));
                permits(there && length >= 0 && length <= 3 && from > 0, () -> x.unfold(axis, length, from));
                permits(there && other >= -3 && other < 3 && Math.floorMod(axis, 3) != Math.floorMod(other, 3),
                        () -> x.diagonal(from, axis, other));
                permits(there, () -> x.roll(from, axis));
                permits(there && length > 0, () -> x.split(length, axis));
                permits(there && from >= -3 && from < 3, () -> x.select(axis, from));
                permits(there && other >= -3 && other < 3, () -> x.transpose(axis, other));
                permits(axis >= -4 && axis <= 3, () -> x.unsqueeze(axis));
                permits(there, () -> x.squeeze(axis));
                permits(there, () -> x.sum(axis, false));
                permits(there, () -> x.mean(axis, true));
                permits(there, () -> x.softmax(axis));
                permits(there, () -> x.logSoftmax(axis));
                permits(there, () -> x.argmax(axis));
                permits(there, () -> x.size(axis));
                permits(there, () -> x.stride(axis));
            }
        }
    }

    static Stream<UnaryOperator<Tensor>> operations() {
        return Stream.of(Tensor::relu, Tensor::exp, x -> x.softmax(0), x -> x.logSoftmax(1), x -> x.argmax(0),
                x -> x.argmax(1),
                x -> x.add(x), x -> x.mul(2), x -> x.div(Tensor.ones(1)), x -> x.matmul(x.t()), x -> x.t().matmul(x),
                x -> Affine.linear(x, x, null), x -> Affine.linearRelu(Tensor.ones(1, 1), x, null), Tensor::contiguous,
                x -> x.to(DType.INT64), x -> x.t().clone(), x -> x.flip(0), x -> x.roll(1, 0), x -> x.repeat(2, 1),
                x -> x.repeatInterleave(3, 0),
                x -> Tensor.cat(1, x, x), x -> Tensor.stack(0, x, x), x -> x.pad(1, 1),
                x -> x.pad(new long[]{1, 1}, Pad.Mode.REPLICATE), x -> x.maskedFill(Tensor.full(DType.BOOL, 1), 0),
                x -> x.gather(0, x.detach().to(DType.INT64)),
                x -> x.indexSelect(0, Tensor.of(new long[1]).expand(1L << 62)),
                x -> x.unsqueeze(0).diagEmbed(), x -> x.index(Tensor.of(new long[1]).expand(1L << 61)),
                x -> x.scatter(0, Tensor.of(new long[1], 1, 1), 1), x -> x.eq(x), x -> Tensor.ones(1, 1).expand(3, 1)
                        .copyFrom(x),
                x -> x.fill(1), x -> Tensor.of(x.toFloatArray()),
                x -> Tensor.scalar(x.item()), x -> x.layerNorm(new long[]{x.size(1)}, null, null, 1e-5),
                x -> x.layerNorm(x.shape().toArray(), null, null, 1e-5),
                x -> x.batchNorm(null, null, null, null, true, 0.1, 1e-5),
                x -> x.t().unsqueeze(0).batchNorm(null, null, null, null, true, 0.1, 1e-5),
                x -> x.unsqueeze(0).unsqueeze(0).maxPool2d(new long[]{1, 1}, null, new long[2], new long[]{1, 1}, true),
                x -> x.unsqueeze(2).unsqueeze(3).maxPool2d(new long[]{3, 3}, new long[]{1, 1}, new long[]{1, 1},
                        new long[]{1, 1}, false),
                x -> CrossEntropy.crossEntropy(x, Tensor.of(new long[1]).expand(x.size(0)), 0,
                        true));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void computingWithVastViews(UnaryOperator<Tensor> operation) {
        for (long[] dims : List.of(new long[]{1L << 31, 1L << 31}, new long[]{1L << 40, 1}, new long[]{1, 1L << 40},
                new long[]{(1L << 31) + 1, 3}, new long[]{1L << 62, 1}, new long[]{3, (1L << 61) - 1})) {
            try (var _ = Scope.open()) {
                var x = Tensor.ones(1, 1).expand(dims);
                refused(() -> operation.apply(x), Arrays.toString(dims));
            }
        }
    }

    /** Beyond 2^31 in one dimension and nothing in another: there is little to compute, but no size may be cut to 32 bits. */
    @ParameterizedTest
    @MethodSource("operations")
    void computingWithVastViewsOfNothing(UnaryOperator<Tensor> operation) {
        for (long[] dims : List.of(new long[]{(1L << 31) + 1, 0}, new long[]{0, (1L << 31) + 1},
                new long[]{0, 1L << 62},
                new long[]{1L << 33, 0})) {
            try (var _ = Scope.open()) {
                var x = Tensor.ones(dims);
                var thrown = attempt(() -> operation.apply(x));
                assertTrue(thrown == null || thrown instanceof IllegalArgumentException
                        || thrown instanceof IndexOutOfBoundsException || thrown instanceof MemoryBudgetException,
                        () -> Arrays.toString(dims) + ": " + thrown);
            }
        }
    }

    static Stream<Supplier<Tensor>> vastResults() {
        var x = Tensor.ones(1).expand(1L << 40);
        var matrix = Tensor.ones(1, 1).expand(1L << 40, 1L << 20);
        var index = Tensor.of(new long[]{0});
        return Stream.of(() -> x.outer(x), () -> Tensor.meshgrid(Rearrange.Indexing.IJ, x, x).getFirst(),
                () -> x.repeat(1L << 40), () -> x.tile(1L << 23), () -> x.repeat(1L << 30, 1),
                () -> x.repeatInterleave(1L << 30), () -> x.repeatInterleave(1L << 23, 0), () -> Tensor.eye(1L << 40),
                () -> Tensor.eye(1L << 31, 1L << 31), () -> Tensor.eye(1L << 31, 1L << 32),
                () -> Tensor.arange(0, Long.MAX_VALUE, 1), () -> Tensor.arange(Long.MIN_VALUE, Long.MAX_VALUE, 1),
                () -> Tensor.arange(0.0, 1e30, 1), () -> Tensor.linspace(0, 1, Long.MAX_VALUE),
                () -> Tensor.logspace(0, 1, 1L << 61), () -> Tensor.trilIndices(1L << 40, 1L << 40, 0),
                () -> Tensor.triuIndices(1L << 62, 1L << 62, 0), () -> Tensor.blockDiag(matrix, matrix),
                () -> index.oneHot(Long.MAX_VALUE), () -> index.expand(1L << 31).oneHot(1L << 33),
                () -> Tensor.cat(0, matrix.expand(1L << 40, 1L << 20), matrix), () -> Tensor.stack(0, matrix, matrix),
                () -> Tensor.vstack(matrix, matrix), () -> Tensor.hstack(matrix, matrix),
                () -> Tensor.dstack(matrix, matrix), () -> Tensor.columnStack(matrix, matrix),
                () -> Tensor.cat(0, Tensor.ones(1).expand(1L << 62), Tensor.ones(1).expand(1L << 62)),
                () -> x.unsqueeze(1).tensordot(x.unsqueeze(0), 1), () -> Einsum.einsum("i,j->ij", x, x),
                () -> x.diagEmbed(), () -> x.diagEmbed(Long.MAX_VALUE, 0, 1), () -> x.diag(Long.MIN_VALUE),
                () -> x.pad(Long.MAX_VALUE, 1), () -> x.pad(Long.MAX_VALUE, Long.MAX_VALUE),
                () -> x.pad(Long.MIN_VALUE, Long.MIN_VALUE), () -> x.expand(1L << 40, 1L << 40),
                () -> Tensor.full(DType.FLOAT32, 1, 1L << 61, 4), () -> Tensor.full(DType.FLOAT64, 1, 1L << 60),
                () -> Tensor.randperm(new Generator(1), 1L << 60), () -> Tensor.rand(1L << 31, 1L << 31),
                () -> matrix.cumsum(0), () -> matrix.sort().values(), () -> x.bincount(x.to(DType.FLOAT64), 1L << 61),
                () -> index.bincount(null, Long.MAX_VALUE), () -> matrix.asStrided(new long[]{1L << 40, 1L << 40},
                        new long[]{0, 0}));
    }

    @ParameterizedTest
    @MethodSource("vastResults")
    void resultsThatCannotBe(Supplier<Tensor> operation) {
        try (var _ = Scope.open()) {
            refused(operation::get, "a vast result");
        }
    }

    @Test
    void sumsOfVastViewsTakeNoTime() {
        var x = Tensor.full(DType.FLOAT32, 0.5, 1, 1).expand(1L << 40, 1L << 10);
        assertEquals(Math.scalb(0.5, 50), x.sum().item());
        assertEquals(0.5, x.mean().item());
        assertEquals(Math.scalb(0.5, 40), x.sum(0, false).select(0, 7).item());
        refused(() -> x.mean(-1, true), "mean");
    }

    @Test
    void productsOfNothingCanBeVast() {
        try (var _ = Scope.open()) {
            refused(() -> Tensor.zeros(1L << 40, 0).matmul(Tensor.zeros(0, 1L << 40)), "matmul");
            refused(() -> Affine.linear(Tensor.zeros(1L << 31, 0), Tensor.zeros(1L << 31, 0), null), "linear");
            refused(() -> Tensor.zeros(0, 1L << 62).sum(0, false), "sum");
            refused(() -> Tensor.zeros(0, 1L << 31).mean(0, true), "mean");
            refused(() -> Tensor.zeros(1L << 31, 1).expand(1L << 31, 0).add(Tensor.zeros(1L << 31, 1)), "add");
            assertEquals(Shape.of(1L << 40, 0), Tensor.zeros(1L << 40, 0).softmax(1).shape());
            assertEquals(Shape.of(0, 0), Tensor.zeros(0, 1L << 40).matmul(Tensor.zeros(1L << 40, 0)).shape());
        }
    }

    private static void refused(Runnable call, String what) {
        var thrown = attempt(call);
        assertTrue(thrown instanceof IllegalArgumentException || thrown instanceof MemoryBudgetException,
                () -> what + ": " + thrown);
    }

    /** The call succeeds if it may, and is refused properly otherwise. */
    private static void permits(boolean allowed, Runnable call) {
        var thrown = attempt(call);
        if (allowed) {
            assertNull(thrown);
        } else {
            assertTrue(thrown instanceof IllegalArgumentException || thrown instanceof IndexOutOfBoundsException,
                    () -> "thrown: " + thrown);
        }
    }

    private static RuntimeException attempt(Runnable call) {
        try {
            call.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static long[] dims(Random random, int mostDimensions) {
        return random.ints(random.nextInt(mostDimensions + 1), 0, SIZES.length).mapToLong(i -> SIZES[i]).toArray();
    }

    private static boolean isShape(long[] dims) {
        return dims.length <= Shape.MAX_RANK && Arrays.stream(dims).allMatch(d -> d >= 0)
                && product(Arrays.stream(dims).map(d -> Math.max(1, d))).bitLength() <= 63;
    }

    /** Whether 24 elements can be seen so: the sizes multiply to 24, or one is -1 and the others divide it. */
    private static boolean viewsOf24(long[] dims) {
        var known = numel(Arrays.stream(dims).filter(d -> d != -1).toArray());
        return switch ((int) Arrays.stream(dims).filter(d -> d < 0).count()) {
            case 0 -> isShape(dims) && known.equals(BigInteger.valueOf(24));
            case 1 -> Arrays.stream(dims).anyMatch(d -> d == -1) && dims.length <= Shape.MAX_RANK
                    && known.signum() > 0 && BigInteger.valueOf(24).mod(known).signum() == 0;
            default -> false;
        };
    }

    private static BigInteger numel(long[] dims) {
        return product(Arrays.stream(dims));
    }

    private static BigInteger product(LongStream factors) {
        return factors.mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }
}
