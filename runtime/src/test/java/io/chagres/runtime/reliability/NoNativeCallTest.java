package io.chagres.runtime.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.op.CrossEntropy;
import io.chagres.runtime.op.IndexSelect;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * R9: what is refused for its shape is refused in Java. Here there are no native libraries, so that the first native call
 * would be a failure of another kind.
 */
class NoNativeCallTest {
    private static final List<long[]> HOSTILE = List.of(new long[]{-1}, new long[]{Long.MIN_VALUE},
            new long[]{1L << 31},
            new long[]{1L << 31, 1L << 31}, new long[]{1L << 62, 4}, new long[]{Long.MAX_VALUE},
            new long[]{0, Long.MAX_VALUE, Long.MAX_VALUE}, new long[]{2, -2}, new long[]{-1, -1}, new long[13]);
    private static final long[] ONES = {1, 1};
    private static final long[] NONE = {0, 0};
    private static final long[] ONE = {1};
    private static final long[] ZERO = {0};
    private static final List<Integer> NO_AXES = List.of(2, -3, Integer.MAX_VALUE, Integer.MIN_VALUE);

    /** Asks for what cannot be, and prints what was not refused as it should be. */
    static final class Ask {
        private final Map<String, Runnable> calls = new LinkedHashMap<>();

        private Ask() {
            for (long[] dims : HOSTILE) {
                shapes(dims, Arrays.toString(dims));
            }
            var x = Tensor.ones(2, 3);
            for (int axis : NO_AXES) {
                axes(x, axis);
            }
            products(x);
            normalizations(x);
            pooling(Tensor.ones(1, 1, 2, 3));
            otherPooling();
            convolutions(Tensor.ones(1, 2, 5, 5));
            vast(Tensor.ones(1, 1).expand(1L << 31, 1L << 30));
        }

        static void main() {
            var ask = new Ask();
            ask.calls.forEach((name, call) -> {
                try (var _ = Scope.open()) {
                    call.run();
                    System.out.println(name + ": nothing was thrown");
                } catch (IllegalArgumentException | IndexOutOfBoundsException | MemoryBudgetException refused) {
                    // as it should be
                } catch (RuntimeException other) {
                    System.out.println(name + ": " + other);
                }
            });
            System.out.println(ask.calls.size() + " asked");
        }

        private void shapes(long[] dims, String name) {
            calls.put("empty" + name, () -> Tensor.empty(DType.FLOAT64, dims));
            calls.put("zeros" + name, () -> Tensor.zeros(dims));
            calls.put("randn" + name, () -> Tensor.randn(new Generator(1), dims));
            calls.put("of" + name, () -> Tensor.of(new float[6], dims));
            if (dims.length > 1) {
                calls.put("view" + name, () -> Tensor.ones(5).view(dims));
                calls.put("reshape" + name, () -> Tensor.ones(5).reshape(dims));
                calls.put("expand" + name, () -> Tensor.ones(5).expand(dims));
            }
        }

        private void axes(Tensor x, int axis) {
            Map<String, Consumer<Tensor>> along = Map.of("sum", t -> t.sum(axis, true), "mean",
                    t -> t.mean(axis, false),
                    "softmax", t -> t.softmax(axis), "logSoftmax", t -> t.logSoftmax(axis), "argmax",
                    t -> t.argmax(axis),
                    "transpose", t -> t.transpose(0, axis), "select", t -> t.select(axis, 0), "narrow",
                    t -> t.narrow(axis, 0, 1), "squeeze", t -> t.squeeze(axis), "unsqueeze",
                    t -> t.unsqueeze(axis == 2 ? 3 : axis == -3 ? -4 : axis));
            Map<String, Consumer<Tensor>> more = Map.of("var", t -> t.var(axis, 1, true), "std",
                    t -> t.std(axis, 0, false), "indexSelect", t -> t.indexSelect(axis, Tensor.of(new long[1])));
            more.forEach((name, call) -> calls.put(name + " " + axis, () -> call.accept(x)));
            calls.put("embedding id " + axis,
                    () -> IndexSelect.embedding(Tensor.ones(2, 3), Tensor.of(new long[]{axis})));
            along.forEach((name, call) -> calls.put(name + " " + axis, () -> call.accept(x)));
            calls.put("narrow from " + axis, () -> x.narrow(1, axis, 4));
            calls.put("narrow length " + axis, () -> x.narrow(0, 1, axis));
            calls.put("select index " + axis, () -> x.select(0, axis));
        }

