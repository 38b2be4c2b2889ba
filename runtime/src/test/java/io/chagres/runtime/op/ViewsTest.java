package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ViewsTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(reshapes(), flattenings(), transposes(), permutations(), sizesOfOne(), expansions())
                .flatMap(s -> s)
                .map(Case::anyType);
    }

    private static Stream<Case> reshapes() {
        return Stream.of(reshape(dims(3, 4), dims(2, 6), 2, 6), reshape(dims(3, 4), dims(12), -1),
                reshape(dims(3, 4), dims(2, 3, 2), 2, -1, 2), reshape(dims(2, 1, 3), dims(3, 2), 3, 2),
                reshape(dims(1), dims()), reshape(dims(), dims(1, 1), 1, -1), reshape(dims(0, 3), dims(3, 0), 3, 0),
                reshape(dims(0, 3), dims(0, 2), -1, 2));
    }

    private static Case reshape(int[] from, int[] to, long... asked) {
        return Case.op("Views.reshape(Tensor, long[])", Arrays.toString(asked),
                in -> Views.reshape(in[0], asked)).expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Stream<Case> flattenings() {
        return Stream.of(
                Case.op("Views.reshapeAs(Tensor, Tensor)", in -> Views.reshapeAs(in[0], Tensor.ones(4, 3)))
                        .expects(in -> new Array(dims(4, 3), in[0].values())).on(dims(3, 4)).on(dims(2, 6)),
                flatten(0, -1, dims(2, 3, 4), dims(24)), flatten(1, 2, dims(2, 3, 4, 2), dims(2, 12, 2)),
                flatten(-2, -1, dims(2, 3, 4), dims(2, 12)), flatten(0, 0, dims(2, 3), dims(2, 3)),
                flatten(0, -1, dims(), dims(1)), flatten(0, 1, dims(2, 0, 3), dims(0, 3)),
                unflatten(0, dims(6, 2), dims(2, 3, 2), 2, 3), unflatten(-1, dims(2, 6), dims(2, 3, 2), -1, 2),
                unflatten(1, dims(2, 4, 3), dims(2, 2, 1, 2, 3), 2, 1, -1),
                unflatten(0, dims(0, 2), dims(3, 0, 2), 3, -1));
    }

    private static Case flatten(int start, int end, int[] from, int[] to) {
        return Case.op("Views.flatten(Tensor, int, int)", start + " to " + end, in -> Views.flatten(in[0], start, end))
                .expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Case unflatten(int dim, int[] from, int[] to, long... sizes) {
        return Case.op("Views.unflatten(Tensor, int, long[])", dim + " " + Arrays.toString(sizes),
                in -> Views.unflatten(in[0], dim, sizes)).expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Stream<Case> permutations() {
        return Stream.of(
                Case.op("Views.swapaxes(Tensor, int, int)", in -> Views.swapaxes(in[0], -1, 0))
                        .expects(in -> transposed(in[0], 0, in[0].dims().length - 1)).on(dims(2, 3, 4)),
                permute(1, 0).on(dims(3, 5)).on(dims(0, 2)), permute(2, 0, 1).on(dims(2, 3, 4)).on(dims(1, 3, 1)),
                permute(-1, 1, -4, 2).on(dims(2, 3, 1, 4)), permute().on(dims()),
                Case.op("Views.movedim(Tensor, int, int)", in -> Views.movedim(in[0], 0, -1))
                        .expects(in -> ordered(in[0], 1, 2, 0)).on(dims(2, 3, 4)),
                Case.op("Views.movedim(Tensor, int[], int[])",
                        in -> Views.movedim(in[0], new int[]{0, 1}, new int[]{-1, -2}))
                        .expects(in -> ordered(in[0], 2, 1, 0)).on(dims(2, 3, 4)));
    }

    private static Case permute(int... order) {
        return Case.op("Views.permute(Tensor, int[])", Arrays.toString(order), in -> Views.permute(in[0], order))
                .expects(in -> ordered(in[0], order));
    }

    private static Array ordered(Array x, int... order) {
        int rank = order.length;
        var axes = Arrays.stream(order).map(d -> Math.floorMod(d, rank)).toArray();
        var to = Arrays.stream(axes).map(d -> x.dims()[d]).toArray();
        return Array.generate(to, at -> {
            var from = new int[rank];
            for (int d = 0; d < rank; d++) {
                from[axes[d]] = at[d];
            }
            return x.at(from);
        });
    }

    private static Stream<Case> transposes() {
        return Stream.of(
                Case.op("Views.t(Tensor)", in -> Views.t(in[0])).expects(in -> transposed(in[0], 0, 1)).on(dims(3, 5))
                        .on(dims(1, 4)).on(dims(2, 0)),
                transpose(0, 1).on(dims(3, 5)).on(dims(2, 3, 4)), transpose(-1, 0).on(dims(2, 3, 4)).on(dims(2, 2)),
                transpose(1, 1).on(dims(2, 3)), transpose(0, 2).on(dims(2, 0, 3)).on(dims(1, 3, 1)));
    }

    private static Case transpose(int first, int second) {
        return Case.op("Views.transpose(Tensor, int, int)", first + " and " + second,
                in -> Views.transpose(in[0], first, second)).expects(in -> {
                    int rank = in[0].dims().length;
                    return transposed(in[0], Math.floorMod(first, rank), Math.floorMod(second, rank));
                });
    }

    private static Array transposed(Array x, int a, int b) {
        return Array.generate(Array.swap(x.dims(), a, b), at -> x.at(Array.swap(at, a, b)));
    }

    private static Stream<Case> sizesOfOne() {
        return Stream.of(
                unsqueeze(0, dims(3, 5), dims(1, 3, 5)), unsqueeze(1, dims(3, 5), dims(3, 1, 5)),
                unsqueeze(-1, dims(3, 5), dims(3, 5, 1)), unsqueeze(-3, dims(3, 5), dims(1, 3, 5)),
                unsqueeze(0, dims(), dims(1)), unsqueeze(1, dims(0), dims(0, 1)), squeeze(0, dims(1, 5), dims(5)),
                squeeze(-1, dims(3, 1), dims(3)), squeeze(1, dims(3, 1, 2), dims(3, 2)), squeeze(0, dims(1), dims()),
                squeeze(0, dims(3, 5), dims(3, 5)), squeezeAll(dims(1, 3, 1), dims(3)),
                squeezeAll(dims(2, 3), dims(2, 3)),
                squeezeAll(dims(1, 1), dims()), squeezeSome(dims(1, 3, 1, 1), dims(3, 1), 0, -2),
                squeezeSome(dims(1, 3), dims(1, 3), 1), squeezeSome(dims(1, 0, 1), dims(1, 0, 1)));
    }

    private static Case unsqueeze(int dim, int[] from, int[] to) {
        return Case.op("Views.unsqueeze(Tensor, int)", "dim " + dim, in -> Views.unsqueeze(in[0], dim))
                .expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Case squeeze(int dim, int[] from, int[] to) {
        return Case.op("Views.squeeze(Tensor, int)", "dim " + dim, in -> Views.squeeze(in[0], dim))
                .expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Case squeezeAll(int[] from, int[] to) {
        return Case.op("Views.squeeze(Tensor)", in -> Views.squeeze(in[0]))
                .expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Case squeezeSome(int[] from, int[] to, int... dims) {
        return Case.op("Views.squeeze(Tensor, int[])", Arrays.toString(dims), in -> Views.squeeze(in[0], dims))
                .expects(in -> new Array(to, in[0].values())).on(from);
    }

    private static Stream<Case> expansions() {
        return Stream.of(
                Case.op("Views.expandAs(Tensor, Tensor)", in -> Views.expandAs(in[0], Tensor.ones(2, 3, 4)))
                        .expects(in -> Array.generate(dims(2, 3, 4), in[0]::at)).on(dims(3, 1)).on(dims(4)),
                Case.op("Views.broadcastTo(Tensor, long[])", in -> Views.broadcastTo(in[0], 2, 3))
                        .expects(in -> Array.generate(dims(2, 3), in[0]::at)).on(dims(2, 1)).on(dims(3)),
                expand(dims(3, 1), dims(3, 4), 3, 4), expand(dims(3, 1), dims(3, 4), -1, 4),
                expand(dims(5), dims(2, 5), 2, -1), expand(dims(), dims(2, 3), 2, 3),
                expand(dims(1), dims(2, 1, 3), 2, 1, 3), expand(dims(2, 1), dims(2, 0), 2, 0),
                expand(dims(2, 3), dims(2, 3), 2, 3));
    }

    private static Case expand(int[] from, int[] to, long... asked) {
        return Case.op("Views.expand(Tensor, long[])", Arrays.toString(asked),
                in -> Views.expand(in[0], asked)).expects(in -> Array.generate(to, in[0]::at)).on(from);
    }

    @Test
    @Covers({"Views.swapdims(Tensor, int, int)", "Views.mT(Tensor)", "Views.moveaxis(Tensor, int, int)"})
    void otherNames() {
        var x = Tensor.arange(24).view(2, 3, 4);
        Checks.shape(x.swapdims(0, -1), 4, 3, 2);
        Checks.shape(x.mT(), 2, 4, 3);
        Checks.shape(x.moveaxis(0, 1), 3, 2, 4);
        Checks.values(x.select(0, 0).mT().select(0, 1), 1, 5, 9);
        message(IllegalArgumentException.class, () -> Tensor.ones(3).mT(), "mT", "[3]");
        message(IndexOutOfBoundsException.class, () -> x.swapdims(0, 3), "swapdims", "3");
    }

    @Test
    @Covers("Views.view(Tensor, long[])")
    void viewsShareMemoryWhereReshapeMayCopy() {
        var x = Tensor.zeros(2, 3).requiresGrad(true);
        for (var y : new Tensor[]{x.view(3, -1), x.view(6), x.reshape(3, 2), x.t(), x.narrow(1, 1, 2), x.select(0, 0),
                x.unsqueeze(1), x.expand(4, 2, 3), x.detach(), x.permute(1, 0), x.flatten(), x.slice(0, 1, 9),
                x.diagonal(), x.unflatten(1, 3, 1), x.movedim(0, 1)}) {
            assertSame(x.storage(), y.storage());
        }
        assertNotSame(x.storage(), x.t().reshape(6).storage());
        GradCheck.check(in -> in[0].view(3, 2).mul(in[0].view(-1, 2)), Tensor.of(new double[]{1, 2, 3, 4, 5, 6}, 2, 3)
                .requiresGrad(true));
    }

    @Test
    @Covers("Views.view(Tensor, long[])")
    void viewNeedsElementsInOrder() {
        message(IllegalStateException.class, () -> Tensor.ones(2, 3).t().view(6), "view", "[3, 2]", "reshape");
        Checks.shape(Tensor.ones(2, 1).t().view(2), 2); // in order all the same
        message(IllegalStateException.class, () -> Tensor.ones(2, 3, 4).permute(1, 0, 2).view(6, 4), "view",
                "[3, 2, 4]",
                "[6, 4]");
        message(IllegalStateException.class, () -> Tensor.ones(4, 5).narrow(1, 0, 4).view(2, 8), "view", "[4, 4]");
        message(NullPointerException.class, () -> Views.view(null, 1), "view", "null");
        var closed = Checks.closed(2);
        message(IllegalStateException.class, () -> closed.view(1, 2), "view", "closed");
    }

    /** Dimensions that the strides join can be cut in other ways, as PyTorch does. */
    @Test
    @Covers("Views.viewLike(Tensor, Tensor)")
    void viewsOfWhatIsNotContiguous() {
        var x = Convert.fill(Tensor.zeros(4, 6, 5), i -> i);
        sameMemory(x.narrow(2, 1, 3).view(24, 3), x.narrow(2, 1, 3).contiguous().view(24, 3));
        sameMemory(x.narrow(2, 1, 4).view(8, 3, 2, 1, 2), x.narrow(2, 1, 4).contiguous().view(8, 3, 2, 1, 2));
        sameMemory(x.transpose(0, 2).view(5, 2, 3, 2, 2), x.transpose(0, 2).contiguous().view(5, 2, 3, 2, 2));
        sameMemory(x.select(2, 4).view(-1), x.select(2, 4).contiguous().view(-1));
        sameMemory(x.permute(2, 0, 1).view(5, 24), x.permute(2, 0, 1).contiguous().view(5, 24));
        sameMemory(x.permute(2, 0, 1).viewLike(Tensor.ones(5, 24)), x.permute(2, 0, 1).contiguous().view(5, 24));
        sameMemory(x.view(4, 1, 30).expand(4, 3, 30).view(4, 3, 6, 5), x.view(4, 1, 6, 5).expand(4, 3, 6, 5).clone());
        Checks.shape(x.narrow(0, 0, 0).transpose(1, 2).view(3, 0), 3, 0);
        message(NullPointerException.class, () -> x.viewLike(null), "viewLike", "other", "null");
        GradCheck.check(in -> in[0].narrow(1, 1, 2).view(2, 2, 1, 2), x.view(-1).narrow(0, 0, 12).view(4, 3)
                .to(DType.FLOAT64).detach().requiresGrad(true));
    }

    private static void sameMemory(Tensor view, Tensor copy) {
        assertEquals(copy.shape(), view.shape());
        assertNotSame(copy.storage(), view.storage());
        Checks.values(view, copy.toDoubleArray());
    }

    /** Rows from a later start, beyond the last element, are still nothing. */
    @Test
    void emptyPartsAtTheEndCanBeCopied() {
        var memory = Tensor.owned(Owner.DATA, DType.FLOAT32,
                Shape.of(3, 4), "data");
        try (memory) {
            var nothing = memory.t().narrow(0, 3, 1).narrow(1, 3, 0).narrow(0, 1, 0);
            Checks.shape(nothing.contiguous(), 0, 0);
            Checks.shape(nothing.relu().add(nothing).to(DType.FLOAT64), 0, 0);
            assertEquals(0, nothing.segment().byteSize());
            assertEquals(0, Tensor.zeros(0, 0).copyFrom(nothing).numel());
            var vast = Tensor.zeros(0, 1L << 60).narrow(1, 1L << 59, 5).select(1, 3);
            Checks.shape(vast.contiguous().add(1), 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void viewsOfEveryType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1, 0, 1, 0}, 2, 3).to(dtype);
        Checks.values(x.t(), 0, 0, 1, 1, 1, 0);
        Checks.values(x.t().contiguous(), 0, 0, 1, 1, 1, 0);
        Checks.values(x.select(1, 1).unsqueeze(0).expand(2, -1), 1, 1, 1, 1);
        Checks.values(x.narrow(1, 1, 2).reshape(-1), 1, 1, 1, 0);
    }

    @ParameterizedTest
    @CsvSource({"5", "2 4", "-1 4", "-1 -1", "-2 3", "6 0", "-1 0", "4294967296 4294967296", "3 2 2"})
    void shapesThatDoNotHoldTheElements(String asked) {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.view(longs(asked)), "view", "[2, 3]",
                asked.replace(" ", ", "));
        message(IllegalArgumentException.class, () -> x.reshape(longs(asked)), "reshape", "[2, 3]",
                asked.replace(" ", ", "));
    }

    @ParameterizedTest
    @CsvSource({"3", "2 4", "2 -2", "-1 2 3", "2 3 3", "4 3"})
    void shapesThatCannotBeExpandedTo(String asked) {
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 3).expand(longs(asked)), "expand", "[2, 3]",
                asked.replace(" ", ", "));
        message(IllegalArgumentException.class, () -> Tensor.ones(2, 1).expand(2, -7), "expand", "[2, 1]", "[2, -7]");
    }

    private static long[] longs(String text) {
        return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    @Test
    void partsAndDimensionsThatAreNotThere() {
        var x = Tensor.ones(2, 3);
        message(IndexOutOfBoundsException.class, () -> x.narrow(1, 2, 2), "narrow", "2 from 2 on", "[2, 3]", "size 3");
        message(IndexOutOfBoundsException.class, () -> x.narrow(1, -1, 2), "narrow", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.narrow(1, -4, 1), "narrow", "-4", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.narrow(1, 0, -1), "narrow", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.narrow(1, 4, 0), "narrow", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.narrow(2, 0, 1), "narrow", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.select(0, 2), "select", "index 2", "[2, 3]", "size 2");
        message(IndexOutOfBoundsException.class, () -> x.select(0, -3), "select", "index -3", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.select(-3, 0), "select", "dimension -3", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.transpose(0, 2), "transpose", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.transpose(-3, 0), "transpose", "dimension -3", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.squeeze(2), "squeeze", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.unsqueeze(3), "unsqueeze", "dimension 3", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.unsqueeze(-4), "unsqueeze", "dimension -4", "[2, 3]");
        Checks.shape(Tensor.ones(2).t(), 2);
        message(IllegalArgumentException.class, () -> Tensor.ones(1, 2, 3).t(), "t", "[1, 2, 3]");
    }

    @Test
    void ordersAndSizesThatDoNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.permute(0), "permute", "[0]", "[2, 3]", "2");
        message(IllegalArgumentException.class, () -> x.permute(1, -1), "permute", "[1, -1]", "twice");
        message(IndexOutOfBoundsException.class, () -> x.permute(0, 2), "permute", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.movedim(0, 2), "movedim", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.movedim(new int[]{0}, new int[0]), "movedim", "1", "0");
        message(IllegalArgumentException.class, () -> x.movedim(new int[]{0, 0}, new int[]{0, 1}), "movedim", "twice");
        message(IndexOutOfBoundsException.class, () -> x.swapaxes(0, 2), "swapaxes", "dimension 2", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.flatten(0, 2), "flatten", "dimension 2", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.flatten(1, 0), "flatten", "1", "0", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.unflatten(1, 2, 2), "unflatten", "3 elements", "[2, 2]");
        message(IllegalArgumentException.class, () -> x.unflatten(1), "unflatten", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.unflatten(2, 1), "unflatten", "dimension 2");
        message(IllegalArgumentException.class, () -> x.squeeze(new int[]{0, -2}), "squeeze", "twice");
        message(IllegalArgumentException.class, () -> x.expandAs(Tensor.ones(3)), "expandAs", "[2, 3]", "[3]");
        message(IllegalArgumentException.class, () -> x.broadcastTo(3, 3), "broadcastTo", "[2, 3]", "[3, 3]");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
