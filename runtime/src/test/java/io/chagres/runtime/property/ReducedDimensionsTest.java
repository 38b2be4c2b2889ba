package io.chagres.runtime.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Reductions over any dimensions of tensors of any types and layouts. */
class ReducedDimensionsTest {
    /** A reduction, and what it makes of a group of numbers. */
    enum Reduction {
        // @formatter:off
        SUM, MEAN, PROD, AMAX, AMIN, VAR, VAR_OF_ALL, STD, NORM, NORM_1, LOGSUMEXP, NANSUM, ANY, ALL,
        COUNT_NONZERO;
        // @formatter:on

        private Tensor of(Tensor x, int[] dims, boolean keepDim) {
            return switch (this) {
                case SUM -> x.sum(dims, keepDim);
                case MEAN -> x.mean(dims, keepDim);
                case PROD -> x.prod(dims, keepDim);
                case AMAX -> x.amax(dims, keepDim);
                case AMIN -> x.amin(dims, keepDim);
                case VAR -> x.var(dims, 1, keepDim);
                case VAR_OF_ALL -> x.var(dims, 0, keepDim);
                case STD -> x.std(dims, 0, keepDim);
                case NORM -> x.norm(2, dims, keepDim);
                case NORM_1 -> x.norm(1, dims, keepDim);
                case LOGSUMEXP -> x.logsumexp(dims, keepDim);
                case NANSUM -> x.nansum(dims, keepDim);
                case ANY -> x.any(dims, keepDim);
                case ALL -> x.all(dims, keepDim);
                case COUNT_NONZERO -> x.countNonzero(dims, keepDim);
            };
        }

        private Dual plain(List<Dual> group) {
            return switch (this) {
                case SUM, NANSUM -> Plain.sum(group);
                case MEAN -> mean(group);
                case PROD -> group.stream().reduce(new Dual(1), Dual::times);
                case AMAX -> shared(group, group.stream().mapToDouble(Dual::value).max().orElse(0));
                case AMIN -> shared(group, group.stream().mapToDouble(Dual::value).min().orElse(0));
                case VAR -> spread(group, 1);
                case VAR_OF_ALL -> spread(group, 0);
                case STD -> root(spread(group, 0));
                case NORM -> root(Plain.sum(group.stream().map(v -> v.times(v)).toList()));
                case NORM_1 -> Plain.sum(group.stream().map(v -> v.times(Math.signum(v.value()))).toList());
                case LOGSUMEXP -> Plain.sum(group.stream().map(Dual::exp).toList()).log();
                case ANY -> new Dual(group.stream().anyMatch(v -> v.value() != 0) ? 1 : 0);
                case ALL -> new Dual(group.stream().allMatch(v -> v.value() != 0) ? 1 : 0);
                case COUNT_NONZERO -> new Dual(group.stream().filter(v -> v.value() != 0).count());
            };
        }

        private boolean takes(DType dtype) {
            return ordinal() < MEAN.ordinal() || dtype.isFloatingPoint() || switch (this) {
                case PROD, AMAX, AMIN, NANSUM, ANY, ALL, COUNT_NONZERO -> true;
                default -> false;
            };
        }

        private DType result(DType dtype) {
            return switch (this) {
                case ANY, ALL -> DType.BOOL;
                case COUNT_NONZERO -> DType.INT64;
                case AMAX, AMIN -> dtype;
                default -> dtype.isFloatingPoint() ? dtype : DType.INT64;
            };
        }

        private boolean hasGradient() {
            return ordinal() < ANY.ordinal();
        }

        private static Dual mean(List<Dual> group) {
            return Plain.sum(group).over(new Dual(group.size()));
        }

        private static Dual spread(List<Dual> group, int correction) {
            var mean = mean(group);
            return Plain.sum(group.stream().map(v -> v.minus(mean)).map(v -> v.times(v)).toList())
                    .over(new Dual(Math.max(0, group.size() - correction)));
        }

        /** Whose slope is 0 where it is. */
        private static Dual root(Dual square) {
            return square.value() == 0 ? new Dual(0) : square.sqrt();
        }

        /** Of several that are the greatest, each has a part. */
        private static Dual shared(List<Dual> group, double value) {
            var equal = group.stream().filter(v -> v.value() == value).toList();
            return new Dual(value, Plain.sum(equal).times(1.0 / equal.size()).slopes());
        }
    }

    @Provide
    Arbitrary<int[]> shapes() {
        return Arbitraries.oneOf(Step.shapes(5, 0, 4), Step.shapes(3, 1, 40));
    }

    @Provide
    Arbitrary<int[]> smallShapes() {
        return Step.shapes(4, 1, 3);
    }

    /** Small numbers, the same ones not too often. */
    private static double[] numbers(DType dtype, int count, int first, int modulus) {
        return IntStream.range(0, count).mapToDouble(i -> {
            long n = (first + i * 7L) % modulus - modulus / 2;
            n = dtype == DType.BOOL ? Math.floorMod(n, 3) / 2 : dtype.isSigned() ? n : Math.abs(n);
            return dtype.isFloatingPoint() ? n * 0.25 : n;
        }).toArray();
    }

