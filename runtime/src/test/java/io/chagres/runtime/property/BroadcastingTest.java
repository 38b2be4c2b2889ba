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
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Element-wise functions of operands of any shapes, types and strides are those of dense ones that were expanded before. */
class BroadcastingTest {
    /** Which results a function gives: of the promoted type, or of that made floating, or truth values. */
    private enum Result {
        SAME, FLOATING, TRUTH
    }

    /** Which operands it can take, and with which numbers. */
    private enum Takes {
        ANY, NOT_TRUTH, NO_FRACTIONS, FRACTIONS
    }

    /** An element-wise function; divisors and the like are not 0. */
    enum Elementwise {
        // @formatter:off
        ADD, SUB, MUL, DIV, FLOOR_DIVIDE, REMAINDER, FMOD, MAXIMUM, MINIMUM, FMAX, FMIN, ATAN2, HYPOT, LOGADDEXP,
        COPYSIGN, EQ, NE, LT, LE, GT, GE, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR, BITWISE_AND, BITWISE_OR,
        BITWISE_XOR, LERP, ADDCMUL, ADDCDIV, CLAMP, WHERE;
        // @formatter:on

        private int arity() {
            return compareTo(LERP) < 0 ? 2 : 3;
        }

        private Takes takes() {
            return switch (this) {
                case SUB, FLOOR_DIVIDE, REMAINDER, FMOD, ADDCMUL -> Takes.NOT_TRUTH;
                case BITWISE_AND, BITWISE_OR, BITWISE_XOR -> Takes.NO_FRACTIONS;
                case HYPOT, LOGADDEXP, COPYSIGN, LERP, ADDCDIV -> Takes.FRACTIONS;
                default -> Takes.ANY;
            };
        }

        private boolean takes(DType dtype) {
            return switch (takes()) {
                case ANY -> true;
                case NOT_TRUTH -> dtype != DType.BOOL;
                case NO_FRACTIONS -> !dtype.isFloatingPoint();
                case FRACTIONS -> dtype.isFloatingPoint();
            };
        }

        private Result result() {
            return switch (this) {
                case DIV, ATAN2 -> Result.FLOATING;
                case EQ, NE, LT, LE, GT, GE, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> Result.TRUTH;
                default -> Result.SAME;
            };
        }

        private Tensor call(Tensor... in) {
            var x = in[0];
            var y = in[1];
            return switch (this) {
                case ADD -> x.add(y);
                case SUB -> x.sub(y);
                case MUL -> x.mul(y);
                case DIV -> x.div(y);
                case FLOOR_DIVIDE -> x.floorDivide(y);
                case REMAINDER -> x.remainder(y);
                case FMOD -> x.fmod(y);
                case MAXIMUM -> x.maximum(y);
                case MINIMUM -> x.minimum(y);
                case FMAX -> x.fmax(y);
                case FMIN -> x.fmin(y);
                case ATAN2 -> x.atan2(y);
                case HYPOT -> x.hypot(y);
                case LOGADDEXP -> x.logaddexp(y);
                case COPYSIGN -> x.copysign(y);
                case EQ -> x.eq(y);
                case NE -> x.ne(y);
                case LT -> x.lt(y);
                case LE -> x.le(y);
                case GT -> x.gt(y);
                case GE -> x.ge(y);
                case LOGICAL_AND -> x.logicalAnd(y);
                case LOGICAL_OR -> x.logicalOr(y);
                case LOGICAL_XOR -> x.logicalXor(y);
                case BITWISE_AND -> x.bitwiseAnd(y);
                case BITWISE_OR -> x.bitwiseOr(y);
                case BITWISE_XOR -> x.bitwiseXor(y);
                case LERP -> x.lerp(y, in[2]);
                case ADDCMUL -> x.addcmul(y, in[2]);
                case ADDCDIV -> x.addcdiv(y, in[2]);
                case CLAMP -> x.clamp(y, in[2]);
                case WHERE -> Tensor.where(x.gt(0), y, in[2]);
            };
        }

