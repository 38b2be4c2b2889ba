package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.Plans;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.reliability.Garbage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatmulTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(matmul("matrices").on(dims(3, 5), dims(5, 2)).on(dims(1, 1), dims(1, 1))
                .on(dims(1, 7), dims(7, 1)).on(dims(7, 1), dims(1, 7)).on(dims(17, 3), dims(3, 4))
                .on(dims(0, 3), dims(3, 2)).on(dims(2, 3), dims(3, 0)).on(dims(2, 0), dims(0, 3))
                .on(dims(0, 0), dims(0, 0)),
                matmul("vectors").on(dims(3), dims(3)).on(dims(1), dims(1)).on(dims(0), dims(0))
                        .on(dims(3), dims(3, 4)).on(dims(2, 3), dims(3)).on(dims(0, 3), dims(3))
                        .on(dims(3), dims(2, 3, 4)).on(dims(2, 5, 3), dims(3)).on(dims(1), dims(2, 1, 1, 3)),
                matmul("one matrix for all").on(dims(2, 3, 5), dims(5, 4)).on(dims(2, 1, 3, 2), dims(2, 3))
                        .on(dims(0, 3, 5), dims(5, 4)).on(dims(2, 3, 0), dims(0, 4)).on(dims(3, 5), dims(2, 5, 4))
                        .on(dims(1, 5), dims(2, 3, 5, 1)).on(dims(3, 5), dims(0, 5, 4)),
                matmul("batches").on(dims(2, 3, 5), dims(2, 5, 4)).on(dims(1, 3, 5), dims(2, 5, 4))
                        .on(dims(2, 3, 5), dims(1, 5, 4)).on(dims(2, 1, 3, 4), dims(3, 4, 2))
                        .on(dims(2, 3, 3, 4), dims(2, 3, 4, 2)).on(dims(1, 1, 1), dims(1, 1, 1))
                        .on(dims(3, 1, 1), dims(3, 1, 7)).on(dims(3, 7, 1), dims(3, 1, 7))
                        .on(dims(3, 1, 7), dims(3, 7, 1)).on(dims(2, 3, 0), dims(2, 0, 4))
                        .on(dims(0, 3, 2), dims(0, 2, 4)).on(dims(2, 0, 2), dims(2, 2, 4))
                        .on(dims(2, 1, 2, 1, 2, 2), dims(1, 2, 1, 2, 2, 3))
                        .on(dims(2, 1, 2, 1, 2, 1, 2), dims(2, 1, 2, 1, 2, 2)),
                Case.op("Matmul.bmm(Tensor, Tensor)", in -> Matmul.bmm(in[0], in[1]))
                        .expects(in -> product(in[0], in[1])).on(dims(2, 3, 5), dims(2, 5, 4))
                        .on(dims(1, 1, 1), dims(1, 1, 1)).on(dims(5, 7, 2), dims(5, 2, 1))
                        .on(dims(0, 3, 2), dims(0, 2, 4)).on(dims(2, 3, 0), dims(2, 0, 4)));
    }

    private static Case matmul(String of) {
        return Case.op("Matmul.matmul(Tensor, Tensor)", of, in -> Matmul.matmul(in[0], in[1]))
                .expects(in -> product(in[0], in[1]));
    }

    /** The sums that define the product, over broadcast indices. */
    private static Array product(Array left, Array right) {
        boolean row = left.dims().length == 1;
        boolean column = right.dims().length == 1;
        var a = row ? new Array(Array.insert(left.dims(), 0, 1), left.values()) : left;
        var b = column ? new Array(Array.insert(right.dims(), 1, 1), right.values()) : right;
        int rank = Math.max(a.dims().length, b.dims().length);
        var dims = new int[rank];
        for (int i = 3; i <= rank; i++) {
            int x = i <= a.dims().length ? a.dims()[a.dims().length - i] : 1;
            dims[rank - i] = x == 1 && i <= b.dims().length ? b.dims()[b.dims().length - i] : x;
        }
        dims[rank - 2] = a.dims()[a.dims().length - 2];
        dims[rank - 1] = b.dims()[b.dims().length - 1];
        int inner = a.dims()[a.dims().length - 1];
        var y = Array.generate(dims, at -> {
            double sum = 0;
            for (int i = 0; i < inner; i++) {
                sum += a.at(Array.with(at, rank - 1, i)) * b.at(Array.with(at, rank - 2, i));
            }
            return sum;
        });
        var sizes = column ? Array.remove(dims, rank - 1) : dims;
        return new Array(row ? Array.remove(sizes, rank - 2) : sizes, y.values());
    }

    @Test
    void aMatrixTimesItself() {
        var x = Tensor.of(new double[]{1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3).requiresGrad(true);
        GradCheck.check(in -> in[0].matmul(in[0]), x);
        GradCheck.check(in -> in[0].t().matmul(in[0]), x);
        GradCheck.check(in -> in[0].exp().log().matmul(in[0].t()), x);
    }

    /** Sizes beyond the small products, in both types, dense and transposed: other paths, other library. */
    @ParameterizedTest
    @CsvSource({"64, 64, 64", "65, 33, 127", "1, 1000, 70", "300, 1, 300", "129, 257, 31"})
    void largeProductsAgreeToo(int m, int k, int n) {
        var generator = new Generator(m + k + n);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var a = Tensor.randn(generator, m, k).to(dtype);
            var b = Tensor.randn(generator, k, n).to(dtype);
            double[] expected = product(array(a), array(b)).values();
            double bound = (dtype == DType.FLOAT32 ? 1e-6 : 1e-14) * k;
            assertArrayEquals(expected, a.matmul(b).toDoubleArray(), bound);
            assertArrayEquals(expected, a.t().contiguous().t().matmul(b).toDoubleArray(), bound);
            assertArrayEquals(expected, a.matmul(b.t().contiguous().t()).toDoubleArray(), bound);
            assertArrayEquals(expected, b.t().matmul(a.t()).t().toDoubleArray(), bound);
        }
    }

    private static Array array(Tensor x) {
        return new Array(Arrays.stream(x.shape().toArray()).mapToInt(Math::toIntExact).toArray(), x.toDoubleArray());
    }

    @Test
    void notNumbersOfAnEarlierUseOfTheMemoryDoNotShow() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            for (int n : new int[]{3, 70}) {
                try (var _ = Scope.open()) {
                    Tensor.full(dtype, Double.NaN, 4 * n * n);
                }
                var ones = Tensor.full(dtype, 1, n, n);
                assertArrayEquals(Tensor.full(dtype, n, n, n).toDoubleArray(), ones.matmul(ones).toDoubleArray());
            }
        }
    }

    @Test
    void notNumbersPassThrough() {
        var a = Tensor.of(new double[]{Double.NaN, 0, 0, 1}, 2, 2);
        var b = Tensor.of(new double[]{0, 1, Double.POSITIVE_INFINITY, 0}, 2, 2);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            Checks.values(a.to(dtype).matmul(b.to(dtype)), Double.NaN, Double.NaN, Double.POSITIVE_INFINITY, 0);
        }
    }

    @Test
    void sizesThatDoNotFitAreNamedWithAWayOut() {
        refused(Tensor.ones(64, 784), Tensor.ones(128, 784), "[64, 784] x [128, 784]", "did you mean b.t()?");
        refused(Tensor.ones(3, 2), Tensor.ones(3, 4), "[3, 2] x [3, 4]", "did you mean a.t()?");
        refused(Tensor.ones(2, 3), Tensor.ones(4, 5), "[2, 3] x [4, 5]");
        refused(Tensor.ones(4), Tensor.ones(3, 4), "[4] x [3, 4]", "inner dimensions");
        refused(Tensor.ones(4), Tensor.ones(3), "[4] x [3]", "inner dimensions");
        refused(Tensor.ones(2, 3), Tensor.scalar(1), "[2, 3] x []", "no dimensions", "mul");
        refused(Tensor.ones(2, 2, 3), Tensor.ones(4, 3), "[2, 2, 3] x [4, 3]", "b.transpose(-1, -2)");
        refused(Tensor.ones(2, 3, 2), Tensor.ones(2, 3, 4), "[2, 3, 2] x [2, 3, 4]", "a.transpose(-1, -2)");
        refused(Tensor.ones(2, 4, 3), Tensor.ones(3, 3, 5), "[2, 4, 3] x [3, 3, 5]", "sizes 2 and 3");
        refused(Tensor.ones(0, 4, 3), Tensor.ones(3, 3, 5), "[0, 4, 3] x [3, 3, 5]", "sizes 0 and 3");
    }

    @Test
    void bmmTakesBatchesOfOneNumberOfMatrices() {
        bmmRefused(Tensor.ones(3, 4), Tensor.ones(2, 4, 5), "the first operand [3, 4]", "3 are needed");
        bmmRefused(Tensor.ones(2, 3, 4), Tensor.ones(4, 5), "the second operand [4, 5]", "3 are needed");
        bmmRefused(Tensor.ones(2, 3, 4), Tensor.ones(2, 3, 5), "[2, 3, 4] x [2, 3, 5]", "a.transpose(-1, -2)");
        bmmRefused(Tensor.ones(2, 3, 4), Tensor.ones(1, 4, 5), "2 matrices [2, 3, 4] and 1 [1, 4, 5]");
    }

    private static void bmmRefused(Tensor a, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> a.bmm(b)), "bmm", facts);
    }

    /** Heads of attention: matrices that lie between each other, seen through views. */
    @ParameterizedTest
    @CsvSource({"2, 3, 5, 4", "3, 2, 33, 16", "1, 4, 20, 8", "2, 1, 7, 3"})
    void matricesThatInterlockAreReadInPlace(int batch, int heads, int steps, int width) {
        var generator = new Generator(steps);
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var q = Tensor.randn(generator, batch, steps, heads * width).to(dtype).requiresGrad(true);
            var k = Tensor.randn(generator, batch, steps, heads * width).to(dtype).requiresGrad(true);
            var scores = heads(q, heads).matmul(heads(k, heads).transpose(-1, -2));
            var expected = product(array(heads(q, heads)), array(heads(k, heads).transpose(-1, -2)));
            double bound = (dtype == DType.FLOAT32 ? 2e-6 : 1e-14) * width;
            assertArrayEquals(expected.values(), scores.toDoubleArray(), bound);
            var weights = Tensor.randn(generator, batch, heads, steps, steps).to(dtype);
            scores.backward(weights);
            var slope = product(array(weights), array(heads(k, heads)));
            assertArrayEquals(slope.values(), heads(q.grad(), heads).toDoubleArray(), 4 * bound * steps / width);
        }
    }

    private static Tensor heads(Tensor x, int heads) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }

    /** Windows that share elements, and operands that repeat in the same dimension, are copied first. */
    @Test
    void overlappingAndRepeatedMatrices() {
        for (var dtype : new DType[]{DType.FLOAT32, DType.FLOAT64}) {
            var x = Tensor.randn(new Generator(3), 1, 3, 4).to(dtype).requiresGrad(true);
            var y = Tensor.randn(new Generator(4), 1, 4, 2).to(dtype).requiresGrad(true);
            GradCheck.check(in -> in[0].expand(5, 3, 4).matmul(in[1].expand(5, 4, 2)), x, y);
            GradCheck.check(in -> in[0].expand(5, 3, 4).bmm(in[0].expand(5, 3, 4).transpose(1, 2)), x);
            var wide = x.detach().viewAs(Shape.of(2, 3, 2), Layout.of(new long[]{2, 3, 2}, new long[]{1, 4, 1}), 0);
            var expected = product(array(wide), array(y.detach().narrow(1, 0, 2)));
            assertArrayEquals(expected.values(), wide.matmul(y.detach().narrow(1, 0, 2)).toDoubleArray(), 1e-6);
        }
    }

    @Test
    void singleRowsWithGapsBetweenThem() {
        var all = Tensor.arange(1, 11).to(DType.FLOAT32).view(2, 5);
        var column = all.narrow(1, 0, 1).view(2, 1, 1);
        var row = all.narrow(1, 1, 4).view(2, 1, 4);
        Checks.values(column.matmul(row), 2, 3, 4, 5, 42, 48, 54, 60);
        Checks.values(row.matmul(row.transpose(1, 2)), 54, 294);
    }

    @Test
    void aRepeatedStepPreparesAndAllocatesNothing() throws InterruptedException {
        Garbage.collect();
        var a = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(3, 4, 5), "a").requiresGrad(true);
        var b = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(1, 5, 6), "b").requiresGrad(true);
        try (a; b) {
            step(a, b);
            step(a, b);
            int plans = Plans.count();
            long bytes = Memory.liveBytes();
            for (int i = 0; i < 5; i++) {
                step(a, b);
            }
            assertEquals(plans, Plans.count());
            assertEquals(bytes, Memory.liveBytes());
        }
    }

    private static void step(Tensor a, Tensor b) {
        try (var _ = Scope.open()) {
            a.zeroGrad();
            b.zeroGrad();
            a.matmul(b).sum().backward();
        }
    }

    private static void refused(Tensor a, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> a.matmul(b)), "matmul", facts);
    }
}
