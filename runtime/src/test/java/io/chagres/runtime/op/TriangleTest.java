package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TriangleTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(-3, -1, 0, 1, 2, 9).flatMap(diagonal -> Stream.of(
                part(Case.op("Triangle.tril(Tensor, long)", in -> Triangle.tril(in[0], diagonal)), diagonal, true),
                part(Case.op("Triangle.triu(Tensor, long)", in -> Triangle.triu(in[0], diagonal)), diagonal, false)));
    }

    private static Case part(Case operation, int diagonal, boolean lower) {
        return operation.expects(in -> Array.generate(in[0].dims(), at -> {
            int over = at[at.length - 1] - at[at.length - 2] - diagonal;
            return (lower ? over <= 0 : over >= 0) ? in[0].at(at) : 0;
        })).anyType().on(dims(3, 5)).on(dims(5, 3)).on(dims(1, 1)).on(dims(2, 3, 3)).on(dims(0, 2)).on(dims(2, 0));
    }

    @Test
    void otherTypesAndBorders() {
        Checks.values(Tensor.ones(DType.BOOL, 2, 2).tril(), 1, 0, 1, 1);
        Checks.values(Tensor.ones(DType.INT64, 2, 2).triu(), 1, 1, 0, 1);
        Checks.values(Tensor.ones(2, 2).triu(1), 0, 1, 0, 0);
        Checks.values(Tensor.ones(2, 2).tril(-1), 0, 0, 1, 0);
        Checks.values(Tensor.ones(2, 2).tril(Long.MAX_VALUE), 1, 1, 1, 1);
        Checks.values(Tensor.ones(2, 2).tril(Long.MIN_VALUE), 0, 0, 0, 0);
        Checks.values(Tensor.ones(2, 2).triu(Long.MAX_VALUE), 0, 0, 0, 0);
        Checks.values(Tensor.ones(2, 2).triu(Long.MIN_VALUE), 1, 1, 1, 1);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(3).tril()), "tril", "[3]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.ones(3).triu(1)), "triu", "[3]");
        assertThrows(NullPointerException.class, () -> Triangle.tril(null, 0));
    }

    @Test
    @Covers({"Triangle.trilIndices(long, long, long)", "Triangle.triuIndices(long, long, long)"})
    void indices() {
        assertArrayEquals(new long[][]{{0, 1, 1, 2, 2, 2}, {0, 0, 1, 0, 1, 2}},
                (long[][]) Tensor.trilIndices(3, 3, 0).toArray());
        assertArrayEquals(new long[][]{{1, 2, 2}, {0, 0, 1}}, (long[][]) Tensor.trilIndices(3, 3, -1).toArray());
        assertArrayEquals(new long[][]{{0, 0, 1}, {1, 2, 2}}, (long[][]) Tensor.triuIndices(3, 3, 1).toArray());
        Checks.shape(Tensor.triuIndices(0, 3, 0), 2, 0);
        assertThrows(IllegalArgumentException.class, () -> Tensor.trilIndices(-1, 3, 0));
    }
}
