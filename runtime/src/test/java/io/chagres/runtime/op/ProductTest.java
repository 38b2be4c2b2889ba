package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProductTest extends OpTest {
    private static final Values SOME_ZEROS = (random, index) -> Arrays.stream(index).sum() % 4 == 1
            ? 0
            : 0.5 + random.nextDouble();

    @Override
    Stream<Case> cases() {
        return Stream.concat(product(Values.awayFromZero(0.5)), product(SOME_ZEROS));
    }

    private static Stream<Case> product(Values values) {
        return Reductions.cases("Product.prod", Product::prod, Product::prod, Product::prod,
                v -> Arrays.stream(v).reduce(1, (a, b) -> a * b), c -> c.anyType().drawn(values));
    }

    @Test
    void gradientsWithOneZeroAndWithTwo() {
        var x = Tensor.of(new double[]{2, 0, 3, 4, 0, 0}).view(2, 3).requiresGrad(true);
        x.prod(1, false).sum().backward();
        Checks.values(x.grad(), 0, 6, 0, 0, 0, 0);
    }

    @Test
    void integersGiveInt64() {
        for (var dtype : new DType[]{DType.INT32, DType.UINT8, DType.INT64}) {
            var y = Tensor.full(dtype, 3, 3, 40).prod(1, false);
            Checks.type(DType.INT64, y);
            long power = 1;
            for (int i = 0; i < 40; i++) {
                power *= 3;
            }
            assertArrayEquals(new long[]{power, power, power}, y.toLongArray());
        }
        assertEquals(0, Tensor.of(new long[]{1, 0}).to(DType.BOOL).prod().item());
    }
}
