package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShufflesTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                Case.op("Shuffles.pixelShuffle(Tensor, long)", "2", in -> Shuffles.pixelShuffle(in[0], 2))
                        .expects(in -> shuffled(in[0], 2)).on(dims(2, 8, 3, 2)).on(dims(4, 1, 3)).on(dims(0, 4, 2, 2)),
                Case.op("Shuffles.pixelUnshuffle(Tensor, long)", "2", in -> Shuffles.pixelUnshuffle(in[0], 2))
                        .expects(in -> unshuffled(in[0], 2)).on(dims(2, 3, 4, 2)).on(dims(1, 2, 6)),
                Case.op("Shuffles.channelShuffle(Tensor, long)", "3", in -> Shuffles.channelShuffle(in[0], 3))
                        .expects(in -> Array.generate(in[0].dims(), at -> {
                            int each = in[0].dims()[1] / 3;
                            return in[0].at(Array.with(at, 1, at[1] % 3 * each + at[1] / 3));
                        })).on(dims(2, 6, 3, 2)).on(dims(1, 3, 4)).on(dims(2, 12, 1, 2, 1)).on(dims(0, 3, 2, 2)));
    }

    private static Array shuffled(Array x, int r) {
        int rank = x.dims().length;
        var to = x.dims().clone();
        to[rank - 3] /= r * r;
        to[rank - 2] *= r;
        to[rank - 1] *= r;
        return Array.generate(to, at -> {
            var from = at.clone();
            from[rank - 3] = at[rank - 3] * r * r + at[rank - 2] % r * r + at[rank - 1] % r;
            from[rank - 2] /= r;
            from[rank - 1] /= r;
            return x.at(from);
        });
    }

    private static Array unshuffled(Array x, int r) {
        int rank = x.dims().length;
        var to = x.dims().clone();
        to[rank - 3] *= r * r;
        to[rank - 2] /= r;
        to[rank - 1] /= r;
        return Array.generate(to, at -> {
            var from = at.clone();
            from[rank - 3] = at[rank - 3] / (r * r);
            from[rank - 2] = at[rank - 2] * r + at[rank - 3] / r % r;
            from[rank - 1] = at[rank - 1] * r + at[rank - 3] % r;
            return x.at(from);
        });
    }

    @Test
    void channelsThatLieInnermostStaySo() {
        var x = Tensor.arange(2 * 8 * 3 * 2).to(io.chagres.runtime.tensor.DType.FLOAT32).view(2, 8, 3, 2);
        var y = Shuffles.pixelShuffle(x.channelsLast(), 2);
        assertTrue(y.isChannelsLast());
        assertArrayEquals(Shuffles.pixelShuffle(x, 2).toFloatArray(), y.toFloatArray());
        var back = Shuffles.pixelUnshuffle(y, 2);
        assertTrue(back.isChannelsLast());
        assertArrayEquals(x.toFloatArray(), back.toFloatArray());
    }

    @Test
    void channelsAreShuffledAsInPyTorch() {
        var x = Tensor.arange(12).to(io.chagres.runtime.tensor.DType.FLOAT32).view(1, 6, 1, 2);
        var y = Shuffles.channelShuffle(x, 2);
        Checks.values(y, 0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11);
        var last = Shuffles.channelShuffle(x.channelsLast(), 2);
        assertTrue(last.isChannelsLast());
        assertArrayEquals(y.toFloatArray(), last.toFloatArray());
    }

    @Test
    void whatDoesNotFit() {
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Shuffles.channelShuffle(Tensor.ones(1, 5, 2), 2)),
                "channelShuffle", "[1, 5, 2]", "5 channels");
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Shuffles.channelShuffle(Tensor.ones(4, 2), 2)),
                "channelShuffle", "[4, 2]");
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Shuffles.pixelShuffle(Tensor.ones(6, 2, 2), 2)),
                "pixelShuffle", "[6, 2, 2]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Shuffles.pixelShuffle(Tensor.ones(4, 2), 2)),
                "pixelShuffle", "[4, 2]");
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Shuffles.pixelUnshuffle(Tensor.ones(1, 2, 3), 2)),
                "pixelUnshuffle", "[1, 2, 3]");
    }
}