    private static Tensor arranged(Tensor dense, int lies) {
        if (dense.rank() == 0 || lies == 0) {
            return dense;
        }
        var order = IntStream.range(0, dense.rank()).map(d -> (d + lies) % dense.rank()).toArray();
        var back = new int[order.length];
        Arrays.setAll(back, d -> (d - lies % order.length + order.length) % order.length);
        return lies < 3
                ? dense.permute(order).clone().permute(back)
                : Tensor.stack(-1, dense, dense).select(-1, 1);
    }

    private static boolean[] over(int rank, int set) {
        var over = new boolean[rank];
        for (int d = 0; d < rank; d++) {
            over[d] = (set >> d & 1) == 1;
        }
        return over;
    }

    private static int[] named(boolean[] over, boolean negative) {
        return IntStream.range(0, over.length).filter(d -> over[d]).map(d -> negative ? d - over.length : d).toArray();
    }

    /** If none is named, all are meant. */
    private static boolean[] meant(boolean[] over, int[] dims) {
        if (dims.length == 0) {
            Arrays.fill(over, true);
        }
        return over;
    }

    @Property(tries = 3000, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void valuesAreThoseOfPlainJava(@ForAll Reduction reduction, @ForAll("shapes") int[] shape, @ForAll DType dtype,
            @ForAll @IntRange(max = 31) int set, @ForAll boolean keepDim, @ForAll @IntRange(max = 3) int lies,
            @ForAll @IntRange(max = 8) int first) {
        int numel = Plain.numel(shape);
        if (!reduction.takes(dtype) || numel == 0 && EXTREMES.contains(reduction) || numel > 5000) {
            return;
        }
        try (var _ = Scope.open()) {
            var over = over(shape.length, set);
            var dims = named(over, first % 2 == 1);
            int count = IntStream.range(0, shape.length).map(d -> meant(over, dims)[d] ? shape[d] : 1)
                    .reduce(1, (a, b) -> a * b);
            int modulus = reduction == Reduction.PROD && count > 12 ? 3 : 9;
            var plain = Plain.of(shape, numbers(dtype, numel, first, modulus));
            var x = arranged(Tensor.of(plain.values()).view(Both.longs(shape)).to(dtype), lies);
            var y = reduction.of(x, dims, keepDim);
            var expected = plain.reduce(meant(over, dims), keepDim, reduction::plain);
            assertEquals(reduction.result(dtype), y.dtype());
            assertArrayEquals(Both.longs(expected.dims), y.shape().toArray());
            var rounded = Tensor.of(expected.values()).to(y.dtype()).toDoubleArray();
            double most = Arrays.stream(rounded).filter(Double::isFinite).map(Math::abs).max().orElse(0);
            assertArrayEquals(rounded, y.toDoubleArray(), (1 + most) * error(y.dtype()));
        }
    }

    private static final List<Reduction> EXTREMES = List.of(Reduction.AMAX, Reduction.AMIN);

    private static double error(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 1e-13;
            case FLOAT32 -> 1e-5;
            case FLOAT16 -> 2e-3;
            case BFLOAT16 -> 1.6e-2;
            default -> 1e-9;
        };
    }

    @Property(tries = 1000, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void gradientsAreThoseOfPlainJava(@ForAll Reduction reduction, @ForAll("smallShapes") int[] shape,
            @ForAll @IntRange(max = 31) int set, @ForAll boolean keep, @ForAll @IntRange(max = 3) int lies,
            @ForAll @IntRange(max = 8) int first) {
        int numel = Plain.numel(shape);
        if (!reduction.hasGradient() || reduction == Reduction.VAR) { // of one element, there is none
            return;
        }
        try (var _ = Scope.open()) {
            var over = over(shape.length, set);
            var dims = named(over, first % 2 == 1);
            var numbers = numbers(DType.FLOAT64, numel, first, 9);
            var plain = Plain.generate(shape, index -> Dual.leaf(numbers[Plain.position(shape, index)],
                    Plain.position(shape, index), numel));
            var leaf = Tensor.of(numbers).view(Both.longs(shape)).requiresGrad(true);
            var y = reduction.of(arranged(leaf, lies), dims, keep);
            var expected = plain.reduce(meant(over, dims), keep, reduction::plain);
            y.backward(Tensor.arange(DType.FLOAT64, 1, 1 + y.numel(), 1).view(y.shape().toArray()));
            var slopes = new double[numel];
            for (int i = 0; i < expected.numel(); i++) {
                for (int j = 0; j < numel; j++) {
                    slopes[j] += (i + 1) * expected.get(i).slope(j);
                }
            }
            double most = Arrays.stream(slopes).map(Math::abs).max().orElse(0);
            assertArrayEquals(slopes, leaf.grad().toDoubleArray(), 1e-12 * (1 + most));
        }
    }
}
