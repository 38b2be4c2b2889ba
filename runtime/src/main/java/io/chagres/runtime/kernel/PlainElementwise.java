package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Element-wise kernels in plain Java: each loop runs over arrays, which the JIT compiler turns into vector code. */
final class PlainElementwise {
    private static final int MINUS_INFINITY = 0xFF800000;

    private PlainElementwise() {
    }

    static void unary(Kernels.Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        float[] t = Tile.mine().a;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            compute(f, t, count);
            Tile.store(t, y, yo + 4 * i, count);
        }
    }

    static void unary(Kernels.Unary f, float[] t, int from, int n) {
        float[] room = Tile.mine().a;
        for (int i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            System.arraycopy(t, from + i, room, 0, count);
            compute(f, room, count);
            System.arraycopy(room, 0, t, from + i, count);
        }
    }

    private static void compute(Kernels.Unary f, float[] t, int count) {
        switch (f) {
            case NEG -> neg(t, count);
            case ABS -> abs(t, count);
            case RELU -> relu(t, count);
            case EXP -> exp(t, count);
            case LOG -> log(t, count);
            case SQRT -> sqrt(t, count);
            case RECIPROCAL -> reciprocal(t, count);
            case SIGMOID -> sigmoid(t, count);
            case TANH -> tanh(t, count);
            case GELU_TANH -> geluTanh(t, count);
        }
    }

    private static void neg(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = -t[i];
        }
    }

    private static void abs(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Math.abs(t[i]);
        }
    }

    private static void relu(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = Math.max(t[i], 0);
        }
    }

    static void exp(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = ScalarMath.exp(t[i]);
        }
    }

    private static void log(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = ScalarMath.log(t[i]);
        }
    }

    private static void sqrt(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = (float) Math.sqrt(t[i]);
        }
    }

    private static void reciprocal(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = 1 / t[i];
        }
    }

    private static void sigmoid(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = ScalarMath.sigmoid(t[i]);
        }
    }

    private static void tanh(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = ScalarMath.tanh(t[i]);
        }
    }

    private static void geluTanh(float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = ScalarMath.geluTanh(t[i]);
        }
    }

    static void binary(Kernels.Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs,
            MemorySegment y, long yo, long n) {
        if (n == 0) {
            return;
        }
        Tile tile = Tile.mine();
        float[] s = tile.a;
        float[] t = tile.b;
        float[] u = tile.c;
        fillIfOne(a, ao, as, s, n);
        fillIfOne(b, bo, bs, t, n);
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            if (as != 0) {
                Tile.load(a, ao + 4 * i, s, count);
            }
            if (bs != 0) {
                Tile.load(b, bo + 4 * i, t, count);
            }
            switch (f) {
                case ADD -> add(s, t, u, count);
                case SUB -> sub(s, t, u, count);
                case MUL -> mul(s, t, u, count);
                case DIV -> div(s, t, u, count);
                case MAX -> max(s, t, u, count);
                case MIN -> min(s, t, u, count);
            }
            Tile.store(u, y, yo + 4 * i, count);
        }
    }

    private static void fillIfOne(MemorySegment x, long xo, int stride, float[] t, long n) {
        if (stride == 0) {
            Arrays.fill(t, 0, Tile.length(n), Tile.get(x, xo));
        }
    }

    private static void add(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = s[i] + t[i];
        }
    }

    private static void sub(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = s[i] - t[i];
        }
    }

    private static void mul(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = s[i] * t[i];
        }
    }

    private static void div(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = s[i] / t[i];
        }
    }

    private static void max(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = Math.max(s[i], t[i]);
        }
    }

    private static void min(float[] s, float[] t, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = Math.min(s[i], t[i]);
        }
    }

    static void pieces(Pieces lines, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs,
            MemorySegment y, long yo, long n) {
        if (n == 0) {
            return;
        }
        Tile tile = Tile.mine();
        fillIfOne(x, xo, xs, tile.a, n);
        fillIfOne(g, go, gs, tile.b, n);
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            if (xs != 0) {
                Tile.load(x, xo + 4 * i, tile.a, count);
            }
            if (gs != 0) {
                Tile.load(g, go + 4 * i, tile.b, count);
            }
            pieces(lines, tile.a, tile.b, tile.c, count);
            Tile.store(tile.c, y, yo + 4 * i, count);
        }
    }

    private static void pieces(Pieces lines, float[] x, float[] g, float[] y, int n) {
        float low = lines.lowFloat();
        float high = lines.highFloat();
        for (int i = 0; i < n; i++) {
            var line = x[i] < low ? lines.below() : x[i] > high ? lines.above() : lines.between();
            float slope = (float) line.slope();
            float shift = (float) line.shift();
            y[i] = x[i] != x[i] ? g[i] : slope == 0 ? shift : g[i] * slope + shift;
        }
    }

    static void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, tile.a, count);
            Tile.load(y, yo + 4 * i, tile.b, count);
            axpy(alpha, tile.a, tile.b, count);
            Tile.store(tile.b, y, yo + 4 * i, count);
        }
    }

    static void axpy(float alpha, float[] s, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] += alpha * s[i];
        }
    }

    static void scaleShift(float alpha, float beta, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        float[] t = Tile.mine().a;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            scaleShift(alpha, beta, t, count);
            Tile.store(t, y, yo + 4 * i, count);
        }
    }

    private static void scaleShift(float alpha, float beta, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = t[i] * alpha + beta;
        }
    }

    static void combine(float alpha, MemorySegment a, long ao, float beta, MemorySegment b, long bo, float gamma,
            MemorySegment y, long yo, long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(a, ao + 4 * i, tile.a, count);
            Tile.load(b, bo + 4 * i, tile.b, count);
            combine(alpha, tile.a, beta, tile.b, gamma, count);
            Tile.store(tile.a, y, yo + 4 * i, count);
        }
    }

    private static void combine(float alpha, float[] s, float beta, float[] t, float gamma, int n) {
        for (int i = 0; i < n; i++) {
            s[i] = s[i] * alpha + t[i] * beta + gamma;
        }
    }

    static void maxOfSquares(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        Tile tile = Tile.mine();
        for (long row = 0; row < rows; row++) {
            long upper = xo + 8 * row * cols;
            for (long j = 0; j < half; j += Tile.SIZE / 2) {
                int count = (int) Math.min(Tile.SIZE / 2, half - j);
                Tile.load(x, upper + 8 * j, tile.a, 2 * count);
                Tile.load(x, upper + 4 * cols + 8 * j, tile.b, 2 * count);
                for (int i = 0; i < count; i++) {
                    tile.c[i] = Math.max(Math.max(tile.a[2 * i], tile.a[2 * i + 1]),
                            Math.max(tile.b[2 * i], tile.b[2 * i + 1]));
                }
                Tile.store(tile.c, y, yo + 4 * (row * half + j), count);
            }
        }
    }

    static void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        float[] t = Tile.mine().a;
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, t, count);
            scale(alpha, t, count);
            Tile.store(t, y, yo + 4 * i, count);
        }
    }

    static void scale(float alpha, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] *= alpha;
        }
    }

    static void fill(float value, MemorySegment y, long yo, long n) {
        float[] t = Tile.mine().a;
        Arrays.fill(t, 0, Tile.length(n), value);
        for (long i = 0; i < n; i += Tile.SIZE) {
            Tile.store(t, y, yo + 4 * i, Tile.length(n - i));
        }
    }

    static void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(dy, dyo + 4 * i, tile.p, count);
            Tile.load(y, yo + 4 * i, tile.q, count);
            dropWhereOff(tile.p, tile.q, count);
            Tile.store(tile.p, dx, dxo + 4 * i, count);
        }
    }

    /**
     * 0 where y <= 0, else dy, without a branch: as ints, y is kept if it is above 0, or a NaN with a sign, above the bits of
     * negative infinity.
     */
    private static void dropWhereOff(int[] dy, int[] y, int n) {
        for (int i = 0; i < n; i++) {
            int bits = y[i];
            dy[i] &= (~bits & -bits | bits & MINUS_INFINITY - bits) >> 31;
        }
    }

    static void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            MemorySegment.copy(x, ValueLayout.JAVA_BYTE, xo + i, tile.bytes, 0, count);
            u8ToF32(tile.bytes, tile.a, count, scale, shift);
            Tile.store(tile.a, y, yo + 4 * i, count);
        }
    }

    private static void u8ToF32(byte[] bytes, float[] t, int n, float scale, float shift) {
        for (int i = 0; i < n; i++) {
            t[i] = scale * (bytes[i] & 0xFF) + shift;
        }
    }
}
