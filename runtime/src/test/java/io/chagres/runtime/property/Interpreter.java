package io.chagres.runtime.property;

import io.chagres.runtime.op.Blend;
import io.chagres.runtime.op.Trigonometry;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Runs steps on tensors and in plain Java side by side. Each takes operands from what is there, and adds its result. */
final class Interpreter {
    /** Results are kept small, so that a few steps do not overflow. */
    private static final double LARGE = 10;
    private static final int MOST_ELEMENTS = 150;
    /** Nearer to a kink, rounding decides; other functions are taken there. */
    private static final double NEAR = 1e-6;

    final List<Both> values = new ArrayList<>();
    private final int leaves;
    /** Whether a value was changed in place that a backward reads, which it then must notice. */
    boolean mayBeRefused;

    Interpreter(List<Both> leaves) {
        values.addAll(leaves);
        this.leaves = leaves.size();
    }

    /** Takes a step, and returns its result. */
    Both step(Step<Expression> step) {
        int count = values.size();
        var x = values.get(count - 1 - step.a(Math.min(count, 4)));
        var y = fitting(x, values.get(step.b(count)));
        var z = fitting(x, values.get(step.c(count)));
        var result = compute(step, x, y, z);
        if (result.plain().max() > LARGE) {
            keep(result);
            result = keep(new Both(result.tensor().tanh(), result.plain().map(Dual::tanh)));
        }
        if (!result.tensor().isContiguous() && step.kind() != Expression.VIEW) {
            // results may lie as their operands do; how, decides what of it can be seen in another shape
            result = new Both(result.tensor().contiguous(), result.plain().copy());
        }
        values.add(result);
        return result;
    }

    /** y, or its mean where it does not broadcast with x to something small. */
    private static Both fitting(Both x, Both y) {
        var shape = Plain.broadcast(x.dims(), y.dims());
        return shape != null && Plain.numel(shape) <= MOST_ELEMENTS ? y : mean(y);
    }

    private static Both mean(Both y) {
        int count = y.plain().numel();
        return new Both(y.tensor().mean(), all(y.plain(), values -> Plain.sum(values).times(1.0 / count)));
    }

    private static Plain all(Plain x, Function<List<Dual>, Dual> function) {
        var over = new boolean[x.rank()];
        Arrays.fill(over, true);
        return x.reduce(over, false, function);
    }

    /** Notes that backward may read these. */
    private static Both keep(Both... read) {
        for (var each : read) {
            each.plain().cells.kept = true;
        }
        return read[0];
    }

    private static Both one(Both x, UnaryOperator<Tensor> function, UnaryOperator<Dual> plain) {
        return keep(new Both(function.apply(x.tensor()), x.plain().map(plain)), x);
    }

    private static Both two(Both x, Both y, BinaryOperator<Tensor> function, BinaryOperator<Dual> plain) {
        return keep(new Both(function.apply(x.tensor(), y.tensor()), x.plain().with(y.plain(), plain)), x, y);
    }