        private double plain(double... v) {
            double x = v[0];
            double y = v[1];
            return switch (this) {
                case ADD -> x + y;
                case SUB -> x - y;
                case MUL -> x * y;
                case DIV -> x / y;
                case FLOOR_DIVIDE -> Math.floor(x / y);
                case REMAINDER -> x - y * Math.floor(x / y);
                case FMOD -> x % y;
                case MAXIMUM, FMAX -> Math.max(x, y);
                case MINIMUM, FMIN -> Math.min(x, y);
                case ATAN2 -> Math.atan2(x, y);
                case HYPOT -> Math.hypot(x, y);
                case LOGADDEXP -> Math.log(Math.exp(x) + Math.exp(y));
                case COPYSIGN -> Math.copySign(x, y);
                case EQ -> truth(x == y);
                case NE -> truth(x != y);
                case LT -> truth(x < y);
                case LE -> truth(x <= y);
                case GT -> truth(x > y);
                case GE -> truth(x >= y);
                case LOGICAL_AND -> truth(x != 0 && y != 0);
                case LOGICAL_OR -> truth(x != 0 || y != 0);
                case LOGICAL_XOR -> truth(x != 0 != (y != 0));
                case BITWISE_AND -> (long) x & (long) y;
                case BITWISE_OR -> (long) x | (long) y;
                case BITWISE_XOR -> (long) x ^ (long) y;
                case LERP -> x + v[2] * (y - x);
                case ADDCMUL -> x + y * v[2];
                case ADDCDIV -> x + y / v[2];
                case CLAMP -> Math.min(Math.max(x, y), v[2]);
                case WHERE -> x > 0 ? y : v[2];
            };
        }

        private static double truth(boolean value) {
            return value ? 1 : 0;
        }
    }

    /**
     * An operand: its type, which dimensions of the result it has in full, how many it lacks in front, how it lies in memory,
     * and where its numbers begin.
     */
    record Operand(DType dtype, int full, int lacking, int lies, int first) {
        int[] dims(int[] result) {
            int from = Math.min(lacking, result.length);
            return IntStream.range(from, result.length).map(d -> (full >> d & 1) == 1 ? result[d] : 1).toArray();
        }

        /** Numbers that all types have; fractions only where all have them. No zeros for the second and third operand. */
        Plain plain(int[] dims, int position) {
            int size = Plain.numel(dims);
            var values = new double[size];
            for (int i = 0; i < size; i++) {
                long n = (first + i * 7L) % 9 - 4;
                n = dtype == DType.BOOL ? Math.floorMod(n, 2) : dtype.isSigned() ? n : Math.abs(n);
                n = position > 0 && n == 0 ? 1 : n;
                values[i] = dtype.isFloatingPoint() ? n * 0.5 : n;
            }
            return Plain.of(dims, values);
        }

        /** The tensor, in one of several layouts. */
        Tensor tensor(Plain plain) {
            var dense = Tensor.of(plain.values()).view(Both.longs(plain.dims)).to(dtype);
            if (plain.rank() == 0) {
                return dense;
            }
            return switch (lies) {
                case 0 -> dense;
                case 1 -> dense.transpose(0, -1).clone().transpose(0, -1);
                case 2 -> Tensor.stack(-1, dense, dense).select(-1, 1);
                default -> Tensor.cat(0, dense, dense).narrow(0, dense.size(0), dense.size(0));
            };
        }
    }

    @Provide
    Arbitrary<int[]> shapes() {
        return Arbitraries.oneOf(Step.shapes(4, 0, 5), Step.shapes(2, 1, 80));
    }

    @Provide
    Arbitrary<List<Operand>> operands() {
        var small = Arbitraries.integers().between(0, 15);
        return Combinators.combine(Arbitraries.of(DType.class), small, Arbitraries.integers().between(0, 4),
                Arbitraries.integers().between(0, 3), small).as(Operand::new).list().ofSize(3);
    }

    /** As {@code torch.result_type}: tensors without dimensions count only if their category is higher. */
    private static DType resultType(List<Operand> operands, List<Plain> plains) {
        var types = new DType[2];
        for (int i = 0; i < operands.size(); i++) {
            int group = plains.get(i).rank() == 0 ? 1 : 0;
            var dtype = operands.get(i).dtype();
            types[group] = types[group] == null ? dtype : DType.promote(types[group], dtype);
        }
        if (types[0] == null || types[1] == null) {
            return types[0] == null ? types[1] : types[0];
        }
        return types[1].category().compareTo(types[0].category()) > 0 ? types[1] : types[0];
    }

    private static int[] shape(List<Plain> operands) {
        return operands.stream().map(x -> x.dims).reduce(Plain::broadcast).orElseThrow();
    }

