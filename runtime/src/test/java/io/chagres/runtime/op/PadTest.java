package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PadTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                pad(0.5, 1, 2).on(dims(2, 3)).on(dims(4)).on(dims(2, 0)),
                pad(-1, 1, 0, 2, 1).on(dims(2, 3)).on(dims(2, 3, 4)),
                pad(0.5, -1, 1).on(dims(2, 3)), pad(0.5, -1, -2, 0, -1).on(dims(2, 3)),
                pad(0.5, 0, 0, 3, -2).on(dims(3, 2)),
                pad(0.5).on(dims(2, 3)).on(dims()),
                Case.op("Pad.pad(Tensor, long[])", in -> Pad.pad(in[0], 1, 1)).expects(in -> padded(in[0], 0, 1, 1))
                        .on(dims(2, 3)),
                pad(Pad.Mode.REFLECT, 1, 2).on(dims(2, 3)).on(dims(4)),
                pad(Pad.Mode.REFLECT, 2, 0, 1, 1).on(dims(2, 3)),
                pad(Pad.Mode.REPLICATE, 1, 5).on(dims(2, 3)).on(dims(1)),
                pad(Pad.Mode.REPLICATE, 2, 0, 1, 4).on(dims(2, 3)),
                pad(Pad.Mode.CIRCULAR, 3, 2).on(dims(2, 3)).on(dims(3)),
                pad(Pad.Mode.CIRCULAR, 2, 0, 1, 2).on(dims(2, 3)),
                pad(Pad.Mode.CIRCULAR, 0, 0).on(dims(2, 3)))
                .map(Case::anyType);
    }

    private static Case pad(double value, int... pads) {
        return Case.op("Pad.pad(Tensor, long[], double)", Arrays.toString(pads),
                in -> Pad.pad(in[0], Array.longs(pads), value)).expects(in -> padded(in[0], value, pads));
    }

    private static int[] larger(Array x, int... pads) {
        var to = x.dims().clone();
        for (int i = 0; i < pads.length; i++) {
            to[to.length - 1 - i / 2] += pads[i];
        }
        return to;
    }

    private static Array padded(Array x, double value, int... pads) {
        return Array.generate(larger(x, pads), at -> {
            var from = at.clone();
            for (int i = 0; i < pads.length; i += 2) {
                int axis = at.length - 1 - i / 2;
                from[axis] -= pads[i];
                if (from[axis] < 0 || from[axis] >= x.dims()[axis]) {
                    return value;
                }
            }
            return x.at(from);
        });
    }

    private static Case pad(Pad.Mode mode, int... pads) {
        return Case.op("Pad.pad(Tensor, long[], Mode)", mode + Arrays.toString(pads),
                in -> Pad.pad(in[0], Array.longs(pads), mode)).expects(in -> Array.generate(larger(in[0], pads), at -> {
                    var from = at.clone();
                    for (int i = 0; i < pads.length; i += 2) {
                        int axis = at.length - 1 - i / 2;
                        int size = in[0].dims()[axis];
                        int place = at[axis] - pads[i];
                        from[axis] = switch (mode) {
                            case REFLECT -> size - 1 - Math.abs(size - 1 - Math.abs(place));
                            case REPLICATE -> Math.max(0, Math.min(size - 1, place));
                            case CIRCULAR -> (place + size) % size;
                        };
                    }
                    return in[0].at(from);
                }));
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{0, 1, 1}).to(dtype);
        Checks.values(x.pad(1, 1), 0, 0, 1, 1, 0);
        Checks.values(x.pad(new long[]{0, 2}, 1), 0, 1, 1, 1, 1);
        Checks.values(x.pad(new long[]{2, 1}, Pad.Mode.REFLECT), 1, 1, 0, 1, 1, 1);
        Checks.values(x.pad(new long[]{2, 1}, Pad.Mode.REPLICATE), 0, 0, 0, 1, 1, 1);
        Checks.values(x.pad(new long[]{2, 1}, Pad.Mode.CIRCULAR), 1, 1, 0, 1, 1, 0);
    }

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        message(IllegalArgumentException.class, () -> x.pad(1), "pad", "[1]", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.pad(1, 1, 1, 1, 1, 1), "pad", "[2, 3]");
        message(IllegalArgumentException.class, () -> x.pad(-2, -2), "pad", "[-2, -2]", "dimension 1");
        message(IllegalArgumentException.class, () -> x.pad(Long.MAX_VALUE, 1), "pad", "too much");
        message(IllegalArgumentException.class, () -> x.pad(Long.MIN_VALUE, 1), "pad", "too much");
        message(IllegalArgumentException.class, () -> x.pad(new long[]{3, 0}, Pad.Mode.REFLECT), "pad", "REFLECT");
        message(IllegalArgumentException.class, () -> x.pad(new long[]{0, 4}, Pad.Mode.CIRCULAR), "pad", "CIRCULAR");
        message(IllegalArgumentException.class, () -> x.pad(new long[]{-1, 0}, Pad.Mode.REPLICATE), "pad", "[-1, 0]");
        message(IllegalArgumentException.class, () -> Tensor.ones(0).pad(new long[]{1, 0}, Pad.Mode.REPLICATE), "pad",
                "[0]");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