    private Both compute(Step<Expression> step, Both x, Both y, Both z) {
        return switch (step.kind()) {
            // those that keep nothing
            case NEG -> new Both(x.tensor().neg(), x.plain().map(v -> v.times(-1)));
            case ADD -> new Both(x.tensor().add(y.tensor()), x.plain().with(y.plain(), Dual::plus));
            case SUB -> new Both(x.tensor().sub(y.tensor()), x.plain().with(y.plain(), Dual::minus));
            case PLUS_NUMBER -> new Both(x.tensor().add(0.75), x.plain().map(v -> v.plus(0.75)));
            case TIMES_NUMBER -> new Both(x.tensor().mul(-1.25), x.plain().map(v -> v.times(-1.25)));
            case MUL -> two(x, y, Tensor::mul, Dual::times);
            case DIV -> two(x, one(y, t -> t.square().add(1), v -> v.times(v).plus(1)), Tensor::div, Dual::over);
            case SQUARE -> square(x);
            case EXP -> one(x, t -> t.mul(0.25).exp(), v -> v.times(0.25).exp());
            case EXPM1 -> one(x, t -> t.mul(0.25).expm1(), v -> v.times(0.25).exp().plus(-1));
            case TANH -> one(x, Tensor::tanh, Dual::tanh);
            case SIGMOID -> one(x, Tensor::sigmoid, Dual::sigmoid);
            case SIN -> one(x, Tensor::sin, v -> v.to(Math.sin(v.value()), Math.cos(v.value())));
            case COS -> one(x, Tensor::cos, v -> v.to(Math.cos(v.value()), -Math.sin(v.value())));
            case LOG -> one(x, t -> t.square().log1p(), v -> v.times(v).plus(1).log());
            case SQRT -> one(x, t -> t.square().add(1).sqrt(), v -> v.times(v).plus(1).sqrt());
            case RSQRT -> one(x, t -> t.square().add(1).rsqrt(), v -> new Dual(1).over(v.times(v).plus(1).sqrt()));
            case RECIPROCAL ->
                one(x, t -> t.square().add(1).reciprocal(), v -> new Dual(1).over(v.times(v).plus(1)));
            case CUBE -> one(x, t -> t.mul(0.5).pow(3), v -> v.times(v).times(v).times(0.125));
            case ABS -> kink(x, 0) ? square(x) : one(x, Tensor::abs, v -> v.times(Math.signum(v.value())));
            case RELU -> kink(x, 0) ? square(x) : one(x, Tensor::relu, v -> v.value() > 0 ? v : v.times(0));
            case CLAMP -> kink(x, -0.5) || kink(x, 0.8)
                    ? square(x)
                    : one(x, t -> t.clamp(-0.5, 0.8), v -> v.value() < -0.5
                            ? new Dual(-0.5)
                            : v.value() > 0.8 ? new Dual(0.8) : v);
            case MAXIMUM -> kink(x, y)
                    ? two(x, y, Tensor::mul, Dual::times)
                    : two(x, y, Tensor::maximum, (a, b) -> a
                            .value() > b.value() ? a : b);
            case MINIMUM -> kink(x, y)
                    ? two(x, y, Tensor::mul, Dual::times)
                    : two(x, y, Tensor::minimum, (a, b) -> a
                            .value() < b.value() ? a : b);
            case WHERE -> kink(x, y)
                    ? two(x, y, Tensor::mul, Dual::times)
                    : two(x, y, (a, b) -> a.where(a.gt(b), b.square()), (a, b) -> a.value() > b.value()
                            ? a
                            : b.times(b));
            case ATAN2 -> two(x, one(y, t -> t.square().add(1), v -> v.times(v).plus(1)), Trigonometry::atan2,
                    (a, b) -> {
                        double r = a.value() * a.value() + b.value() * b.value();
                        return Dual.of(Math.atan2(a.value(), b.value()), a, b.value() / r, b, -a.value() / r);
                    });
            case HYPOT -> kink(y, 0)
                    ? square(x)
                    : two(x, y, Tensor::hypot, (a, b) -> a.times(a).plus(b.times(b)).sqrt());
            case LERP -> two(x, y, (a, b) -> a.lerp(b, 0.3), (a, b) -> a.plus(b.minus(a).times(0.3)));
            case ADDCMUL -> three(x, y, z, true);
            case ADDCDIV -> three(x, y, one(z, t -> t.square().add(1), v -> v.times(v).plus(1)), false);
            case SUM, MEAN, VAR, AMAX, LOGSUMEXP, NORM, PROD -> reduced(step, x);
            case CUMSUM -> x.rank() == 0 ? x : cumsum(x, step.b(x.rank()));
            case SOFTMAX, LOG_SOFTMAX -> softmax(step, x);
            case MATMUL -> matmul(x, y);
            case VIEW -> {
                var kinds = View.values();
                var seen = View.apply(new Step<>(kinds[step.b() % kinds.length], step.c(), step.b() + step.c(),
                        step.b()), x);
                yield seen.plain().numel() == 0 || seen.plain().numel() > MOST_ELEMENTS ? x : seen;
            }
            case INDEX_SELECT -> x.rank() == 0 ? x : indexSelect(step, x);
            case GATHER -> x.rank() == 0 ? x : gather(step, x);
            case CAT -> cat(step, x, y);
            case STACK -> stack(step, x, y);
            case MASKED_FILL -> {
                var mask = Plain.of(x.dims(), IntStream.range(0, x.plain().numel())
                        .mapToDouble(i -> (i + step.b()) % 3 == 0 ? 1 : 0).toArray());
                yield new Both(x.tensor().maskedFill(tensor(mask).ne(0), 0.5),
                        x.plain().with(mask, (v, m) -> m.value() != 0 ? new Dual(0.5) : v));
            }
            default -> changed(step, x, y);
        };
    }

