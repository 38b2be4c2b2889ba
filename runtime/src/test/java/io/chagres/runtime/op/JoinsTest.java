package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JoinsTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                cat(0).on(dims(2, 3), dims(4, 3), dims(1, 3)).on(dims(2, 3), dims(0, 3), dims(1, 3)).on(dims(2),
                        dims(3),
                        dims(1)),
                cat(-1).on(dims(2, 3), dims(2, 1), dims(2, 40)).on(dims(2, 3), dims(0), dims(2, 2)),
                cat(1).on(dims(2, 3, 4), dims(2, 2, 4), dims(2, 1, 4)).on(dims(0, 3), dims(0, 1), dims(0, 2)),
                Case.op("Joins.concat(int, Tensor[])", in -> Joins.concat(0, in)).expects(in -> joined(0, in))
                        .on(dims(2, 3), dims(1, 3)),
                stack(0).on(dims(2, 3), dims(2, 3)).on(dims(), dims()).on(dims(0), dims(0)), stack(-1).on(dims(2, 3),
                        dims(2, 3)),
                stack(1).on(dims(2, 3), dims(2, 3), dims(2, 3)),
                Case.op("Joins.hstack(Tensor[])", Joins::hstack)
                        .expects(in -> joined(in[0].dims().length == 1 ? 0 : 1, in)).on(dims(2, 3), dims(2, 1))
                        .on(dims(2), dims(3)),
                Case.op("Joins.vstack(Tensor[])", Joins::vstack)
                        .expects(in -> joined(0, rows(in[0]), rows(in[1]))).on(dims(2, 3), dims(3))
                        .on(dims(3), dims(3)),
                Case.op("Joins.dstack(Tensor[])", Joins::dstack)
                        .expects(in -> joined(2, deep(in[0]), deep(in[1]))).on(dims(2, 3), dims(2, 3))
                        .on(dims(1, 3, 2), dims(3)),
                Case.op("Joins.columnStack(Tensor[])", Joins::columnStack)
                        .expects(in -> joined(1, columns(in[0]), columns(in[1]))).on(dims(3, 2), dims(3))
                        .on(dims(2), dims(2)),
                Case.op("Joins.blockDiag(Tensor[])", Joins::blockDiag).expects(in -> blocks(in))
                        .on(dims(2, 3), dims(1, 2), dims(3)).on(dims(), dims(0, 2), dims(2, 0)))
                .map(Case::anyType);
    }

    private static Case cat(int dim) {
        return Case.op("Joins.cat(int, Tensor[])", "dim " + dim, in -> Joins.cat(dim, in))
                .expects(in -> joined(Math.floorMod(dim, in[0].dims().length), in));
    }

    private static Case stack(int dim) {
        return Case.op("Joins.stack(int, Tensor[])", "dim " + dim, in -> Joins.stack(dim, in)).expects(in -> {
            int axis = Math.floorMod(dim, in[0].dims().length + 1);
            return joined(axis, Stream.of(in).map(x -> new Array(Array.insert(x.dims(), axis, 1), x.values()))
                    .toArray(Array[]::new));
        });
    }

    private static Array joined(int axis, Array... arrays) {
        var parts = Stream.of(arrays)
                .filter(x -> x.dims().length != 1 || x.dims()[0] != 0 || arrays[0].dims().length == 1)
                .toList();
        int size = parts.stream().mapToInt(x -> x.dims()[axis]).sum();
        return Array.generate(Array.with(parts.getFirst().dims(), axis, size), at -> {
            int i = at[axis];
            int part = 0;
            while (i >= parts.get(part).dims()[axis]) {
                i -= parts.get(part++).dims()[axis];
            }
            return parts.get(part).at(Array.with(at, axis, i));
        });
    }

    private static Array rows(Array x) {
        return x.dims().length > 1 ? x : new Array(dims(1, x.values().length), x.values());
    }

    private static Array columns(Array x) {
        return x.dims().length > 1 ? x : new Array(dims(x.values().length, 1), x.values());
    }

    private static Array deep(Array x) {
        var y = rows(x);
        return y.dims().length > 2 ? y : new Array(Array.insert(y.dims(), 2, 1), y.values());
    }

    private static Array blocks(Array... arrays) {
        int rows = Stream.of(arrays).mapToInt(x -> rows(x).dims()[0]).sum();
        int columns = Stream.of(arrays).mapToInt(x -> rows(x).dims()[1]).sum();
        var y = Array.generate(dims(rows, columns), _ -> 0);
        int row = 0;
        int column = 0;
        for (var array : arrays) {
            var block = rows(array);
            for (int i = 0; i < block.dims()[0]; i++) {
                for (int j = 0; j < block.dims()[1]; j++) {
                    y.values()[(row + i) * columns + column + j] = block.at(i, j);
                }
            }
            row += block.dims()[0];
            column += block.dims()[1];
        }
        return y;
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0}, 2, 2).to(dtype);
        Checks.values(Tensor.cat(1, x, x.t().narrow(1, 0, 1)), 0, 1, 0, 1, 0, 1);
        Checks.values(Tensor.stack(2, x, x), 0, 0, 1, 1, 1, 1, 0, 0);
        Checks.type(dtype, Tensor.cat(List.of(x, x), 0));
        Checks.type(dtype, Tensor.blockDiag(x, x));
    }

    @Test
    void typesArePromoted() {
        var a = Tensor.ones(2).requiresGrad(true);
        var y = Tensor.cat(0, a, Tensor.of(new long[]{3}), Tensor.of(new double[]{4}));
        Checks.type(DType.FLOAT64, y);
        Checks.values(y, 1, 1, 3, 4);
        y.sum().backward();
        Checks.type(DType.FLOAT32, a.grad());
        Checks.values(a.grad(), 1, 1);
    }

    @Test
    void oneTensorIsCopied() {
        var x = Tensor.ones(2);
        Tensor.cat(0, x).fill(3);
        Checks.values(x, 1, 1);
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> Tensor.cat(0), "cat", "no tensors");
        message(IllegalArgumentException.class, () -> Tensor.cat(0, x, Tensor.ones(2, 2)), "cat", "[2, 3]", "[2, 2]",
                "dimension 0");
        message(IllegalArgumentException.class, () -> Tensor.cat(0, x, Tensor.ones(3)), "cat", "[2, 3]", "[3]");
        message(IndexOutOfBoundsException.class, () -> Tensor.cat(2, x, x), "cat", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> Tensor.cat(0, Tensor.scalar(1)), "cat", "dimension 0");
        message(IllegalArgumentException.class, () -> Tensor.stack(0, x, x.t()), "stack", "[2, 3]", "[3, 2]");
        message(IndexOutOfBoundsException.class, () -> Tensor.stack(3, x, x), "stack", "dimension 3");
        message(IllegalArgumentException.class, () -> Tensor.blockDiag(Tensor.ones(1, 1, 1)), "blockDiag", "[1, 1, 1]");
        message(IllegalArgumentException.class, () -> Tensor.hstack(x, Tensor.ones(3, 3)), "hstack", "[3, 3]");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