    @Property(tries = 3000, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void functionsAreThoseOfExpandedOperands(@ForAll Elementwise function, @ForAll("shapes") int[] dims,
            @ForAll("operands") List<Operand> three) {
        try (var _ = Scope.open()) {
            var operands = three.subList(0, function.arity());
            var plains = IntStream.range(0, function.arity())
                    .mapToObj(i -> operands.get(i).plain(operands.get(i).dims(dims), i)).toList();
            // of where, the condition is computed first
            int from = function == Elementwise.WHERE ? 1 : 0;
            var type = resultType(operands.subList(from, function.arity()), plains.subList(from, function.arity()));
            if (operands.stream().anyMatch(operand -> !function.takes(operand.dtype()))) {
                return;
            }
            var in = IntStream.range(0, function.arity()).mapToObj(i -> operands.get(i).tensor(plains.get(i)))
                    .toArray(Tensor[]::new);
            var y = function.call(in);
            var result = switch (function.result()) {
                case SAME -> type;
                case FLOATING -> type.floating();
                case TRUTH -> DType.BOOL;
            };
            assertEquals(result, y.dtype());
            var shape = shape(plains);
            assertArrayEquals(Both.longs(shape), y.shape().toArray());
            var expanded = Arrays.stream(in).map(x -> x.expand(Both.longs(shape)).clone()).toArray(Tensor[]::new);
            // integers that fractions come of keep all their digits until then
            for (int i = from; i < expanded.length; i++) {
                expanded[i] = expanded[i].to(function.result() == Result.FLOATING ? type.floating() : type);
            }
            assertArrayEquals(function.call(expanded).toDoubleArray(), y.toDoubleArray());
            var values = Arrays.stream(expanded).map(x -> Plain.of(shape, x.toDoubleArray())).toList();
            var expected = Plain.generate(shape, index -> new Dual(function.plain(
                    values.stream().mapToDouble(x -> x.get(index).value()).toArray())));
            var rounded = Tensor.of(expected.values()).to(result).toDoubleArray();
            assertArrayEquals(rounded, y.toDoubleArray(), (1 + expected.max()) * error(result));
        }
    }

    private static double error(DType dtype) {
        return switch (dtype) {
            case FLOAT64 -> 1e-15;
            case FLOAT32 -> 1e-6;
            case FLOAT16 -> 2e-3;
            case BFLOAT16 -> 1.6e-2;
            default -> 1e-9; // which delta 0 would forbid
        };
    }

    /** What is broadcast gets the sum of what the expanded operand gets. */
    @Property(tries = 1000, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void gradientsAreThoseOfExpandedOperands(@ForAll Elementwise function, @ForAll("shapes") int[] dims,
            @ForAll("operands") List<Operand> three) {
        if (function.result() == Result.TRUTH || function.takes() == Takes.NO_FRACTIONS) {
            return;
        }
        try (var _ = Scope.open()) {
            var plains = IntStream.range(0, function.arity())
                    .mapToObj(i -> double64(three.get(i)).plain(three.get(i).dims(dims), i)).toList();
            var shape = shape(plains);
            var broadcast = leaves(three, plains);
            var expanded = leaves(three, plains);
            var y = function.call(broadcast);
            var z = function.call(Arrays.stream(expanded).map(x -> x.expand(Both.longs(shape)).clone())
                    .toArray(Tensor[]::new));
            var start = Tensor.arange(DType.FLOAT64, 1, 1 + y.numel(), 1).view(Both.longs(shape));
            y.backward(start);
            z.backward(start);
            for (int i = 0; i < function.arity(); i++) {
                var expected = expanded[i].grad();
                assertEquals(expected == null, broadcast[i].grad() == null);
                if (expected != null) {
                    double bound = 1e-12 * (1 + expected.abs().sum().item());
                    assertArrayEquals(expected.toDoubleArray(), broadcast[i].grad().toDoubleArray(), bound);
                }
            }
        }
    }

    private static Operand double64(Operand operand) {
        return new Operand(DType.FLOAT64, operand.full(), operand.lacking(), operand.lies(), operand.first());
    }

    private static Tensor[] leaves(List<Operand> operands, List<Plain> plains) {
        return IntStream.range(0, plains.size())
                .mapToObj(i -> double64(operands.get(i)).tensor(plains.get(i)).requiresGrad(true))
                .toArray(Tensor[]::new);
    }
}
