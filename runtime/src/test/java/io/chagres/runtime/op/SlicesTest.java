package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SlicesTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(narrows(), selects(), slices(), diagonals()).flatMap(s -> s).map(Case::anyType);
    }

    private static Stream<Case> narrows() {
        return Stream.of(narrow(0, 1, 2).on(dims(3, 5)).on(dims(3)), narrow(1, 0, 5).on(dims(3, 5)),
                narrow(-1, 4, 1).on(dims(3, 5)), narrow(-2, 3, 0).on(dims(3, 5)), narrow(1, 1, 2).on(dims(2, 3, 4)),
                narrow(0, 0, 0).on(dims(0, 2)), narrow(1, -2, 2).on(dims(3, 5)));
    }

    private static Case narrow(int dim, int from, int length) {
        return Case.op("Slices.narrow(Tensor, int, long, long)", "dim " + dim + " from " + from + " length " + length,
                in -> Slices.narrow(in[0], dim, from, length)).expects(in -> {
                    int axis = Math.floorMod(dim, in[0].dims().length);
                    return Array.generate(Array.with(in[0].dims(), axis, length),
                            at -> in[0].at(Array.with(at, axis, (from < 0 ? from + in[0].dims()[axis] : from)
                                    + (in[0].dims()[axis] == 1 ? 0 : at[axis]))));
                });
    }

    private static Stream<Case> selects() {
        return Stream.of(select(0, 1).on(dims(3, 5)).on(dims(2)), select(-1, -2).on(dims(3, 5)).on(dims(2, 3, 4)),
                select(1, 2).on(dims(2, 3, 4)), select(0, 0).on(dims(1)).on(dims(1, 0)));
    }

    private static Case select(int dim, int index) {
        return Case.op("Slices.select(Tensor, int, long)", "dim " + dim + " index " + index,
                in -> Slices.select(in[0], dim, index)).expects(in -> {
                    int axis = Math.floorMod(dim, in[0].dims().length);
                    int i = Math.floorMod(index, in[0].dims()[axis]);
                    return Array.generate(Array.remove(in[0].dims(), axis), at -> in[0].at(Array.insert(at, axis, i)));
                });
    }

    private static Stream<Case> slices() {
        return Stream.of(slice(0, 0, 3, 2, 0, 2).on(dims(3, 5)).on(dims(3)), slice(1, 1, 9, 2, 1, 2).on(dims(3, 5)),
                slice(-1, -4, -1, 1, 1, 3).on(dims(3, 5)), slice(0, 2, 1, 1, 2, 0).on(dims(3, 5)),
                slice(1, -9, 9, 4, 0, 2).on(dims(2, 5, 3)), slice(0, 0, Long.MAX_VALUE, 7, 0, 1).on(dims(4)),
                slice(0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0, 1).on(dims(4, 2)),
                slice(0, 5, 7, 1, 0, 0).on(dims(3, 5)), slice(0, 0, 1, 1, 0, 0).on(dims(0, 2)));
    }

    private static Case slice(int dim, long start, long end, long step, int first, int count) {
        return Case.op("Slices.slice(Tensor, int, long, long, long)", dim + ": " + start + ":" + end + ":" + step,
                in -> Slices.slice(in[0], dim, start, end, step)).expects(in -> {
                    int axis = Math.floorMod(dim, in[0].dims().length);
                    return Array.generate(Array.with(in[0].dims(), axis, count),
                            at -> in[0].at(Array.with(at, axis, first + (at[axis] == 0 ? 0 : at[axis] * (int) step))));
                });
    }

    private static Stream<Case> diagonals() {
        return Stream.of(diagonal(0, 0, 1).on(dims(3, 3)).on(dims(2, 5)).on(dims(4, 1)).on(dims(0, 3)),
                diagonal(1, 0, 1).on(dims(3, 3)).on(dims(2, 5)), diagonal(-1, 0, 1).on(dims(3, 3)).on(dims(5, 2)),
                diagonal(7, 0, 1).on(dims(3, 3)), diagonal(-7, 1, 0).on(dims(3, 3)),
                diagonal(1, -1, 0).on(dims(3, 2, 4)), diagonal(0, 2, 1).on(dims(2, 3, 4)),
                diagEmbed(0, -2, -1).on(dims(3)).on(dims(2, 3)).on(dims(0)), diagEmbed(2, 0, 2).on(dims(2, 3)),
                diagEmbed(-1, -1, 0).on(dims(2, 2)),
                Case.op("Slices.diag(Tensor, long)", "1", in -> Slices.diag(in[0], 1))
                        .expects(in -> in[0].dims().length == 1 ? embedded(in[0], 1, 0, 1) : diagonal(in[0], 1, 0, 1))
                        .on(dims(3)).on(dims(3, 4)).on(dims(1)));
    }

    private static Case diagonal(int offset, int dim1, int dim2) {
        return Case.op("Slices.diagonal(Tensor, long, int, int)", offset + " of " + dim1 + " and " + dim2,
                in -> Slices.diagonal(in[0], offset, dim1, dim2)).expects(
                        in -> diagonal(in[0], offset,
                                Math.floorMod(dim1, in[0].dims().length), Math.floorMod(dim2, in[0].dims().length)));
    }

    private static Array diagonal(Array x, int offset, int rows, int columns) {
        int length = 0;
        for (int i = 0; i < x.dims()[rows]; i++) {
            length += i + offset >= 0 && i + offset < x.dims()[columns] ? 1 : 0;
        }
        int low = Math.min(rows, columns);
        int high = Math.max(rows, columns);
        var rest = Array.remove(Array.remove(x.dims(), high), low);
        return Array.generate(Array.insert(rest, rest.length, length), at -> {
            int row = at[rest.length] + Math.max(0, -offset);
            int column = at[rest.length] + Math.max(0, offset);
            var others = Array.remove(at, rest.length);
            return x.at(Array.insert(Array.insert(others, low, low == rows ? row : column), high,
                    low == rows ? column : row));
        });
    }

    private static Case diagEmbed(int offset, int dim1, int dim2) {
        return Case.op("Slices.diagEmbed(Tensor, long, int, int)", offset + " of " + dim1 + " and " + dim2,
                in -> Slices.diagEmbed(in[0], offset, dim1, dim2)).expects(
                        in -> embedded(in[0], offset,
                                Math.floorMod(dim1, in[0].dims().length + 1),
                                Math.floorMod(dim2, in[0].dims().length + 1)));
    }

    private static Array embedded(Array x, int offset, int rows, int columns) {
        int last = x.dims().length - 1;
        int size = x.dims()[last] + Math.abs(offset);
        int low = Math.min(rows, columns);
        int high = Math.max(rows, columns);
        var dims = Array.insert(Array.insert(Array.remove(x.dims(), last), low, size), high, size);
        return Array.generate(dims, at -> {
            var others = Array.remove(Array.remove(at, high), low);
            return at[columns] - at[rows] == offset
                    ? x.at(Array.insert(others, last, Math.min(at[rows], at[columns])))
                    : 0;
        });
    }

    @Test
    void severalParts() {
        var x = Convert.fill(Tensor.zeros(7, 2), i -> i);
        sizes(x.split(3, 0), 3, 3, 1);
        sizes(x.split(7, 0), 7);
        sizes(x.split(99, -2), 7);
        sizes(x.split(new long[]{0, 5, 2}, 0), 0, 5, 2);
        sizes(x.chunk(3, 0), 3, 3, 1);
        sizes(x.chunk(4, 0), 2, 2, 2, 1);
        sizes(x.chunk(5, 0), 2, 2, 2, 1);
        sizes(x.tensorSplit(3, 0), 3, 2, 2);
        sizes(x.vsplit(7), 1, 1, 1, 1, 1, 1, 1);
        sizes(x.vsplit(2, 5), 2, 3, 2);
        assertEquals(3, x.t().hsplit(2, 5).get(1).size(1));
        assertEquals(1, x.select(1, 0).hsplit(3, 4).get(1).size(0));
        assertEquals(2, Tensor.ones(2, 3, 4).dsplit(2).get(1).size(2));
        assertEquals(3, Tensor.ones(2, 3, 4).dsplit(1, 3).size());
        message(IllegalArgumentException.class, () -> x.vsplit(2), "vsplit", "7", "2");
        message(IllegalArgumentException.class, () -> x.dsplit(1), "dsplit", "3 or more");
        sizes(x.tensorSplit(9, 0), 1, 1, 1, 1, 1, 1, 1, 0, 0);
        sizes(x.tensorSplit(new long[]{2, -2, 3, 99}, 0), 2, 3, 0, 4, 0);
        sizes(Tensor.ones(0, 2).chunk(2, 0), 0, 0);
        sizes(Tensor.ones(0, 2).split(2, 0), 0);
        sizes(Tensor.ones(0, 2).split(0, 0), 0);
        var rows = x.unbind(0);
        assertEquals(7, rows.size());
        Checks.values(rows.get(6), 12, 13);
        Checks.values(x.unbind(-1).get(1), 1, 3, 5, 7, 9, 11, 13);
        for (var part : x.split(2, 0)) {
            assertSame(x.storage(), part.storage());
        }
        GradCheck.check(in -> in[0].split(2, 1).get(0).mul(in[0].split(2, 1).get(1)).add(in[0].unbind(1).get(3)
                .unsqueeze(1)), Tensor.of(new double[]{1, 2, 3, 4, 5, 6, 7, 8}, 2, 4).requiresGrad(true));
    }

    private static void sizes(List<Tensor> parts, long... expected) {
        assertEquals(expected.length, parts.size());
        for (int i = 0; i < expected.length; i++) {
            Checks.shape(parts.get(i), expected[i], 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void partsOfEveryType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        Checks.values(x.slice(1, 0, 3, 2), 0, 1, 0, 0);
        Checks.values(x.diagonal(), 0, 1);
        Checks.values(x.select(0, 1).diagEmbed(), 0, 0, 0, 0, 1, 0, 0, 0, 0);
        Checks.values(x.diag(1), 1, 0);
    }

    /** What is written through views of views is seen in the whole, and the other way round. */
    @Test
    void writesThroughViews() {
        var x = Tensor.zeros(4, 4);
        x.diagonal().slice(0, 1, 4, 2).fill(5);
        x.permute(1, 0).narrow(0, 0, 1).squeeze().unflatten(0, 2, 2).select(0, 1).fill(7);
        Checks.values(x, 0, 0, 0, 0, 0, 5, 0, 0, 7, 0, 0, 0, 7, 0, 0, 5);
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.slice(0, 0, 1, 0), "slice", "step 0", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.slice(0, 0, 1, -1), "slice", "step -1", "flip");
        message(IndexOutOfBoundsException.class, () -> x.slice(2, 0, 1), "slice", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.diagonal(0, 0, -2), "diagonal", "0", "-2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> Tensor.ones(3).diagonal(), "diagonal", "dimension 1", "[3]");
        message(IllegalArgumentException.class, () -> x.diagEmbed(0, 0, -3), "diagEmbed", "same");
        message(IllegalArgumentException.class, () -> Tensor.scalar(1).diagEmbed(), "diagEmbed");
        message(IllegalArgumentException.class, () -> Tensor.ones(1, 1, 1).diag(0), "diag", "[1, 1, 1]");
        message(IllegalArgumentException.class, () -> x.split(0, 0), "split", "size 0", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.split(-1, 0), "split", "size -1");
        message(IllegalArgumentException.class, () -> x.split(new long[]{1, 1}, 1), "split", "[1, 1]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.split(new long[]{4, -1}, 1), "split", "[4, -1]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.chunk(0, 0), "chunk", "0", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.tensorSplit(0, 0), "tensorSplit", "0");
        message(IndexOutOfBoundsException.class, () -> x.unbind(2), "unbind", "dimension 2");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