    private static Tensor tensor(Plain plain) {
        return Tensor.of(plain.values()).view(Both.longs(plain.dims));
    }

    private static Both square(Both x) {
        return one(x, Tensor::square, v -> v.times(v));
    }

    private static boolean kink(Both x, double where) {
        return IntStream.range(0, x.plain().numel())
                .anyMatch(i -> Math.abs(x.plain().get(i).value() - where) < NEAR);
    }

    private static boolean kink(Both x, Both y) {
        var difference = x.plain().with(y.plain(), Dual::minus);
        return IntStream.range(0, difference.numel()).anyMatch(i -> Math.abs(difference.get(i).value()) < NEAR);
    }

    private static Both three(Both x, Both y, Both z, boolean product) {
        var shape = Plain.broadcast(y.dims(), z.dims());
        if (shape == null || Plain.broadcast(x.dims(), shape) == null
                || Plain.numel(Plain.broadcast(x.dims(), shape)) > MOST_ELEMENTS) {
            return three(x, y, mean(z), product);
        }
        var added = y.plain().with(z.plain(), product ? Dual::times : Dual::over);
        return keep(new Both(product
                ? Blend.addcmul(x.tensor(), y.tensor(), z.tensor(), 0.5)
                : Blend.addcdiv(x.tensor(), y.tensor(), z.tensor(), 0.5),
                x.plain().with(added, (a, b) -> a.plus(b.times(0.5)))), x, y, z);
    }

    // ---- Over dimensions

    private static Both reduced(Step<Expression> step, Both x) {
        int rank = x.rank();
        var over = new boolean[rank];
        int count = 1;
        for (int d = 0; d < rank; d++) {
            over[d] = (step.b() >> d & 1) == 1;
        }
        var dims = IntStream.range(0, rank).filter(d -> over[d]).toArray();
        if (dims.length == 0) {
            Arrays.fill(over, true); // none named are all
        }
        for (int d = 0; d < rank; d++) {
            count *= over[d] ? x.dims()[d] : 1;
        }
        boolean keepDim = step.c(2) == 1;
        int n = count;
        var t = x.tensor();
        var p = x.plain();
        var sums = p.reduce(over, keepDim, Plain::sum);
        var least = p.reduce(over, keepDim, group -> new Dual(gap(group)));
        return switch (step.kind()) {
            case MEAN -> new Both(t.mean(dims, keepDim), sums.map(v -> v.times(1.0 / n)));
            case VAR -> n == 1
                    ? new Both(t.sum(dims, keepDim), sums)
                    : keep(new Both(t.var(dims, 1, keepDim), p.reduce(over, keepDim, group -> {
                        var mean = Plain.sum(group).times(1.0 / n);
                        return Plain.sum(group.stream().map(v -> v.minus(mean)).map(v -> v.times(v)).toList())
                                .times(1.0 / (n - 1));
                    })), x);
            case AMAX -> least.numel() > 0 && Arrays.stream(least.values()).min().getAsDouble() < NEAR
                    ? new Both(t.sum(dims, keepDim), sums)
                    : keep(new Both(t.amax(dims, keepDim), p.reduce(over, keepDim, group -> group.stream()
                            .max(Comparator.comparingDouble(Dual::value)).orElseThrow())), x);
            case LOGSUMEXP -> keep(new Both(t.logsumexp(dims, keepDim), p.reduce(over, keepDim,
                    group -> Plain.sum(group.stream().map(Dual::exp).toList()).log())), x);
            case NORM -> keep(new Both(t.square().add(0.1).norm(2, dims, keepDim), p.reduce(over, keepDim,
                    group -> Plain.sum(group.stream().map(v -> v.times(v).plus(0.1)).map(v -> v.times(v)).toList())
                            .sqrt())),
                    x);
            case PROD -> keep(new Both(t.tanh().prod(dims, keepDim), p.reduce(over, keepDim,
                    group -> group.stream().map(Dual::tanh).reduce(new Dual(1), Dual::times))), x);
            default -> new Both(t.sum(dims, keepDim), sums);
        };
    }

