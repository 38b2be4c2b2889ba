package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class WritesInPlaceTest {
    private record Pair(String name, BinaryOperator<Tensor> changing, BinaryOperator<Tensor> plain) {
    }

    private static final Tensor MASK = Tensor.of(new boolean[]{true, false, true, false, false, true}, 2, 3);
    private static final Tensor ROW = Tensor.of(new boolean[]{true, false, true});
    private static final Tensor IDS = Tensor.of(new long[]{0, 1, 1, 0, 0, 1}, 2, 3);
    private static final Tensor ONE = Tensor.of(new long[]{1, 0});
    private static final Index[] BETWEEN = {Index.of(Tensor.of(new long[]{1, -1})), Index.slice(0, 2)};
    private static final Tensor[] BOTH = {Tensor.of(new long[]{1, 1, 0}), Tensor.of(new long[]{2, 2, 0})};

    private static Tensor number(Tensor y) {
        return y.select(0, 0).select(0, 1);
    }

    private static Tensor part(Tensor y) {
        return y.narrow(0, 0, 1).expand(2, 3).narrow(1, 0, 2);
    }

    /** On tensors [2, 3]. */
    private static final List<Pair> PAIRS = List.of(
            new Pair("maskedFill", (x, _) -> x.maskedFillInPlace(MASK, 7), (x, _) -> x.maskedFill(MASK, 7)),
            new Pair("maskedFill", (x, y) -> x.maskedFillInPlace(ROW, number(y)),
                    (x, y) -> x.maskedFill(ROW, number(y))),
            new Pair("maskedScatter", (x, y) -> x.maskedScatterInPlace(MASK, y), (x, y) -> x.maskedScatter(MASK, y)),
            new Pair("maskedScatter", (x, y) -> x.maskedScatterInPlace(ROW, y), (x, y) -> x.maskedScatter(ROW, y)),
            new Pair("scatter", (x, y) -> x.scatterInPlace(0, IDS, y), (x, y) -> x.scatter(0, IDS, y)),
            new Pair("scatter", (x, _) -> x.scatterInPlace(1, IDS, 5), (x, _) -> x.scatter(1, IDS, 5)),
            new Pair("scatterAdd", (x, y) -> x.scatterAddInPlace(1, IDS, y), (x, y) -> x.scatterAdd(1, IDS, y)),
            new Pair("indexAdd", (x, y) -> x.indexAddInPlace(0, ONE, y), (x, y) -> x.indexAdd(0, ONE, y)),
            new Pair("indexAdd", (x, y) -> x.indexAddInPlace(-2, ONE, y, 3),
                    (x, y) -> IndexWrites.indexAdd(x, 0, ONE, y, 3)),
            new Pair("indexCopy", (x, y) -> x.indexCopyInPlace(0, ONE, y), (x, y) -> x.indexCopy(0, ONE, y)),
            new Pair("indexFill", (x, _) -> x.indexFillInPlace(1, ONE, 5), (x, _) -> x.indexFill(1, ONE, 5)),
            new Pair("indexFill", (x, y) -> x.indexFillInPlace(1, ONE, number(y)),
                    (x, y) -> x.indexFill(1, ONE, number(y))),
            new Pair("indexPut", (x, y) -> x.indexPutInPlace(BETWEEN, part(y), false),
                    (x, y) -> Indexing.indexPut(x, BETWEEN, part(y), false)),
            new Pair("indexPut", (x, y) -> x.indexPutInPlace(BETWEEN, part(y), true),
                    (x, y) -> Indexing.indexPut(x, BETWEEN, part(y), true)),
            new Pair("indexPut", (x, y) -> x.indexPutInPlace(BOTH, y.select(0, 1), true),
                    (x, y) -> Indexing.indexPut(x, BOTH, y.select(0, 1), true)),
            new Pair("indexPut", (x, y) -> x.indexPutInPlace(new Index[]{Index.at(1)}, y.select(0, 1), false),
                    (x, y) -> Indexing.indexPut(x, new Index[]{Index.at(1)}, y.select(0, 1), false)));

    private static final List<UnaryOperator<Tensor>> WHOLES = List.of(x -> x.clone(), x -> x.t().contiguous().t(),
            x -> Joins.cat(1, x.mul(0), x, x.mul(0)).narrow(1, 3, 3));

    private static Tensor of(DType dtype) {
        return Tensor.of(new double[]{0.5, 1, 2, 1.5, 0.75, 3}, 2, 3).to(dtype);
    }

    private static Tensor other(DType dtype) {
        return Tensor.of(new double[]{2, 0.5, 1, 4, 3, 1}, 2, 3).to(dtype);
    }

    @Test
    @Covers({"WritesInPlace.maskedFill(Tensor, Tensor, double)", "WritesInPlace.maskedFill(Tensor, Tensor, Tensor)",
            "WritesInPlace.maskedScatter(Tensor, Tensor, Tensor)",
            "WritesInPlace.scatter(Tensor, int, Tensor, Tensor)", "WritesInPlace.scatter(Tensor, int, Tensor, double)",
            "WritesInPlace.scatterAdd(Tensor, int, Tensor, Tensor)",
            "WritesInPlace.indexAdd(Tensor, int, Tensor, Tensor, double)",
            "WritesInPlace.indexCopy(Tensor, int, Tensor, Tensor)",
            "WritesInPlace.indexFill(Tensor, int, Tensor, double)",
            "WritesInPlace.indexFill(Tensor, int, Tensor, Tensor)",
            "WritesInPlace.indexPut(Tensor, Index[], Tensor, boolean)",
            "WritesInPlace.indexPut(Tensor, Tensor[], Tensor, boolean)"})
    void sameElementsAsWithNewResults() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.INT32)) {
            for (var pair : PAIRS) {
                var expected = pair.plain.apply(of(dtype), other(dtype));
                for (var whole : WHOLES) {
                    var target = whole.apply(of(dtype));
                    assertSame(target, pair.changing.apply(target, other(dtype)));
                    assertArrayEquals(expected.toDoubleArray(), target.toDoubleArray(), pair.name + " " + dtype);
                }
            }
        }
    }

    @Test
    void sameGradientsAsWithNewResults() {
        for (var pair : PAIRS) {
            for (var through : List.<UnaryOperator<Tensor>>of(x -> x, x -> x.t().t(), x -> x.narrow(0, 1, 2))) {
                GradCheck.check(in -> {
                    var rows = in[0].mul(1.1);
                    var target = Joins.vstack(rows.narrow(0, 0, 1), rows);
                    var seen = target.size(0) == through.apply(target).size(0)
                            ? through.apply(target).narrow(0, 0, 2)
                            : through.apply(target);
                    pair.changing.apply(seen, in[1]);
                    return target.square();
                }, of(DType.FLOAT64).requiresGrad(true), other(DType.FLOAT64).requiresGrad(true));
            }
        }
    }

    @Test
    void leavesAreRefusedAndChangesNoticed() {
        for (var pair : PAIRS) {
            var leaf = of(DType.FLOAT32).requiresGrad(true);
            message(IllegalStateException.class, () -> pair.changing.apply(leaf, other(DType.FLOAT32)), pair.name,
                    "a leaf [2, 3]", "noGrad()");
            var y = leaf.mul(2);
            var loss = y.square().sum();
            try (var _ = Autograd.noGrad()) {
                pair.changing.apply(y, other(DType.FLOAT32));
            }
            Checks.named(assertThrows(IllegalStateException.class, loss::backward), "square was changed in place");
        }
    }

    @Test
    void errorsNameThem() {
        for (var pair : PAIRS) {
            message(IllegalStateException.class,
                    () -> pair.changing.apply(Checks.closed(2, 3), other(DType.FLOAT32)), pair.name, "closed");
            message(IllegalArgumentException.class,
                    () -> pair.changing.apply(Tensor.ones(1, 3).expand(2, 3), other(DType.FLOAT32)), pair.name,
                    "expanded");
        }
        var x = of(DType.FLOAT32);
        message(IllegalArgumentException.class, () -> x.maskedFillInPlace(Tensor.ones(2, 3), 1), "maskedFill", "BOOL");
        message(IllegalArgumentException.class, () -> x.select(0, 0).maskedFillInPlace(MASK, 1), "maskedFill",
                "[2, 3]", "larger");
        message(IllegalArgumentException.class, () -> x.maskedScatterInPlace(MASK, Tensor.ones(2)), "maskedScatter",
                "3 true", "[2]");
        message(IndexOutOfBoundsException.class, () -> x.scatterInPlace(0, IDS.mul(2), x.clone()), "scatter",
                "2");
        message(IllegalArgumentException.class, () -> x.scatterAddInPlace(0, IDS, other(DType.FLOAT64)), "scatterAdd",
                "FLOAT64");
        message(IndexOutOfBoundsException.class, () -> x.indexAddInPlace(0, ONE.mul(4), x.clone()), "indexAdd", "4");
        message(IllegalArgumentException.class, () -> x.indexCopyInPlace(0, ONE, x.select(0, 0)), "indexCopy", "[3]");
        message(IndexOutOfBoundsException.class, () -> x.indexFillInPlace(2, ONE, 1), "indexFill", "2");
        message(IllegalArgumentException.class,
                () -> x.indexPutInPlace(BOTH, Tensor.ones(4), false), "indexPut", "[4]");
    }

    @Test
    void sourcesThatShareMemoryAreReadFirst() {
        var x = Tensor.arange(4);
        x.indexCopyInPlace(0, Tensor.of(new long[]{3, 2, 1, 0}), x);
        Checks.values(x, 3, 2, 1, 0);
        x.scatterInPlace(0, x, x.mul(10));
        Checks.values(x, 0, 10, 20, 30);
        x.narrow(0, 1, 3).maskedScatterInPlace(Tensor.full(DType.BOOL, 1, 3), x);
        Checks.values(x, 0, 0, 10, 20);
    }

    // ---- Random numbers

    @Test
    @Covers({"Draw.uniform(Tensor, Generator, double, double)", "Draw.normal(Tensor, Generator, double, double)",
            "Draw.bernoulli(Tensor, Generator, double)"})
    void randomNumbers() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
            var x = Tensor.full(dtype, 9, 300, 40);
            x.uniformInPlace(new Generator(1), -2, 3);
            double most = x.max().item();
            double least = x.min().item();
            assertTrue(least >= -2 && least < -1.99 && most < 3 && most > 2.9, dtype.toString());
            assertEquals(0.5, x.to(DType.FLOAT64).mean().item(), 0.03);
            x.normalInPlace(new Generator(2), 5, 0.5);
            assertEquals(5, x.to(DType.FLOAT64).mean().item(), 0.02);
            assertEquals(0.5, x.to(DType.FLOAT64).std().item(), 0.02);
            x.bernoulliInPlace(new Generator(3), 0.25);
            assertEquals(0.25, x.to(DType.FLOAT64).mean().item(), 0.02);
        }
        assertArrayEquals(Tensor.uniform(new Generator(5), 0, 1, 7).toFloatArray(),
                Tensor.ones(7).uniformInPlace(new Generator(5), 0, 1).toFloatArray());
        assertArrayEquals(Tensor.normal(new Generator(5), 1, 2, 7).toFloatArray(),
                Tensor.ones(7).normalInPlace(new Generator(5), 1, 2).toFloatArray());
        assertTrue(Tensor.full(DType.INT64, 5, 100).bernoulliInPlace(0.5).max().item() == 1);
        Generator.seed(4);
        var a = Tensor.ones(5).uniformInPlace(0, 1).normalInPlace(0, 1);
        Generator.seed(4);
        assertArrayEquals(a.toFloatArray(), Tensor.ones(5).uniformInPlace(0, 1).normalInPlace(0, 1).toFloatArray());
    }

    @Test
    void randomNumbersThroughViewsAndForGradients() {
        var x = Tensor.ones(2, 3);
        x.t().narrow(0, 1, 2).uniformInPlace(new Generator(6), 2, 3);
        assertArrayEquals(new float[]{1, 1}, x.select(1, 0).toFloatArray());
        var drawn = Tensor.uniform(new Generator(6), 2, 3, 2, 2);
        assertArrayEquals(drawn.toFloatArray(), x.t().narrow(0, 1, 2).toFloatArray());
        var leaf = Tensor.ones(4).requiresGrad(true);
        message(IllegalStateException.class, () -> leaf.normalInPlace(0, 1), "normal", "a leaf [4]");
        var y = leaf.mul(3);
        y.narrow(0, 1, 2).uniformInPlace(0, 1);
        y.sum().backward();
        assertArrayEquals(new float[]{3, 0, 0, 3}, leaf.grad().toFloatArray());
        var z = leaf.mul(3).normalInPlace(0, 1);
        leaf.zeroGrad();
        z.sum().backward();
        assertNull(leaf.grad());
        assertFalse(Tensor.ones(2).normalInPlace(0, 1).requiresGrad());
    }

    @Test
    void refusedRandomNumbers() {
        var x = Tensor.ones(2);
        message(IllegalArgumentException.class, () -> x.uniformInPlace(1, 0), "uniform", "1.0", "0.0");
        message(IllegalArgumentException.class, () -> x.normalInPlace(1, -1), "normal", "-1.0");
        message(IllegalArgumentException.class, () -> x.bernoulliInPlace(1.5), "bernoulli", "1.5");
        message(IllegalArgumentException.class, () -> x.to(DType.INT64).normalInPlace(0, 1), "normal", "INT64");
        message(IllegalArgumentException.class, () -> x.to(DType.INT64).uniformInPlace(0, 1), "uniform", "INT64");
        message(NullPointerException.class, () -> x.uniformInPlace(null, 0, 1), "uniform", "null");
        message(IllegalArgumentException.class, () -> Tensor.ones(1).expand(3).normalInPlace(0, 1), "normal",
                "expanded");
    }

    private static void message(Class<? extends Exception> type, Executable call, String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation + "InPlace", facts);
    }
}
