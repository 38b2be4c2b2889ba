package io.chagres.bench.kernel;

import java.lang.foreign.MemorySegment;

/**
 * e^x in plain Java, as three loops that the JIT compiler turns into vector instructions; a loop that makes floats out of bits
 * it leaves as it is, so the bits are copied from one array to another. The series is that of Cephes; below -87 the result is
 * that of -87, above 88 that of 88.
 */
final class Exponential {
    private static final float LOG2_E = 1.44269504f;
    /** Adding and subtracting it rounds to a whole number. */
    private static final float ROUNDER = 0x1.8p23f;
    /** ln 2 in two parts, the first of few enough bits for whole multiples to be exact. */
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;

    private Exponential() {
    }

    /** t[i] = e^t[i] for the first n elements; off by less than 2 ulp. */
    static void apply(float[] t, int n, Scratch s) {
        split(t, s.whole, n);
        powersOfTwo(s.whole, s.bits, n);
        MemorySegment.copy(MemorySegment.ofArray(s.bits), 0, MemorySegment.ofArray(s.power), 0, 4L * n);
        series(t, s.whole, s.power, n);
    }

    private static void split(float[] t, float[] whole, int n) {
        for (int i = 0; i < n; i++) {
            float x = Math.min(Math.max(t[i], -87), 88);
            t[i] = x;
            whole[i] = x * LOG2_E + ROUNDER - ROUNDER;
        }
    }

    private static void powersOfTwo(float[] whole, int[] bits, int n) {
        for (int i = 0; i < n; i++) {
            bits[i] = (int) whole[i] + 127 << 23;
        }
    }

    private static void series(float[] t, float[] whole, float[] power, int n) {
        for (int i = 0; i < n; i++) {
            float r = Math.fma(whole[i], -LN2_LOW, Math.fma(whole[i], -LN2_HIGH, t[i]));
            float p = Math.fma(1.9875691500e-4f, r, 1.3981999507e-3f);
            p = Math.fma(p, r, 8.3334519073e-3f);
            p = Math.fma(p, r, 4.1665795894e-2f);
            p = Math.fma(p, r, 1.6666665459e-1f);
            p = Math.fma(p, r, 5.0000001201e-1f);
            t[i] = Math.fma(p, r * r, r + 1) * power[i];
        }
    }
}