    /** How much the greatest is greater than the next. */
    private static double gap(List<Dual> group) {
        var sorted = group.stream().mapToDouble(Dual::value).sorted().toArray();
        return sorted.length < 2 ? 1 : sorted[sorted.length - 1] - sorted[sorted.length - 2];
    }

    private static Both cumsum(Both x, int dim) {
        var p = x.plain();
        return new Both(x.tensor().cumsum(dim - x.rank()), Plain.generate(p.dims, index -> Plain.sum(
                IntStream.rangeClosed(0, index[dim]).mapToObj(i -> p.get(Plain.with(index, dim, i))).toList())));
    }

    private static Both softmax(Step<Expression> step, Both x) {
        if (x.rank() == 0) {
            return x;
        }
        int dim = step.b(x.rank());
        var over = new boolean[x.rank()];
        over[dim] = true;
        var powers = x.plain().map(Dual::exp);
        var softmax = powers.with(powers.reduce(over, true, Plain::sum), Dual::over);
        return step.kind() == Expression.SOFTMAX
                ? keep(new Both(x.tensor().softmax(dim), softmax), x)
                : keep(new Both(x.tensor().logSoftmax(dim - x.rank()), softmax.map(Dual::log)), x);
    }

    private static Both matmul(Both x, Both y) {
        if (x.rank() == 0) {
            return two(x, y, Tensor::mul, Dual::times);
        }
        if (y.rank() > 0 && x.dims()[x.rank() - 1] == y.dims()[Math.max(0, y.rank() - 2)]) {
            var left = x.rank() == 1 ? x.plain().seenAs(Plain.insert(x.dims(), 0, 1)) : x.plain();
            var right = y.rank() == 1 ? y.plain().seenAs(Plain.insert(y.dims(), 1, 1)) : y.plain();
            var batch = Plain.broadcast(front(left), front(right));
            if (batch != null) {
                var product = product(left, right, batch);
                if (product.numel() <= MOST_ELEMENTS) {
                    var dims = x.rank() == 1 ? Plain.without(product.dims, product.rank() - 2) : product.dims;
                    dims = y.rank() == 1 ? Plain.without(dims, dims.length - 1) : dims;
                    return keep(new Both(x.tensor().matmul(y.tensor()), product.seenAs(dims)), x, y);
                }
            }
        }
        var turned = x.rank() == 1
                ? x
                : View.apply(new Step<>(View.TRANSPOSE, x.rank() - 2, 0, x.rank() - 1), x);
        return matmul(x, turned);
    }

    private static int[] front(Plain x) {
        return Arrays.copyOf(x.dims, x.rank() - 2);
    }

    private static Plain product(Plain x, Plain y, int[] batch) {
        int n = batch.length;
        var left = x.expandTo(Plain.insert(Plain.insert(batch, n, x.dims[x.rank() - 2]), n + 1, x.dims[x.rank() - 1]));
        var right = y.expandTo(Plain.insert(Plain.insert(batch, n, y.dims[y.rank() - 2]), n + 1,
                y.dims[y.rank() - 1]));
        return Plain.generate(Plain.with(left.dims, n + 1, right.dims[n + 1]), index -> Plain.sum(
                IntStream.range(0, left.dims[n + 1]).mapToObj(k -> left.get(Plain.with(index, n + 1, k))
                        .times(right.get(Plain.with(index, n, k)))).toList()));
    }

