package io.chagres.runtime.property;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Other ways to look at the same elements, and copies in another order. */
enum View {
    // @formatter:off
    TRANSPOSE, PERMUTE, NARROW, SELECT, UNSQUEEZE, SQUEEZE, SQUEEZE_ALL, EXPAND, SLICE, SPLIT, SPLIT_SIZES, CHUNK,
    TENSOR_SPLIT, UNBIND, FLATTEN, UNFLATTEN, VIEW, RESHAPE, DIAGONAL, MOVEDIM, UNFOLD, FLIP, ROLL, REPEAT;
    // @formatter:on

    private static final int MOST_RANK = 6;
    private static final int MOST_ELEMENTS = 400;

    /** The step, or x itself where it cannot be taken. Negative numbers of dimensions are used half of the time. */
    static Both apply(Step<View> step, Both x) {
        int rank = x.rank();
        var t = x.tensor();
        var p = x.plain();
        if (step.kind() == UNSQUEEZE) {
            int dim = step.a(rank + 1);
            return rank >= MOST_RANK
                    ? x
                    : new Both(t.unsqueeze(step.b(2) == 0 ? dim : dim - rank - 1),
                            p.seenAs(Plain.insert(p.dims, dim, 1)));
        }
        if (step.kind() == EXPAND) {
            return expand(step, x);
        }
        if (step.kind() == VIEW || step.kind() == RESHAPE) {
            return reshape(step, x);
        }
        if (step.kind() == SQUEEZE_ALL) {
            return new Both(t.squeeze(), p.seenAs(Arrays.stream(p.dims).filter(d -> d != 1).toArray()));
        }
        if (rank == 0) {
            return x;
        }
        int dim = step.a(rank);
        int named = step.b(2) == 0 ? dim : dim - rank;
        int size = p.dims[dim];
        int other = step.c(rank);
        return switch (step.kind()) {
            case TRANSPOSE -> new Both(t.transpose(named, other),
                    p.view(swapped(p.dims, dim, other), index -> swapped(index, dim, other)));
            case PERMUTE -> permute(x, swapped(IntStream.range(0, rank).map(d -> (d + dim) % rank).toArray(), other,
                    step.b(rank)));
            case MOVEDIM -> {
                var rest = IntStream.range(0, rank).filter(d -> d != dim).toArray();
                yield new Both(t.movedim(named, other), permuted(p, Plain.insert(rest, other, dim)));
            }
            case NARROW -> {
                int from = step.b(size + 1);
                int length = step.c(size - from + 1);
                yield part(x, dim, t.narrow(named, from, length), from, length, 1);
            }
            case SLICE -> {
                int from = step.b(size + 1);
                int by = 1 + step.c(3);
                int to = step.a(2) == 0 ? size : Math.max(from, size - 1);
                yield part(x, dim, t.slice(named, from, to, by), from, (to - from + by - 1) / by, by);
            }
            case SELECT -> size == 0 ? x : selected(x, dim, step.b(size), t.select(named, step.b(size)));
            case UNBIND -> size == 0 ? x : selected(x, dim, step.b(size), t.unbind(named).get(step.b(size)));
            case SQUEEZE -> new Both(t.squeeze(named), size == 1 ? p.seenAs(Plain.without(p.dims, dim)) : p);
            case SPLIT -> {
                int length = 1 + step.b(3);
                int parts = Math.max(1, (size + length - 1) / length);
                int i = step.c(parts);
                yield part(x, dim, t.split(length, named).get(i), i * length, Math.min(length, size - i * length), 1);
            }
            case SPLIT_SIZES -> {
                int first = step.b(size + 1);
                int second = step.c(size - first + 1);
                var sizes = new long[]{first, second, size - first - second};
                yield part(x, dim, t.split(sizes, named).get(1), first, second, 1);
            }
            case CHUNK -> {
                int parts = 1 + step.b(4);
                int length = (size + parts - 1) / parts;
                int count = size == 0 ? parts : (size + length - 1) / length;
                int i = step.c(count);
                yield part(x, dim, t.chunk(parts, named).get(i), i * length, Math.min(length, size - i * length), 1);
            }
            case TENSOR_SPLIT -> {
                int parts = 1 + step.b(4);
                int i = step.c(parts);
                int from = i * (size / parts) + Math.min(i, size % parts);
                yield part(x, dim, t.tensorSplit(parts, named).get(i), from, size / parts + (i < size % parts ? 1 : 0),
                        1);
            }
            case FLATTEN -> {
                int end = dim + step.c(rank - dim);
                var dims = IntStream.rangeClosed(0, rank - 1 - (end - dim)).map(d -> d <= dim
                        ? p.dims[d]
                        : p.dims[d + end - dim]).toArray();
                dims[dim] = IntStream.rangeClosed(dim, end).map(d -> p.dims[d]).reduce(1, (a, b) -> a * b);
                yield aliasOrCopy(t.flatten(named, end - rank), p, dims);
            }
            case UNFLATTEN -> {
                int factor = size > 0 && size % (1 + step.c(4)) == 0 ? 1 + step.c(4) : 1;
                yield rank >= MOST_RANK
                        ? x
                        : new Both(t.unflatten(named, size == 0 ? new long[]{0, factor} : new long[]{-1, factor}),
                                p.seenAs(Plain.insert(Plain.with(p.dims, dim, size / factor), dim + 1, factor)));
            }
            case DIAGONAL -> diagonal(x, step, dim, other);
            case UNFOLD -> unfold(x, step, dim, named);
            case FLIP -> new Both(t.flip(named),
                    p.view(p.dims, index -> Plain.with(index, dim, size - 1 - index[dim])).copy());
            case ROLL -> new Both(t.roll(step.c() - 30L, named),
                    p.view(p.dims, index -> Plain.with(index, dim, Math.floorMod(index[dim] - step.c() + 30, size)))
                            .copy());
            default -> repeat(x, step, dim);
        };
    }