        private void products(Tensor x) {
            calls.put("matmul inner", () -> x.matmul(x));
            calls.put("matmul rank", () -> x.matmul(Tensor.ones(2)));
            calls.put("matmul batches", () -> Tensor.ones(2, 2, 3).matmul(Tensor.ones(3, 3, 2)));
            calls.put("bmm rank", () -> x.bmm(x.t()));
            calls.put("bmm numbers", () -> Tensor.ones(2, 2, 3).bmm(Tensor.ones(1, 3, 2)));
            calls.put("matmul scalar", () -> Tensor.scalar(1).matmul(x));
            calls.put("matmul types", () -> x.matmul(Tensor.ones(3, 1).to(DType.FLOAT64)));
            calls.put("linear inner", () -> Affine.linear(x, Tensor.ones(3, 2), null));
            calls.put("linear scalar", () -> Affine.linear(Tensor.scalar(1), x, null));
            calls.put("linear bias", () -> Affine.linearRelu(x, Tensor.ones(4, 3), Tensor.ones(3)));
            calls.put("crossEntropy rank",
                    () -> CrossEntropy.crossEntropy(Tensor.ones(3), Tensor.of(new long[3]), -100, true));
            calls.put("crossEntropy labels", () -> CrossEntropy.crossEntropy(x, Tensor.of(new long[3]), -100, true));
            calls.put("crossEntropy label",
                    () -> CrossEntropy.crossEntropy(x, Tensor.of(new long[]{0, 3}), -100, true));
            calls.put("add", () -> x.add(Tensor.ones(2)));
            calls.put("copyFrom", () -> x.copyFrom(Tensor.ones(3, 2)));
            calls.put("eq", () -> x.eq(Tensor.ones(3, 2)));
            calls.put("item", x::item);
        }

        private void normalizations(Tensor x) {
            calls.put("layerNorm shape", () -> x.layerNorm(new long[]{2}, null, null, 1e-5));
            calls.put("layerNorm weight", () -> x.layerNorm(new long[]{3}, Tensor.ones(2), null, 1e-5));
            calls.put("layerNorm epsilon", () -> x.layerNorm(new long[]{3}, null, null, Double.NaN));
            calls.put("batchNorm rank", () -> Tensor.ones(3).batchNorm(null, null, null, null, true, 0.1, 1e-5));
            calls.put("batchNorm bias", () -> x.batchNorm(null, null, null, Tensor.ones(2), true, 0.1, 1e-5));
            calls.put("batchNorm statistics", () -> x.batchNorm(null, null, null, null, false, 0.1, 1e-5));
            calls.put("batchNorm values",
                    () -> Tensor.ones(1, 3).batchNorm(null, null, null, null, true, 0.1, 1e-5));
            calls.put("batchNorm momentum", () -> x.batchNorm(null, null, null, null, true, -0.1, 1e-5));
        }

        private void pooling(Tensor x) {
            for (long size : new long[]{Long.MIN_VALUE, -1, 4, 1 << 30, 1L << 31, Long.MAX_VALUE}) {
                var hostile = new long[]{size, 1};
                calls.put("maxPool2d kernel " + size, () -> pool(x, hostile, ONES, NONE, ONES));
                calls.put("maxPool2d padding " + size, () -> pool(x, ONES, ONES, hostile, ONES));
                calls.put("maxPool2d dilation " + size, () -> pool(x, new long[]{2, 1}, ONES, NONE, hostile));
            }
            calls.put("maxPool2d stride", () -> pool(x, ONES, NONE, NONE, ONES));
            calls.put("maxPool2d rank", () -> pool(Tensor.ones(2, 3), ONES, ONES, NONE, ONES));
            calls.put("maxPool2d result", () -> pool(x, new long[]{1 << 30, 1 << 30}, ONES,
                    new long[]{1 << 29, 1 << 29}, new long[]{1 << 30, 1 << 30}));
        }

        private void otherPooling() {
            var line = Tensor.ones(1, 1, 3);
            var x = Tensor.ones(1, 1, 2, 3);
            var volume = Tensor.ones(1, 1, 2, 3, 2);
            for (long size : new long[]{Long.MIN_VALUE, -1, 4, 1 << 30, 1L << 31, Long.MAX_VALUE}) {
                var hostile = new long[]{size};
                calls.put("maxPool1d kernel " + size, () -> line.maxPool1d(hostile, ONE, ZERO, ONE, false));
                calls.put("maxPool1d padding " + size, () -> line.maxPool1d(ONE, ONE, hostile, ONE, false));
                calls.put("maxPool3d kernel " + size, () -> volume.maxPool3d(hostile, ONE, ZERO, ONE, false));
                calls.put("maxPool3d padding " + size, () -> volume.maxPool3d(ONE, ONE, hostile, ONE, true));
                calls.put("avgPool1d kernel " + size, () -> line.avgPool1d(hostile, ONE, ZERO, false, true));
                calls.put("avgPool2d kernel " + size, () -> x.avgPool2d(hostile, ONE, ZERO, false, true, 0));
                calls.put("avgPool2d padding " + size, () -> x.avgPool2d(ONE, ONE, hostile, true, false, 0));
                calls.put("avgPool3d kernel " + size, () -> volume.avgPool3d(hostile, ONE, ZERO, false, true, 0));
            }
            for (long size : new long[]{Long.MIN_VALUE, -2, 1L << 31, Long.MAX_VALUE}) {
                calls.put("adaptiveMaxPool2d " + size, () -> x.adaptiveMaxPool2d(size, 1L << 40));
                calls.put("adaptiveAvgPool2d " + size, () -> x.adaptiveAvgPool2d(size, 1L << 40));
                calls.put("adaptiveAvgPool3d " + size, () -> volume.adaptiveAvgPool3d(size, 1L << 40, 1));
            }
            calls.put("maxPool1d rank", () -> x.maxPool1d(ONE, ONE, ZERO, ONE, false));
            calls.put("maxPool3d rank", () -> line.maxPool3d(ONE, ONE, ZERO, ONE, false));
            calls.put("avgPool1d stride", () -> line.avgPool1d(ONE, ZERO, ZERO, false, true));
            calls.put("avgPool2d rank", () -> volume.avgPool2d(ONE, ONE, ZERO, false, true, 0));
            calls.put("avgPool3d rank", () -> line.avgPool3d(ONE, ONE, ZERO, false, true, 0));
            calls.put("adaptiveMaxPool1d rank", () -> x.adaptiveMaxPool1d(1));
            calls.put("adaptiveAvgPool2d rank", () -> volume.adaptiveAvgPool2d(1, 1));
        }

