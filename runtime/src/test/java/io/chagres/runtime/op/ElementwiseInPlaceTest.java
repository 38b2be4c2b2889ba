package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ElementwiseInPlaceTest {
    private record Pair(String name, BinaryOperator<Tensor> changing, BinaryOperator<Tensor> plain) {
    }

    private static Pair one(String name, UnaryOperator<Tensor> changing, UnaryOperator<Tensor> plain) {
        return new Pair(name, (x, _) -> changing.apply(x), (x, _) -> plain.apply(x));
    }

    private static final List<Pair> PAIRS = List.of(one("abs", Tensor::absInPlace, Tensor::abs),
            one("neg", Tensor::negInPlace, Tensor::neg), one("square", Tensor::squareInPlace, Tensor::square),
            one("sqrt", Tensor::sqrtInPlace, Tensor::sqrt), one("rsqrt", Tensor::rsqrtInPlace, Tensor::rsqrt),
            one("reciprocal", Tensor::reciprocalInPlace, Tensor::reciprocal),
            one("relu", Tensor::reluInPlace, Tensor::relu), one("exp", Tensor::expInPlace, Tensor::exp),
            one("log", Tensor::logInPlace, Tensor::log), one("sigmoid", Tensor::sigmoidInPlace, Tensor::sigmoid),
            one("tanh", Tensor::tanhInPlace, Tensor::tanh), one("floor", Tensor::floorInPlace, Tensor::floor),
            one("ceil", Tensor::ceilInPlace, Tensor::ceil), one("round", Tensor::roundInPlace, Tensor::round),
            one("trunc", Tensor::truncInPlace, Tensor::trunc),
            one("pow", x -> x.powInPlace(2), x -> x.pow(2)), one("pow", x -> x.powInPlace(2.0), x -> x.pow(2.0)),
            one("pow", x -> x.powInPlace(1.7), x -> x.pow(1.7)),
            new Pair("pow", Tensor::powInPlace, Tensor::pow),
            one("clamp", x -> x.clampInPlace(0.75, 1.75), x -> x.clamp(0.75, 1.75)),
            one("clamp", x -> x.clampInPlace(1, 2), x -> x.clamp(1, 2)),
            new Pair("clamp", (x, y) -> x.clampInPlace(y.mul(0.5), y), (x, y) -> x.clamp(y.mul(0.5), y)),
            new Pair("clamp", (x, y) -> x.clampInPlace(y, null), (x, y) -> x.clamp(y, null)),
            new Pair("clamp", (x, y) -> x.clampInPlace(null, y), (x, y) -> x.clamp(null, y)),
            one("clampMin", x -> x.clampMinInPlace(1.25), x -> x.clampMin(1.25)),
            one("clampMax", x -> x.clampMaxInPlace(1.25), x -> x.clampMax(1.25)),
            new Pair("lerp", (x, y) -> x.lerpInPlace(y, 0.3), (x, y) -> x.lerp(y, 0.3)),
            new Pair("lerp", (x, y) -> x.lerpInPlace(y.exp(), y), (x, y) -> x.lerp(y.exp(), y)),
            new Pair("addcmul", (x, y) -> x.addcmulInPlace(y, y.exp()), (x, y) -> x.addcmul(y, y.exp())),
            new Pair("addcmul", (x, y) -> x.addcmulInPlace(y, y.exp(), 3), (x, y) -> x.addcmul(y, y.exp(), 3)),
            new Pair("addcdiv", (x, y) -> x.addcdivInPlace(y, y.exp()), (x, y) -> x.addcdiv(y, y.exp())),
            new Pair("addcdiv", (x, y) -> x.addcdivInPlace(y, y.exp(), 3), (x, y) -> x.addcdiv(y, y.exp(), 3)));

    private static final List<UnaryOperator<Tensor>> VIEWS = List.of(x -> x, Tensor::t, x -> x.narrow(1, 1, 2),
            x -> x.select(0, 1), x -> x.select(1, 1), x -> x.narrow(0, 1, 0), x -> x.select(0, 0).select(0, 2),
            x -> x.unsqueeze(1).permute(2, 1, 0).narrow(0, 0, 2));

    private static Tensor of(DType dtype) {
        return Tensor.of(new double[]{0.5, 1, 2, 1.5, 0.75, 3}, 2, 3).to(dtype);
    }

    private static Tensor other(DType dtype) {
        return Tensor.of(new double[]{2, 0.5, 1, 4, 3, 1}, 2, 3).to(dtype);
    }

    @Test
    @Covers({"ElementwiseInPlace.abs(Tensor)", "ElementwiseInPlace.neg(Tensor)", "ElementwiseInPlace.square(Tensor)",
            "ElementwiseInPlace.sqrt(Tensor)", "ElementwiseInPlace.rsqrt(Tensor)",
            "ElementwiseInPlace.reciprocal(Tensor)", "ElementwiseInPlace.relu(Tensor)",
            "ElementwiseInPlace.exp(Tensor)", "ElementwiseInPlace.log(Tensor)", "ElementwiseInPlace.sigmoid(Tensor)",
            "ElementwiseInPlace.tanh(Tensor)", "ElementwiseInPlace.floor(Tensor)", "ElementwiseInPlace.ceil(Tensor)",
            "ElementwiseInPlace.round(Tensor)", "ElementwiseInPlace.trunc(Tensor)",
            "ElementwiseInPlace.pow(Tensor, Tensor)", "ElementwiseInPlace.pow(Tensor, double)",
            "ElementwiseInPlace.pow(Tensor, long)", "ElementwiseInPlace.clamp(Tensor, double, double)",
            "ElementwiseInPlace.clamp(Tensor, long, long)", "ElementwiseInPlace.clamp(Tensor, Tensor, Tensor)",
            "ElementwiseInPlace.clampMin(Tensor, double)", "ElementwiseInPlace.clampMax(Tensor, double)",
            "ElementwiseInPlace.lerp(Tensor, Tensor, double)", "ElementwiseInPlace.lerp(Tensor, Tensor, Tensor)",
            "ElementwiseInPlace.addcmul(Tensor, Tensor, Tensor, double)",
            "ElementwiseInPlace.addcdiv(Tensor, Tensor, Tensor, double)"})
    void sameNumbersAsWithNewResults() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
            for (var pair : PAIRS) {
                for (var view : VIEWS) {
                    var target = of(dtype);
                    var operand = view.apply(other(dtype));
                    var whole = of(dtype);
                    view.apply(whole).copyFrom(pair.plain.apply(view.apply(of(dtype)), operand));
                    var seen = view.apply(target);
                    assertSame(seen, pair.changing.apply(seen, operand));
                    assertArrayEquals(whole.toDoubleArray(), target.toDoubleArray(), 1e-7, pair.name + " " + dtype);
                }
            }
        }
    }

    @Test
    void operandsThatAreBroadcastOrOfOtherTypes() {
        for (var pair : PAIRS) {
            for (UnaryOperator<Tensor> operand : List.<UnaryOperator<Tensor>>of(x -> x.select(0, 1),
                    x -> x.narrow(1, 0, 1), x -> x.to(DType.FLOAT64), x -> x.to(DType.INT32).add(1))) {
                var y = operand.apply(other(DType.FLOAT32));
                var target = of(DType.FLOAT32);
                pair.changing.apply(target, y);
                assertArrayEquals(pair.plain.apply(of(DType.FLOAT32), y).toFloatArray(), target.toFloatArray(), 1e-6f,
                        pair.name);
            }
        }
    }

    /** Long rows, many rows, columns, and dimensions the other way round, whatever the number of threads. */
    @Test
    void largeTensorsThroughViews() {
        var views = List.<UnaryOperator<Tensor>>of(x -> x, Tensor::t, x -> x.narrow(1, 7, 300),
                x -> x.narrow(1, 7, 3), x -> x.slice(1, 0, 500, 2), x -> x.t().narrow(0, 3, 41),
                x -> x.slice(0, 1, 300, 3).slice(1, 2, 400, 5), x -> x.view(10, 30, 500).permute(2, 0, 1),
                x -> x.view(10, 30, 500).permute(1, 0, 2).narrow(2, 1, 400));
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.INT64, DType.FLOAT16)) {
            var start = Tensor.randn(new Generator(3), 300, 500).mul(100).to(dtype);
            var more = Tensor.randn(new Generator(4), 300, 500).mul(100).to(dtype);
            for (var view : views) {
                for (var turned : List.<UnaryOperator<Tensor>>of(x -> x, x -> x.contiguous(),
                        x -> x.transpose(0, -1).contiguous().transpose(0, -1))) {
                    var expected = start.clone();
                    var y = turned.apply(view.apply(more));
                    view.apply(expected).copyFrom(view.apply(start).add(y));
                    for (int threads = 1; threads <= Math.min(2, Threads.limit()); threads++) {
                        try (var _ = Threads.share(threads)) {
                            var target = start.clone();
                            view.apply(target).addInPlace(y);
                            assertTrue(Compare.equal(expected, target), dtype.toString());
                        }
                    }
                }
            }
        }
    }

    @Test
    void sameGradientsAsWithNewResults() {
        for (var pair : PAIRS) {
            for (var through : List.<UnaryOperator<Tensor>>of(x -> x, Tensor::t, x -> x.narrow(1, 0, 2))) {
                GradCheck.check(in -> {
                    var target = in[0].mul(1.1);
                    pair.changing.apply(through.apply(target), through.apply(in[1]));
                    return target.mul(1.5);
                }, of(DType.FLOAT64).requiresGrad(true), other(DType.FLOAT64).mul(0.9).requiresGrad(true));
            }
        }
    }

    @Test
    void leavesOfWhichAGradientIsWantedAreRefused() {
        for (var pair : PAIRS) {
            var leaf = of(DType.FLOAT32).requiresGrad(true);
            message(IllegalStateException.class, () -> pair.changing.apply(leaf, other(DType.FLOAT32)),
                    pair.name + "InPlace", "a leaf [2, 3]", "noGrad()");
            message(IllegalStateException.class, () -> pair.changing.apply(leaf.t(), other(DType.FLOAT32).t()),
                    pair.name + "InPlace", "a view of a leaf", "noGrad()");
            try (var _ = Autograd.noGrad()) {
                pair.changing.apply(leaf, other(DType.FLOAT32));
            }
            assertArrayEquals(pair.plain.apply(of(DType.FLOAT32), other(DType.FLOAT32)).toFloatArray(),
                    leaf.toFloatArray(), 1e-6f);
            assertTrue(leaf.isLeaf() && leaf.requiresGrad());
        }
    }

    @Test
    void changesAreNoticed() {
        for (var pair : PAIRS) {
            var x = of(DType.FLOAT32).requiresGrad(true);
            var y = x.mul(2);
            var loss = y.square().sum();
            try (var _ = Autograd.noGrad()) {
                pair.changing.apply(y.t(), other(DType.FLOAT32).t());
            }
            Checks.named(assertThrows(IllegalStateException.class, loss::backward), "square was changed in place");
        }
    }

    @Test
    void errorsNameThem() {
        for (var pair : PAIRS) {
            var name = pair.name + "InPlace";
            message(IllegalStateException.class,
                    () -> pair.changing.apply(Checks.closed(2, 3), other(DType.FLOAT32)), name, "closed");
            message(IllegalArgumentException.class,
                    () -> pair.changing.apply(Tensor.ones(1, 3).expand(2, 3), other(DType.FLOAT32)), name,
                    "expanded");
        }
        var x = of(DType.FLOAT32);
        message(IllegalArgumentException.class, () -> x.addInPlace(Tensor.ones(4)), "addInPlace", "[2, 3]", "[4]");
        message(IllegalArgumentException.class, () -> x.lerpInPlace(Tensor.ones(5, 2, 3), 1), "lerpInPlace",
                "[5, 2, 3]", "does not fit into [2, 3]");
        message(NullPointerException.class, () -> x.addcmulInPlace(x, null), "addcmulInPlace", "null");
        message(IllegalArgumentException.class, () -> x.clampInPlace(null, null), "clampInPlace", "neither");
        var whole = Tensor.of(new long[]{3, -2});
        message(IllegalArgumentException.class, () -> whole.expInPlace(), "expInPlace", "FLOAT32", "INT64");
        message(IllegalArgumentException.class, () -> whole.addInPlace(0.5), "addInPlace", "FLOAT32", "INT64");
        message(IllegalArgumentException.class, () -> whole.powInPlace(-1), "powInPlace", "-1", "INT64");
        message(IllegalArgumentException.class, () -> whole.to(DType.BOOL).negInPlace(), "negInPlace", "BOOL");
        message(IllegalArgumentException.class, () -> whole.to(DType.BOOL).addInPlace(1), "addInPlace", "INT64",
                "BOOL");
        message(IllegalArgumentException.class, () -> whole.to(DType.BOOL).subInPlace(whole.to(DType.BOOL)),
                "subInPlace", "logicalXor");
    }

    @Test
    void integersStayIntegers() {
        var x = Tensor.of(new long[]{3, -2});
        Checks.values(x.addInPlace(1).mulInPlace(3).subInPlace(2), 10, -5);
        Checks.values(x.negInPlace().absInPlace().clampInPlace(6, 9).powInPlace(2), 81, 36);
        Checks.values(x.addInPlace(Tensor.of(new int[]{1, 2})), 82, 38);
        Checks.type(DType.INT64, x);
        Checks.values(Tensor.of(new byte[]{100, 1}).addInPlace(Tensor.of(new long[]{100, 300})), -56, 45);
    }

    /** PyTorch: some elements of the input tensor and the written-to tensor refer to a single memory location. */
    @Test
    void operandsThatShareAPartOfTheMemoryAreRefused() {
        var x = Tensor.arange(9).to(DType.FLOAT32).view(3, 3);
        message(IllegalArgumentException.class, () -> x.addInPlace(x.t()), "addInPlace", "one place", "clone()");
        message(IllegalArgumentException.class, () -> x.addInPlace(x.select(0, 0)), "addInPlace", "[3]", "[3, 3]");
        message(IllegalArgumentException.class, () -> x.divInPlace(x.select(0, 0).select(0, 1)), "divInPlace",
                "one place");
        message(IllegalArgumentException.class, () -> x.narrow(0, 0, 2).lerpInPlace(x.narrow(0, 1, 2), 0.5),
                "lerpInPlace", "one place");
        x.addInPlace(x).addInPlace(x.view(3, 3));
        x.select(1, 0).addInPlace(x.select(1, 1)); // between each other, but apart
        x.narrow(0, 0, 1).addInPlace(x.narrow(0, 2, 1));
        Checks.values(x, 56, 32, 40, 28, 16, 20, 52, 28, 32);
    }

    @Test
    void stridesThatMixAreComputedAsIfApart() {
        var x = Tensor.arange(8).to(DType.FLOAT64);
        x.slice(0, 0, 6, 2).addInPlace(x.slice(0, 2, 8, 2)); // 0 2 4 += 2 4 6
        Checks.values(x, 2, 1, 6, 3, 10, 5, 6, 7);
    }

    @Test
    void nothingIsAllocatedOffTheHeap() {
        for (var dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            var x = Tensor.ones(64, 64).to(dtype);
            var y = Tensor.full(dtype, 0.5, 64, 64);
            var views = List.of(x, x.t(), x.narrow(1, 3, 50));
            Runnable step = () -> {
                for (var view : views) {
                    view.addInPlace(1).mulInPlace(0.5).clampInPlace(0.1, 1.5).expInPlace().tanhInPlace().sqrtInPlace();
                }
                x.addInPlace(y).addcmulInPlace(y, y).lerpInPlace(y, 0.5).divInPlace(y);
            };
            step.run();
            try (var _ = Scope.open()) {
                long before = Memory.report().totalLive();
                Memory.resetPeak();
                step.run();
                assertEquals(before, Memory.report().totalPeak());
            }
        }
    }

    private static void message(Class<? extends Exception> type, org.junit.jupiter.api.function.Executable call,
            String operation, String... facts) {
        Checks.message(assertThrows(type, call), operation, facts);
    }
}
