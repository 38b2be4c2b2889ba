package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FoldingTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                unfold(longs(2, 3), longs(1), longs(0), longs(1)).on(dims(2, 3, 4, 5)).on(dims(1, 2, 3))
                        .on(dims(0, 2, 3, 4)).on(dims(2, 0, 3, 4)),
                unfold(longs(3), longs(1, 2), longs(1, 3), longs(2)).on(dims(2, 2, 4, 5)),
                unfold(longs(1), longs(1), longs(0), longs(3)).on(dims(1, 1, 1, 1)).on(dims(1, 2, 5, 4)),
                fold(longs(4, 5), longs(2, 3), longs(1), longs(0), longs(1)).on(dims(2, 12, 9)).on(dims(6, 9))
                        .on(dims(0, 6, 9)),
                fold(longs(4, 5), longs(3), longs(1, 2), longs(1, 3), longs(2)).on(dims(2, 18, 8)),
                fold(longs(5, 4), longs(1), longs(1), longs(0), longs(3)).on(dims(1, 2, 4)));
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static long at(long[] values, int d) {
        return values[values.length == 1 ? 0 : d];
    }

    private static long windows(long size, int d, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        return (size + 2 * at(padding, d) - at(dilation, d) * (at(kernel, d) - 1) - 1) / at(stride, d) + 1;
    }

    private static Case unfold(long[] kernel, long[] dilation, long[] padding, long[] stride) {
        return Case
                .op("Folding.unfold(Tensor, long[], long[], long[], long[])", text(kernel, dilation, padding, stride),
                        in -> Folding.unfold(in[0], kernel, dilation, padding, stride))
                .expects(in -> {
                    var x = in[0];
                    int first = x.dims().length - 3;
                    int rows = x.dims()[first + 1];
                    int cols = x.dims()[first + 2];
                    int wide = (int) windows(cols, 1, kernel, dilation, padding, stride);
                    int[] to = {x.dims()[first] * (int) (at(kernel, 0) * at(kernel, 1)),
                            (int) windows(rows, 0, kernel, dilation, padding, stride) * wide};
                    return Array.generate(first == 1 ? Array.insert(to, 0, x.dims()[0]) : to, index -> {
                        int row = index[first];
                        int l = row % (int) at(kernel, 1);
                        int k = row / (int) at(kernel, 1) % (int) at(kernel, 0);
                        int c = row / (int) (at(kernel, 1) * at(kernel, 0));
                        int i = (int) (index[first + 1] / wide * at(stride, 0) + k * at(dilation, 0) - at(padding, 0));
                        int j = (int) (index[first + 1] % wide * at(stride, 1) + l * at(dilation, 1) - at(padding, 1));
                        if (i < 0 || i >= rows || j < 0 || j >= cols) {
                            return 0;
                        }
                        int n = first == 1 ? index[0] : 0;
                        return x.values()[((n * x.dims()[first] + c) * rows + i) * cols + j];
                    });
                });
    }

    private static Case fold(long[] size, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        return Case.op("Folding.fold(Tensor, long[], long[], long[], long[], long[])",
                text(kernel, dilation, padding, stride),
                in -> Folding.fold(in[0], size, kernel, dilation, padding, stride)).expects(in -> {
                    var x = in[0];
                    int first = x.dims().length - 2;
                    int batch = first == 1 ? x.dims()[0] : 1;
                    int window = (int) (at(kernel, 0) * at(kernel, 1));
                    int channels = x.dims()[first] / window;
                    int[] to = {channels, (int) size[0], (int) size[1]};
                    var y = Array.generate(first == 1 ? Array.insert(to, 0, batch) : to, _ -> 0);
                    int wide = (int) windows(size[1], 1, kernel, dilation, padding, stride);
                    for (int e = 0; e < x.values().length; e++) {
                        int column = e % x.dims()[first + 1];
                        int row = e / x.dims()[first + 1];
                        int l = row % (int) at(kernel, 1);
                        int k = row / (int) at(kernel, 1) % (int) at(kernel, 0);
                        int plane = row / window;
                        int i = (int) (column / wide * at(stride, 0) + k * at(dilation, 0) - at(padding, 0));
                        int j = (int) (column % wide * at(stride, 1) + l * at(dilation, 1) - at(padding, 1));
                        if (i >= 0 && i < size[0] && j >= 0 && j < size[1]) {
                            y.values()[(int) ((plane * size[0] + i) * size[1] + j)] += x.values()[e];
                        }
                    }
                    return y;
                });
    }

    private static String text(long[]... values) {
        return Arrays.deepToString(values);
    }

    /** A convolution is a product with the columns of windows. */
    @Test
    void columnsMakeConvolutions() {
        var generator = Generator.seed(1);
        var x = Tensor.randn(generator, 2, 3, 6, 7).to(DType.FLOAT64);
        var w = Tensor.randn(generator, 4, 3, 3, 2).to(DType.FLOAT64);
        var columns = Folding.unfold(x, longs(3, 2), longs(1), longs(1, 0), longs(2, 1));
        var y = w.view(4, 18).matmul(columns).view(2, 4, 3, 6);
        var difference = Convolution.conv2d(x, w, null, longs(2, 1), longs(1, 0), longs(1), 1).sub(y);
        assertEquals(0, difference.abs().max().item(), 1e-12);
    }

    @Test
    void errorsNameTheFacts() {
        var x = Tensor.ones(1, 2, 3, 4);
        message(() -> Folding.unfold(x, longs(4), longs(1), longs(0), longs(1)), "unfold", "[3, 4]", "kernel [4, 4]");
        message(() -> Folding.unfold(x, longs(0), longs(1), longs(0), longs(1)), "unfold", "kernel [0]");
        message(() -> Folding.unfold(Tensor.ones(2), longs(1), longs(1), longs(0), longs(1)), "unfold", "[2]");
        message(() -> Folding.fold(Tensor.ones(1, 5, 6), longs(3, 4), longs(2), longs(1), longs(0), longs(1)), "fold",
                "[1, 5, 6]", "4 divides", "6 columns");
        message(() -> Folding.fold(Tensor.ones(1, 4, 5), longs(3, 4), longs(2), longs(1), longs(0), longs(1)), "fold",
                "6 columns");
        message(() -> Folding.fold(Tensor.ones(5), longs(3, 4), longs(2), longs(1), longs(0), longs(1)), "fold", "[5]");
    }

    private static void message(Executable call, String operation, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, call), operation, facts);
    }
}
