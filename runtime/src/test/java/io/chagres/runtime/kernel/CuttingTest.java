package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Close.assertSameBits;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a range is cut, and which implementation computes a part of it, shows in no bit of the result. */
@ParameterizedClass
@MethodSource("io.chagres.runtime.kernel.Cases#kernels")
class CuttingTest {
    private static final int N = 1000;
    private static final int[] CUTS = {0, 1, 4, 20, 37, 100, 101, 333, 750, 999, N};

    static final List<AdamStep> ADAM_STEPS = Stream.of(Steps.adam(0, 0), Steps.adam(0.01f, 0), Steps.adam(0, 0.01f))
            .toList();
    static final List<SgdStep> SGD_STEPS = List.of(Steps.sgd(0, false, false), Steps.sgd(0.9f, true, false),
            Steps.sgd(0.9f, false, false), Steps.sgd(0.9f, false, true));

    @Parameter
    Kernels kernels;

    private interface Part {
        /** Computes n elements, from a byte offset on, into the given floats. */
        void run(Kernels kernels, Floats[] data, long at, long n);
    }

    /** The whole in one go, in plain Java, against the parts one by one. */
    private void check(String what, Part part, Floats... data) {
        Floats[] whole = Stream.of(data).map(Floats::copy).toArray(Floats[]::new);
        part.run(PlainKernels.INSTANCE, whole, 0, N);
        for (int i = 1; i < CUTS.length; i++) {
            part.run(kernels, data, 4L * CUTS[i - 1], CUTS[i] - CUTS[i - 1]);
        }
        for (int i = 0; i < data.length; i++) {
            assertSameBits(whole[i], data[i], what + ", operand " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void unary(Kernels.Unary f) {
        check(f.name(), (k, d, at, n) -> k.unary(f, d[0].segment, d[0].offset + at, d[1].segment, d[1].offset + at, n),
                wide(), Floats.zeros(N));
    }

    /** Of all magnitudes. */
    private static Floats wide() {
        var random = new Random(5);
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return Floats.of(values);
    }

    @ParameterizedTest
    @EnumSource
    void binary(Kernels.Binary f) {
        for (int strides = 0; strides < 4; strides++) {
            int as = strides / 2;
            int bs = strides % 2;
            check(f + " with strides " + as + " and " + bs,
                    (k, d, at, n) -> k.binary(f, d[0].segment, d[0].offset + as * at, as, d[1].segment,
                            d[1].offset + bs * at, bs, d[2].segment, d[2].offset + at, n),
                    wide(), Floats.random(N, 2), Floats.zeros(N));
        }
    }

    @Test
    void pieces() {
        for (var lines : Steps.LINES) {
            for (int strides = 0; strides < 4; strides++) {
                int xs = strides / 2;
                int gs = strides % 2;
                check(lines + " with strides " + xs + " and " + gs,
                        (k, d, at, n) -> k.pieces(lines, d[0].segment, d[0].offset + xs * at, xs, d[1].segment,
                                d[1].offset + gs * at, gs, d[2].segment, d[2].offset + at, n),
                        Floats.random(N, 3), wide(), Floats.zeros(N));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void unaryOfArrays(Kernels.Unary f) {
        float[] whole = wide().toArray();
        float[] parts = whole.clone();
        Floats x = wide();
        Floats y = Floats.zeros(N);
        PlainKernels.INSTANCE.unary(f, x.segment, x.offset, y.segment, y.offset, N);
        for (int i = 1; i < CUTS.length; i++) {
            kernels.unary(f, parts, CUTS[i - 1], CUTS[i] - CUTS[i - 1]);
        }
        kernels.unary(f, whole, 0, N);
        assertSameBits(y, Floats.of(whole), f + " of an array");
        assertSameBits(y, Floats.of(parts), f + " of parts of an array");
    }

    @Test
    void axpyAndScale() {
        check("axpy", (k, d, at, n) -> k.axpy(0.3f, d[0].segment, d[0].offset + at, d[1].segment, d[1].offset + at, n),
                wide(), Floats.random(N, 2));
        check("scale",
                (k, d, at, n) -> k.scale(0.3f, d[0].segment, d[0].offset + at, d[1].segment, d[1].offset + at, n),
                wide(), Floats.zeros(N));
    }

    @Test
    void reluBackward() {
        check("reluBackward", (k, d, at, n) -> k.reluBackward(d[0].segment, d[0].offset + at, d[1].segment,
                d[1].offset + at, d[2].segment, d[2].offset + at, n), wide(), Floats.random(N, 2), Floats.zeros(N));
    }

    @Test
    void bytesToFloats() {
        check("u8ToF32", (k, d, at, n) -> k.u8ToF32(d[0].segment, d[0].offset + at / 4, d[1].segment, d[1].offset + at,
                n, 0.3f, 0.7f), wide(), Floats.zeros(N));
    }

    @ParameterizedTest
    @FieldSource("ADAM_STEPS")
    void adam(AdamStep step) {
        check("adam", (k, d, at, n) -> k.adam(step, d[0].segment, d[0].offset + at, d[1].segment, d[1].offset + at,
                d[2].segment, d[2].offset + at, d[3].segment, d[3].offset + at, n), Floats.random(N, 1),
                Floats.random(N, 2), Floats.random(N, 3), positive());
    }

    private static Floats positive() {
        Floats v = Floats.random(N, 4);
        PlainKernels.INSTANCE.unary(Kernels.Unary.ABS, v.segment, v.offset, v.segment, v.offset, N);
        return v;
    }

    @ParameterizedTest
    @FieldSource("SGD_STEPS")
    void sgd(SgdStep step) {
        check("sgd", (k, d, at, n) -> k.sgd(step, d[0].segment, d[0].offset + at, d[1].segment, d[1].offset + at,
                step.momentum == 0 ? null : d[2].segment, d[2].offset + at, n), Floats.random(N, 1),
                Floats.random(N, 2), Floats.random(N, 3));
    }

    @Test
    void columnSums() {
        int rows = 2 * PlainReductions.ROWS_PER_BLOCK + 3;
        Floats dy = Floats.random(rows * N, 1);
        Floats y = Floats.random(rows * N, 2);
        check("columnSum", (k, d, at, n) -> k.columnSum(dy.segment, dy.offset, rows, N, (int) at / 4,
                (int) (at / 4 + n), d[0].segment, d[0].offset, true), Floats.random(N, 3));
        check("columnSquares", (k, d, at, n) -> k.columnSquares(dy.segment, dy.offset, rows, N, (int) at / 4,
                (int) (at / 4 + n), d[0].segment, d[0].offset, d[1].segment, d[1].offset), Floats.random(N, 3),
                Floats.zeros(N));
        Floats dx = Floats.zeros(rows * N);
        Floats whole = dx.copy();
        PlainKernels.INSTANCE.reluBackward(dy.segment, dy.offset, y.segment, y.offset, whole.segment, whole.offset,
                (long) rows * N);
        check("reluBackwardColumnSum", (k, d, at, n) -> k.reluBackwardColumnSum(dy.segment, dy.offset, y.segment,
                y.offset, dx.segment, dx.offset, rows, N, (int) at / 4, (int) (at / 4 + n), d[0].segment, d[0].offset,
                false), Floats.zeros(N));
        assertSameBits(whole, dx, "dx");
    }
}
