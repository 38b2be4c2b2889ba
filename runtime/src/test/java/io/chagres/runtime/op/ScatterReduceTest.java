package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScatterReduceTest extends OpTest {
    private static final long[] IDS = {1, 0, 1, 1, 2, 0};

    @Override
    Stream<Case> cases() {
        return Stream.of(ScatterReduce.Reduction.values()).flatMap(r -> Stream.of(true, false).map(self -> Case
                .op("ScatterReduce.scatterReduce(Tensor, int, Tensor, Tensor, Reduction, boolean)", r + " " + self,
                        in -> ScatterReduce.scatterReduce(in[0], 0, index(in[1] == null ? 1 : in[1].rank()), in[1], r,
                                self))
                .expects(in -> reduced(in[0], in[1], r, self)).drawn(Values.awayFromZero(0.2)).anyType()
                .on(dims(4, 2), dims(6, 2)).on(dims(3), dims(6)).on(dims(5, 2), dims(7, 3))));
    }

    private static Tensor index(int rank) {
        var ids = Tensor.of(IDS);
        return rank == 1 ? ids : ids.unsqueeze(1).expand(6, 2);
    }

    private static Array reduced(Array x, Array source, ScatterReduce.Reduction reduction, boolean self) {
        return Array.generate(x.dims(), at -> {
            var all = DoubleStream.builder();
            int count = 0;
            for (int i = 0; i < IDS.length; i++) {
                if (IDS[i] == at[0]) {
                    all.add(source.at(Array.with(at, 0, i)));
                    count++;
                }
            }
            if (self || count == 0) {
                all.add(x.at(at));
            }
            var values = all.build();
            return switch (reduction) {
                case SUM -> values.sum();
                case PROD -> values.reduce(1, (a, b) -> a * b);
                case MEAN -> values.average().getAsDouble();
                case AMAX -> values.max().getAsDouble();
                case AMIN -> values.min().getAsDouble();
            };
        });
    }

    /** As PyTorch documents them. */
    @Test
    void gradientsOfEqualsAndZeros() {
        var x = Tensor.of(new double[]{3, 1}).requiresGrad(true);
        var source = Tensor.of(new double[]{3, 3, 0, 2}).requiresGrad(true);
        var ids = Tensor.of(new long[]{0, 0, 1, 1});
        x.scatterReduce(0, ids, source, ScatterReduce.Reduction.AMAX, true).sum().backward();
        assertArrayEquals(new double[]{1 / 3., 0}, x.grad().toDoubleArray(), 1e-15);
        assertArrayEquals(new double[]{1 / 3., 1 / 3., 0, 1}, source.grad().toDoubleArray(), 1e-15);
        x.zeroGrad();
        source.zeroGrad();
        x.scatterReduce(0, ids, source, ScatterReduce.Reduction.PROD, true).sum().backward();
        Checks.values(x.grad(), 9, 0);
        Checks.values(source.grad(), 9, 9, 2, 0);
        x.zeroGrad();
        source.zeroGrad();
        x.scatterReduce(0, ids, source, ScatterReduce.Reduction.AMAX, false).sum().backward();
        Checks.values(x.grad(), 0, 0);
        Checks.values(source.grad(), 0.5, 0.5, 0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void everyType(DType dtype) {
        var x = Tensor.of(new double[]{1, 0, 1}).to(dtype);
        var source = Tensor.of(new double[]{0, 1, 1}).to(dtype);
        var ids = Tensor.of(new long[]{0, 1, 1});
        Checks.values(x.scatterReduce(0, ids, source, ScatterReduce.Reduction.AMIN, true), 0, 0, 1);
        Checks.values(x.scatterReduce(0, ids, source, ScatterReduce.Reduction.AMAX, false), 0, 1, 1);
        Checks.values(x.scatterReduce(0, ids, source, ScatterReduce.Reduction.PROD, false), 0, 1, 1);
        Checks.type(dtype, x.scatterReduce(0, ids, source, ScatterReduce.Reduction.MEAN, true));
    }

    @Test
    void meansOfIntegersAreRoundedDown() {
        var x = Tensor.of(new long[]{-3, 7});
        Checks.values(x.scatterReduce(0, Tensor.of(new long[]{0, 1}), Tensor.of(new long[]{-2, 2}),
                ScatterReduce.Reduction.MEAN, true), -3, 4);
        Checks.values(Tensor.scalar(2).scatterReduce(0, Tensor.of(new long[]{0, 0}), Tensor.of(new float[]{3, 4}),
                ScatterReduce.Reduction.PROD, true), 24);
        message(IndexOutOfBoundsException.class, () -> x.scatterReduce(0, Tensor.of(new long[]{2}),
                Tensor.of(new long[]{1}), ScatterReduce.Reduction.SUM, true), "scatterReduce", "index 2", "[2]");
        message(NullPointerException.class, () -> x.scatterReduce(0, Tensor.of(new long[]{0}), x, null, true),
                "scatterReduce", "reduction");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
