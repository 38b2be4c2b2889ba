package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.Tensor;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class WindowsTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(unfold(0, 2, 1).on(dims(5)).on(dims(4, 3)).on(dims(2)), unfold(1, 3, 2).on(dims(2, 7)),
                unfold(-1, 2, 2).on(dims(3, 5)).on(dims(2, 3, 4)), unfold(0, 1, 3).on(dims(7, 2)),
                unfold(0, 0, 1).on(dims(2, 2)), unfold(-2, 3, 1).on(dims(5, 2)).on(dims(3, 1)).on(dims(3, 0)),
                Case.op("Windows.unfold(Tensor, int, long, long)", "a number", in -> Windows.unfold(in[0], 0, 1, 1))
                        .expects(in -> new Array(dims(1), in[0].values())).on(dims()))
                .map(Case::anyType);
    }

    private static Case unfold(int dim, int size, int step) {
        return Case.op("Windows.unfold(Tensor, int, long, long)", dim + " " + size + " " + step,
                in -> Windows.unfold(in[0], dim, size, step)).expects(in -> {
                    int rank = in[0].dims().length;
                    int axis = Math.floorMod(dim, rank);
                    var to = Array.with(in[0].dims(), axis, (in[0].dims()[axis] - size) / step + 1);
                    return Array.generate(Array.insert(to, rank, size), at -> in[0]
                            .at(Array.with(Array.remove(at, rank), axis, at[axis] * step + at[rank])));
                });
    }

    @Test
    @Covers({"Windows.asStrided(Tensor, long[], long[])", "Windows.asStrided(Tensor, long[], long[], long)"})
    void anyStrides() {
        var x = Convert.fill(Tensor.zeros(3, 4), i -> i);
        var y = x.asStrided(new long[]{2, 3}, new long[]{1, 2}, 1);
        Checks.values(y, 1, 3, 5, 2, 4, 6);
        assertSame(x.storage(), y.storage());
        Checks.values(x.select(0, 1).asStrided(new long[]{2, 2}, new long[]{4, 0}), 4, 4, 8, 8);
        Checks.values(x.asStrided(new long[0], new long[0], 11), 11);
        Checks.shape(x.asStrided(new long[]{0, 9}, new long[]{99, 99}, 12), 0, 9);
        Checks.values(x.narrow(0, 2, 1).asStrided(new long[]{3}, new long[]{5}, 0), 0, 5, 10);
    }

    @Test
    void gradientsOfAnyStrides() {
        double[] values = IntStream.range(0, 12).mapToDouble(i -> i * i).toArray();
        long[][][] settings = {{{2, 3}, {1, 2}}, {{3, 3}, {1, 1}}, {{4}, {0}}, {{2, 2, 2}, {4, 2, 1}},
                {{0, 3}, {1, 1}}};
        for (var setting : settings) {
            checkGradients(in -> in[0].asStrided(setting[0], setting[1], 1), Tensor.of(values, 3, 4));
            checkGradients(in -> in[0].transpose(0, 1).asStrided(setting[0], setting[1]), Tensor.of(values, 3, 4));
            checkGradients(in -> in[0].view(12).narrow(0, 3, 9).asStrided(setting[0], setting[1]),
                    Tensor.of(values, 3, 4));
        }
        // of memory that an expanded tensor shows several times, each time gets its part
        var x = Tensor.of(new double[]{1, 2}).requiresGrad(true);
        x.expand(3, 2).asStrided(new long[]{2}, new long[]{1}).mul(Tensor.of(new double[]{5, 7})).sum().backward();
        Checks.values(x.grad(), 5, 7);
    }

    private static void checkGradients(Function<Tensor[], Tensor> function, Tensor x) {
        GradCheck.check(function, x.clone().requiresGrad(true));
        GradCheck.checkSecond(in -> function.apply(in).mul(function.apply(in)), x.clone().requiresGrad(true));
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.unfold(1, 4, 1), "unfold", "size 4", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.unfold(1, 2, 0), "unfold", "step 0", "[2, 3]");
        message(IndexOutOfBoundsException.class, () -> x.unfold(2, 1, 1), "unfold", "dimension 2");
        message(IndexOutOfBoundsException.class, () -> strided(x, 6, 2, 3), "asStrided", "[2]", "[3]", "6 elements");
        message(IndexOutOfBoundsException.class, () -> strided(x, -1, 2, 1), "asStrided", "-1");
        message(IndexOutOfBoundsException.class, () -> strided(x, 0, 3, Long.MAX_VALUE), "asStrided");
        message(IndexOutOfBoundsException.class, () -> strided(x, Long.MAX_VALUE, 2, 1), "asStrided");
        message(IndexOutOfBoundsException.class, () -> strided(x, 0, 7, 1), "asStrided");
        message(IllegalArgumentException.class, () -> strided(x, 3, 2, -1), "asStrided", "[-1]", "negative");
        message(IllegalArgumentException.class, () -> x.asStrided(new long[2], new long[1]), "asStrided", "1 strides");
    }

    private static Tensor strided(Tensor x, long offset, long size, long stride) {
        return x.asStrided(new long[]{size}, new long[]{stride}, offset);
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
