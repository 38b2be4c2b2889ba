package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RearrangeTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(flips(), rolls(), repeats()).flatMap(s -> s).map(Case::anyType);
    }

    private static Stream<Case> flips() {
        return Stream.of(flip(0).on(dims(3, 5)).on(dims(4)).on(dims(0, 2)), flip(-1).on(dims(3, 5)).on(dims(2, 3, 4)),
                flip(0, 1).on(dims(3, 5)).on(dims(1, 2)), flip().on(dims(2, 3)).on(dims()),
                flip(2, 0).on(dims(2, 3, 4)),
                Case.op("Rearrange.fliplr(Tensor)", in -> Rearrange.fliplr(in[0])).expects(in -> flipped(in[0], 1))
                        .on(dims(3, 5)),
                Case.op("Rearrange.flipud(Tensor)", in -> Rearrange.flipud(in[0])).expects(in -> flipped(in[0], 0))
                        .on(dims(3, 5)).on(dims(3)),
                rot90(0, 0, 1, 0, 1, 2), rot90(1, 0, 1, 1, 0, 2), rot90(1, 2, 0, 2, 1, 0), rot90(-2, 1, 2, 0, 1, 2),
                rot90(3, 0, 1, 1, 0, 2), rot90(5, 0, -1, 2, 1, 0));
    }

    private static Case flip(int... dims) {
        return Case.op("Rearrange.flip(Tensor, int[])", Arrays.toString(dims), in -> Rearrange.flip(in[0], dims))
                .expects(in -> flipped(in[0], dims));
    }

    private static Array flipped(Array x, int... dims) {
        return Array.generate(x.dims(), at -> {
            var from = at.clone();
            for (int dim : dims) {
                int axis = Math.floorMod(dim, at.length);
                from[axis] = x.dims()[axis] - 1 - at[axis];
            }
            return x.at(from);
        });
    }

    /** Once by a quarter, y[i, j] = x[j, n - 1 - i]. */
    private static Case rot90(int quarters, int first, int second, int... order) {
        return Case.op("Rearrange.rot90(Tensor, int, int, int)", quarters + " " + first + " " + second,
                in -> Rearrange.rot90(in[0], quarters, first, second)).expects(in -> {
                    int b = Math.floorMod(second, 3);
                    var turned = in[0];
                    for (int i = 0; i < Math.floorMod(quarters, 4); i++) {
                        var x = turned;
                        turned = Array.generate(Array.swap(x.dims(), first, b), at -> {
                            var from = Array.swap(at, first, b);
                            return x.at(Array.with(from, b, x.dims()[b] - 1 - from[b]));
                        });
                    }
                    return turned;
                }).on(dims(2, 3, 4));
    }

    private static Stream<Case> rolls() {
        return Stream.of(roll(1, 0).on(dims(3, 5)).on(dims(1)).on(dims(0, 2)), roll(-2, -1).on(dims(3, 5)),
                roll(7, 1).on(dims(2, 3, 4)), roll(3, 0).on(dims(3, 2)),
                Case.op("Rearrange.roll(Tensor, long)", in -> Rearrange.roll(in[0], 4))
                        .expects(in -> new Array(in[0].dims(), rolled(new Array(dims(in[0].values().length),
                                in[0].values()), 4, 0).values()))
                        .on(dims(2, 5)).on(dims(3)).on(dims(2, 0)),
                Case.op("Rearrange.roll(Tensor, long[], int[])",
                        in -> Rearrange.roll(in[0], new long[]{1, -1, 1}, new int[]{0, 1, 0}))
                        .expects(in -> rolled(rolled(in[0], 2, 0), -1, 1)).on(dims(5, 3)),
                Case.op("Rearrange.roll(Tensor, long[], int[])", "nothing",
                        in -> Rearrange.roll(in[0], new long[0], new int[0])).expects(in -> in[0]).on(dims(5, 3)));
    }

    private static Case roll(int shift, int dim) {
        return Case.op("Rearrange.roll(Tensor, long, int)", shift + " " + dim,
                in -> Rearrange.roll(in[0], shift, dim)).expects(in -> rolled(in[0], shift, dim));
    }

    private static Array rolled(Array x, int shift, int dim) {
        return Array.generate(x.dims(), at -> {
            int axis = Math.floorMod(dim, at.length);
            return x.at(Array.with(at, axis, Math.floorMod(at[axis] - shift, x.dims()[axis])));
        });
    }

    private static Stream<Case> repeats() {
        return Stream.of(repeat(2, 3).on(dims(3, 2)).on(dims(4)).on(dims()), repeat(1, 1).on(dims(2, 3)),
                repeat(2, 1, 3).on(dims(2, 3)).on(dims(1, 2)), repeat(0, 2).on(dims(2, 3)),
                repeat(2, 2, 2, 2, 2, 2, 2).on(dims(1, 2, 1)), repeat().on(dims()),
                Case.op("Rearrange.tile(Tensor, long[])", in -> Rearrange.tile(in[0], 2))
                        .expects(in -> repeated(in[0], in[0].dims().length == 2 ? dims(1, 2) : dims(2)))
                        .on(dims(2, 3)).on(dims(3)).on(dims()),
                interleave(2, 0).on(dims(2, 3)).on(dims(3)), interleave(3, -1).on(dims(2, 3)),
                interleave(1, 1).on(dims(2, 3)), interleave(0, 0).on(dims(2, 3)),
                Case.op("Rearrange.repeatInterleave(Tensor, long)", in -> Rearrange.repeatInterleave(in[0], 2))
                        .expects(
                                in -> interleaved(new Array(dims(in[0].values().length), in[0].values()), 0, 2, 2, 2, 2,
                                        2, 2))
                        .on(dims(2, 3)).on(dims(6)),
                Case.op("Rearrange.repeatInterleave(Tensor, Tensor, int)",
                        in -> Rearrange.repeatInterleave(in[0], Tensor.of(new long[]{2, 0, 1}), -1))
                        .expects(in -> interleaved(in[0], in[0].dims().length - 1, 2, 0, 1)).on(dims(2, 3)).on(dims(3)),
                Case.op("Rearrange.repeatInterleave(Tensor, Tensor, int)", "one count",
                        in -> Rearrange.repeatInterleave(in[0], Tensor.of(new long[]{2}).to(DType.INT32), 0))
                        .expects(in -> interleaved(in[0], 0, 2, 2)).on(dims(2, 3)));
    }

    private static Case repeat(int... times) {
        return Case.op("Rearrange.repeat(Tensor, long[])", Arrays.toString(times),
                in -> Rearrange.repeat(in[0], Array.longs(times))).expects(in -> repeated(in[0], times));
    }

    private static Array repeated(Array x, int... times) {
        int added = times.length - x.dims().length;
        var to = times.clone();
        for (int d = added; d < to.length; d++) {
            to[d] *= x.dims()[d - added];
        }
        return Array.generate(to, at -> {
            var from = Arrays.copyOfRange(at, added, at.length);
            for (int d = 0; d < from.length; d++) {
                from[d] %= x.dims()[d];
            }
            return x.at(from);
        });
    }

    private static Case interleave(int times, int dim) {
        return Case.op("Rearrange.repeatInterleave(Tensor, long, int)", times + " " + dim,
                in -> Rearrange.repeatInterleave(in[0], times, dim)).expects(in -> {
                    int axis = Math.floorMod(dim, in[0].dims().length);
                    var counts = new int[in[0].dims()[axis]];
                    Arrays.fill(counts, times);
                    return interleaved(in[0], axis, counts);
                });
    }

    private static Array interleaved(Array x, int axis, int... counts) {
        var sources = IntStream.range(0, counts.length).flatMap(i -> IntStream.generate(() -> i).limit(counts[i]))
                .toArray();
        return Array.generate(Array.with(x.dims(), axis, sources.length),
                at -> x.at(Array.with(at, axis, sources[at[axis]])));
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        Checks.values(x.flip(1), 1, 1, 0, 0, 1, 0);
        Checks.values(x.roll(1, 1), 1, 0, 1, 0, 0, 1);
        Checks.values(x.rot90(1), 1, 0, 1, 1, 0, 0);
        Checks.values(x.repeat(1, 2), 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0);
        Checks.values(x.repeatInterleave(2, 1), 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0);
    }

    /** What repeats nothing is a copy all the same. */
    @Test
    void copiesShareNoMemory() {
        var x = Tensor.ones(2, 3);
        for (var y : List.of(x.flip(), x.roll(0), x.repeat(1, 1), x.repeat(1, 1, 1), x.narrow(0, 0, 1).repeat(3, 1),
                x.narrow(1, 0, 1).expand(2, 3).repeat(1, 2), x.narrow(1, 0, 1).repeatInterleave(2, 1), x.tile(1),
                x.rot90(4),
                x.repeatInterleave(1, 0), x.view(6).repeatInterleave(1), x.roll(new long[0], new int[0]))) {
            assertNotSame(x.storage(), y.storage());
        }
    }

    @Test
    void grids() {
        var a = Tensor.of(new double[]{1, 2, 3}).requiresGrad(true);
        var b = Tensor.of(new double[]{4, 5});
        var ij = Tensor.meshgrid(Rearrange.Indexing.IJ, a, b);
        Checks.shape(ij.get(0), 3, 2);
        Checks.values(ij.get(0), 1, 1, 2, 2, 3, 3);
        Checks.values(ij.get(1), 4, 5, 4, 5, 4, 5);
        var xy = Tensor.meshgrid(Rearrange.Indexing.XY, a, b, Tensor.scalar(7));
        Checks.shape(xy.get(0), 2, 3, 1);
        Checks.values(xy.get(0), 1, 2, 3, 1, 2, 3);
        Checks.values(xy.get(1), 4, 4, 4, 5, 5, 5);
        ij.get(0).sum().backward();
        Checks.values(a.grad(), 2, 2, 2);
        message(IllegalArgumentException.class, () -> Tensor.meshgrid(Rearrange.Indexing.IJ), "meshgrid");
        message(IllegalArgumentException.class, () -> Tensor.meshgrid(Rearrange.Indexing.IJ, Tensor.ones(1, 2)),
                "meshgrid", "[1, 2]");
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.flip(0, -2), "flip", "twice", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.flip(2), "flip", "dimension 2");
        message(IndexOutOfBoundsException.class, () -> Tensor.ones(3).fliplr(), "fliplr", "dimension 1");
        message(IndexOutOfBoundsException.class, () -> Tensor.scalar(3).flipud(), "flipud", "dimension 0");
        message(IllegalArgumentException.class, () -> x.rot90(1, 0, -2), "rot90", "twice");
        message(IndexOutOfBoundsException.class, () -> x.roll(1, 2), "roll", "dimension 2");
        message(IllegalArgumentException.class, () -> x.roll(new long[1], new int[2]), "roll", "1 shifts", "2");
        message(IllegalArgumentException.class, () -> x.repeat(2), "repeat", "[2, 3]", "[2]");
        message(IllegalArgumentException.class, () -> x.repeat(2, -1), "repeat", "[2, -1]");
        message(IllegalArgumentException.class, () -> x.tile(-1), "tile", "-1");
        message(IllegalArgumentException.class, () -> x.repeatInterleave(-1, 0), "repeatInterleave", "-1", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.repeatInterleave(Tensor.of(new long[]{1, -1}), 0),
                "repeatInterleave", "-1", "position 1");
        message(IllegalArgumentException.class, () -> x.repeatInterleave(Tensor.of(new long[3]), 0), "repeatInterleave",
                "3 counts", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.repeatInterleave(x, 0), "repeatInterleave", "FLOAT32");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