        private void convolutions(Tensor x) {
            var w = Tensor.ones(4, 2, 3, 3);
            for (long size : new long[]{Long.MIN_VALUE, -1, 1L << 31, Long.MAX_VALUE}) {
                var hostile = new long[]{size};
                calls.put("conv2d stride " + size, () -> x.conv2d(w, null, hostile, NONE, ONES, 1));
                calls.put("conv2d padding " + size, () -> x.conv2d(w, null, ONES, hostile, ONES, 1));
                calls.put("conv2d dilation " + size, () -> x.conv2d(w, null, ONES, NONE, hostile, 1));
                calls.put("conv2d groups " + size, () -> x.conv2d(w, null, ONES, NONE, ONES, size));
                calls.put("convTranspose2d stride " + size,
                        () -> x.convTranspose2d(w, null, hostile, NONE, NONE, 1, ONES));
                calls.put("convTranspose2d more " + size,
                        () -> x.convTranspose2d(w, null, ONES, NONE, hostile, 1, ONES));
            }
            calls.put("conv2d dilation", () -> x.conv2d(w, null, ONES, NONE, new long[]{4}, 1));
            calls.put("conv2d result", () -> x.conv2d(w, null, ONES, new long[]{1 << 30}, ONES, 1));
            calls.put("convTranspose2d result", () -> x.convTranspose2d(Tensor.ones(2, 2, 3, 3), null,
                    new long[]{1 << 30}, NONE, NONE, 1, ONES));
        }

        private static void pool(Tensor x, long[] kernel, long[] stride, long[] padding, long[] dilation) {
            x.maxPool2d(kernel, stride, padding, dilation, false);
        }

        private void vast(Tensor x) {
            Map<String, Runnable> vast = Map.of("relu", x::relu, "add", () -> x.add(x), "matmul", () -> x.matmul(x.t()),
                    "linear", () -> Affine.linear(x, x, null), "softmax", () -> x.softmax(0), "argmax",
                    () -> x.argmax(1), "contiguous", x::contiguous, "array", x::toFloatArray, "clone", x::clone);
            vast.forEach((name, call) -> calls.put("vast " + name, call));
            Map<String, Runnable> more = Map.of("gelu", x::gelu, "geluTanh", x::geluTanh, "var", x::var, "std",
                    () -> x.std(0, 1, true), "bmm", () -> x.unsqueeze(0).bmm(x.t().unsqueeze(0)), "indexSelect",
                    () -> x.indexSelect(0, Tensor.of(new long[1])), "embedding",
                    () -> IndexSelect.embedding(Tensor.ones(1, 3), Tensor.of(new long[1]).expand(1L << 40)));
            more.forEach((name, call) -> calls.put("vast " + name, call));
        }
    }

    @Test
    void whatIsRefusedIsRefusedInJava(@TempDir Path noLibraries) throws Exception {
        var options = List.of("-Dchagres.native.path=" + noLibraries, "-Dchagres.memory.budget=16777216");
        assertEquals("282 asked\n", ChildJvm.run(Ask.class, options, Map.of()).clean());
    }

    /** A product that is as it should be. */
    static final class Multiply {
        private Multiply() {
        }

        static void main() {
            Tensor.ones(2, 2).matmul(Tensor.ones(2, 2));
        }
    }

    @Test
    void withoutLibrariesANativeCallIsFoundOut(@TempDir Path noLibraries) throws Exception {
        var ended = ChildJvm.run(Multiply.class, List.of("-Dchagres.native.path=" + noLibraries), Map.of());
        assertEquals(1, ended.exit());
        assertEquals(true, ended.err().contains("NativeLoadException"), ended.err());
    }
}