    private static int[] swapped(int[] index, int first, int second) {
        return Plain.with(Plain.with(index, first, index[second]), second, index[first]);
    }

    private static Both permute(Both x, int[] order) {
        return new Both(x.tensor().permute(order), permuted(x.plain(), order));
    }

    private static Plain permuted(Plain p, int[] order) {
        return p.view(Arrays.stream(order).map(d -> p.dims[d]).toArray(), index -> {
            var source = new int[index.length];
            for (int d = 0; d < index.length; d++) {
                source[order[d]] = index[d];
            }
            return source;
        });
    }

    private static Both part(Both x, int dim, Tensor part, int from, int length, int by) {
        return new Both(part, x.plain().view(Plain.with(x.dims(), dim, length),
                index -> Plain.with(index, dim, from + by * index[dim])));
    }

    private static Both selected(Both x, int dim, int at, Tensor part) {
        return new Both(part, x.plain().view(Plain.without(x.dims(), dim), index -> Plain.insert(index, dim, at)));
    }

    private static Both expand(Step<View> step, Both x) {
        int times = step.a(4);
        var dims = Arrays.stream(x.dims()).map(d -> d == 1 ? times : d).toArray();
        var shape = step.b(2) == 0 || x.rank() >= MOST_RANK ? dims : Plain.insert(dims, 0, 1 + step.c(3));
        return Plain.numel(shape) > MOST_ELEMENTS
                ? x
                : new Both(x.tensor().expand(Both.longs(shape)), x.plain().expandTo(shape));
    }

    /** To a matrix, a vector, a number or the like, with a size left out where that is possible. */
    private static Both reshape(Step<View> step, Both x) {
        int numel = x.plain().numel();
        int factor = numel > 0 && numel % (1 + step.a(6)) == 0 ? 1 + step.a(6) : 1;
        int[] dims = switch (step.b(3)) {
            case 0 -> new int[]{numel};
            case 1 -> new int[]{factor, numel / factor};
            default -> new int[]{numel / factor, 1, factor};
        };
        var sizes = Both.longs(dims);
        if (step.c(2) == 1 && numel > 0) {
            sizes[dims[0] == numel ? 0 : dims.length - 1] = -1;
        }
        if (step.kind() == RESHAPE) {
            return aliasOrCopy(x.tensor().reshape(sizes), x.plain(), dims);
        }
        if (!x.plain().isStridedAs(dims)) {
            assertThrows(IllegalStateException.class, () -> x.tensor().view(sizes));
            return x;
        }
        return new Both(x.tensor().view(sizes), x.plain().seenAs(dims));
    }

    /** A view where strides allow it, and only there. */
    private static Both aliasOrCopy(Tensor result, Plain p, int... dims) {
        return new Both(result, p.isStridedAs(dims) ? p.seenAs(dims) : p.copy().seenAs(dims));
    }

    private static Both diagonal(Both x, Step<View> step, int rows, int columns) {
        if (rows == columns) {
            return x;
        }
        int offset = step.b(5) - 2;
        var p = x.plain();
        int length = Math.max(0, offset >= 0
                ? Math.min(p.dims[rows], p.dims[columns] - offset)
                : Math.min(p.dims[rows] + offset, p.dims[columns]));
        var rest = Plain.without(Plain.without(p.dims, Math.max(rows, columns)), Math.min(rows, columns));
        return new Both(x.tensor().diagonal(offset, rows, columns - x.rank()),
                p.view(Plain.insert(rest, rest.length, length), index -> {
                    int i = index[rest.length];
                    int row = i - Math.min(0, offset);
                    int column = i + Math.max(0, offset);
                    var source = Plain.without(index, rest.length);
                    return rows < columns
                            ? Plain.insert(Plain.insert(source, rows, row), columns, column)
                            : Plain.insert(Plain.insert(source, columns, column), rows, row);
                }));
    }

    private static Both unfold(Both x, Step<View> step, int dim, int named) {
        var p = x.plain();
        int size = step.b(p.dims[dim] + 1);
        int by = 1 + step.c(3);
        int windows = (p.dims[dim] - size) / by + 1;
        if (x.rank() >= MOST_RANK || p.numel() * size > MOST_ELEMENTS) {
            return x;
        }
        return new Both(x.tensor().unfold(named, size, by),
                p.view(Plain.insert(Plain.with(p.dims, dim, windows), x.rank(), size),
                        index -> Plain.with(Plain.without(index, index.length - 1), dim,
                                index[dim] * by + index[index.length - 1])));
    }

    private static Both repeat(Both x, Step<View> step, int dim) {
        var p = x.plain();
        var times = new long[x.rank()];
        Arrays.fill(times, 1);
        times[dim] = step.b(4);
        return p.numel() * times[dim] > MOST_ELEMENTS
                ? x
                : new Both(x.tensor().repeat(times),
                        p.view(Plain.with(p.dims, dim, p.dims[dim] * step.b(4)),
                                index -> Plain.with(index, dim, index[dim] % p.dims[dim])).copy());
    }
}
