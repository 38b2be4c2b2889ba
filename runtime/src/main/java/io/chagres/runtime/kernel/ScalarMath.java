package io.chagres.runtime.kernel;

/**
 * Elementary functions of one float, made of additions, multiplications, divisions and bit patterns only, so that
 * {@link VectorMath} gives the very same bits. Over all floats, denormal ones too, exp and log are off by less than 1
 * ulp, tanh by less than 2, sigmoid by less than 3. The polynomials are those of Cephes (exp, tanh) and of the C
 * library musl (log).
 */
final class ScalarMath {
    /** Beyond these, exp rounds to infinity and to zero. */
    static final float EXP_HIGH = 89, EXP_LOW = -104;
    static final float LOG2_E = 1.44269504088896341f;
    /** ln 2 in two parts; the first has few enough bits for n times it to be exact. */
    static final float LN2_HIGH = 0.693359375f, LN2_LOW = -2.12194440e-4f;
    /** Adding 1.5 · 2²³ rounds to a whole number, which then sits in the low bits. */
    static final float ROUNDER = 0x1.8p23f;
    static final int ROUNDER_BITS = 0x4B400000;
    static final float E0 = 5.0000001201e-1f, E1 = 1.6666665459e-1f, E2 = 4.1665795894e-2f, E3 = 8.3334519073e-3f,
            E4 = 1.3981999507e-3f, E5 = 1.9875691500e-4f;

    /** Bits of √½: the mantissa is taken from [√½, √2). */
    static final int SQRT_HALF_BITS = 0x3F3504F3;
    static final float TWO_23 = 0x1p23f;
    static final float L1 = 0xaaaaaa.0p-24f, L2 = 0xccce13.0p-25f, L3 = 0x91e9ee.0p-25f, L4 = 0xf89e26.0p-26f;
    static final float LOG_LN2_HIGH = 6.9313812256e-01f, LOG_LN2_LOW = 9.0580006145e-06f;

    /** Below this, tanh is x + x³ P(x²). */
    static final float TANH_SMALL = 0.625f;
    static final float T0 = -3.33332819422e-1f, T1 = 1.33314422036e-1f, T2 = -5.37397155531e-2f,
            T3 = 2.06390887954e-2f, T4 = -5.70498872745e-3f;

    /** -2 √(2/π), and the weight of the cube. */
    static final float GELU_SCALE = -1.5957691216f, GELU_CUBE = 0.044715f;

    private ScalarMath() {
    }

    static float exp(float x) {
        float in = x > EXP_HIGH ? EXP_HIGH : x < EXP_LOW ? EXP_LOW : x;
        float shifted = in * LOG2_E + ROUNDER;
        float n = shifted - ROUNDER;
        float r = in - n * LN2_HIGH - n * LN2_LOW;
        float series = ((((E5 * r + E4) * r + E3) * r + E2) * r + E1) * r + E0;
        float mantissa = series * (r * r) + r + 1;
        // 2ⁿ in two factors, as n may pass the range of exponents on either side
        int exponent = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
        int half = exponent >> 1;
        return mantissa * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat(n + 127 << 23);
    }

    static float log(float x) {
        boolean tiny = x < Float.MIN_NORMAL;
        int shifted = Float.floatToRawIntBits(tiny ? x * TWO_23 : x) - SQRT_HALF_BITS;
        float exponent = Float.intBitsToFloat((shifted >> 23) + ROUNDER_BITS) - ROUNDER - (tiny ? 23 : 0);
        float f = Float.intBitsToFloat((shifted & 0x007FFFFF) + SQRT_HALF_BITS) - 1;
        float s = f / (f + 2);
        float z = s * s;
        float w = z * z;
        float series = z * (w * L3 + L1) + w * (w * L4 + L2);
        float halfSquare = f * f * 0.5f;
        float log = s * (halfSquare + series) + exponent * LOG_LN2_LOW - halfSquare + f + exponent * LOG_LN2_HIGH;
        return x > 0 ? x < Float.POSITIVE_INFINITY ? log : x : x == 0 ? Float.NEGATIVE_INFINITY : Float.NaN;
    }

    static float sigmoid(float x) {
        float e = exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (e + 1);
    }

    static float tanh(float x) {
        float size = Math.abs(x);
        if (size < TANH_SMALL) {
            float z = x * x;
            float series = (((T4 * z + T3) * z + T2) * z + T1) * z + T0;
            return series * z * x + x;
        }
        return Math.copySign(1 - 2 / (exp(size + size) + 1), x);
    }

    /** x (1 + tanh u) / 2 is x / (1 + exp(-2u)), here with u = √(2/π) (x + 0.044715 x³). */
    static float geluTanh(float x) {
        return x / (exp((x * x * x * GELU_CUBE + x) * GELU_SCALE) + 1);
    }
}