    // ---- Indices and joins

    private static Both indexSelect(Step<Expression> step, Both x) {
        int dim = step.a(x.rank());
        int size = x.dims()[dim];
        var ids = IntStream.range(0, 1 + step.c(4)).mapToLong(i -> (step.b() + i * (long) step.c()) % size).toArray();
        return new Both(x.tensor().indexSelect(dim, Tensor.of(ids)), x.plain()
                .view(Plain.with(x.dims(), dim, ids.length), index -> Plain.with(index, dim, (int) ids[index[dim]]))
                .copy());
    }

    private static Both gather(Step<Expression> step, Both x) {
        int dim = step.a(x.rank());
        int size = x.dims()[dim];
        var dims = Plain.with(x.dims(), dim, 1 + step.c(3));
        var ids = IntStream.range(0, Plain.numel(dims)).mapToLong(i -> (step.b() + i * (long) step.c()) % size)
                .toArray();
        return new Both(x.tensor().gather(dim, Tensor.of(ids, Both.longs(dims))), x.plain()
                .view(dims, index -> Plain.with(index, dim, (int) ids[Plain.position(dims, index)])).copy());
    }

    private static Both cat(Step<Expression> step, Both x, Both y) {
        if (x.rank() == 0 || x.plain().numel() > MOST_ELEMENTS / 2) {
            return x;
        }
        int dim = step.c(x.rank());
        int size = x.dims()[dim];
        boolean fits = y.rank() == x.rank() && Arrays.equals(Plain.without(x.dims(), dim),
                Plain.without(y.dims(), dim));
        var next = fits ? y : x;
        var joined = Plain.generate(Plain.with(x.dims(), dim, size + next.dims()[dim]), index -> index[dim] < size
                ? x.plain().get(index)
                : next.plain().get(Plain.with(index, dim, index[dim] - size)));
        return new Both(Tensor.cat(dim, x.tensor(), next.tensor()), joined);
    }

    private static Both stack(Step<Expression> step, Both x, Both y) {
        var next = Arrays.equals(x.dims(), y.dims()) ? y : x;
        int dim = step.c(x.rank() + 1);
        if (x.rank() > 4 || x.plain().numel() > MOST_ELEMENTS / 2) {
            return x;
        }
        return new Both(Tensor.stack(dim, x.tensor(), next.tensor()), Plain.generate(Plain.insert(x.dims(), dim, 2),
                index -> (index[dim] == 0 ? x : next).plain().get(Plain.without(index, dim))));
    }

    // ---- In place

    private Both changed(Step<Expression> step, Both x, Both y) {
        var shape = Plain.broadcast(x.dims(), y.dims());
        boolean leaf = values.subList(0, leaves).stream().anyMatch(each -> each.plain().cells == x.plain().cells
                && each.tensor().isLeaf() && each.tensor().requiresGrad());
        if (leaf || x.plain().sharesElements() || !Arrays.equals(shape, x.dims())) {
            return two(x, y, Tensor::mul, Dual::times);
        }
        if (step.kind() == Expression.MUL_IN_PLACE) {
            keep(y);
        }
        mayBeRefused |= x.plain().cells.kept;
        var t = x.tensor();
        var p = x.plain();
        switch (step.kind()) {
            case ADD_IN_PLACE -> {
                t.addInPlace(y.tensor());
                p.assign(p.with(y.plain(), Dual::plus));
            }
            case SUB_IN_PLACE -> {
                t.subInPlace(y.tensor());
                p.assign(p.with(y.plain(), Dual::minus));
            }
            case MUL_IN_PLACE -> {
                var small = y.plain().max() * x.plain().max() > LARGE ? mean(y) : y;
                t.mulInPlace(small.tensor());
                p.assign(p.with(small.plain(), Dual::times));
            }
            case COPY_IN_PLACE -> {
                t.copyFrom(y.tensor().expand(Both.longs(x.dims())));
                p.assign(y.plain());
            }
            default -> {
                t.fill(0.5);
                p.assign(Plain.of(new int[0], 0.5));
            }
        }
        return x;
    }
}
