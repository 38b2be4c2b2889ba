package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.ScalarMath.*;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link ScalarMath} on whole vectors, step for step, over the first n elements of a {@link Tile}'s array and on to the
 * end of the last vector. The JDK's own vector functions are not used, as they differ from machine to machine.
 * <p>
 * A function here is a loop, not a function of one vector: the JIT compiler refuses to inline a long method, and every
 * vector that passes such a call is an object on the heap.
 */
final class VectorMath {
    private VectorMath() {
    }

    static void exp(float[] t, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, t, i);
            FloatVector in = x.blend(EXP_HIGH, x.compare(GT, EXP_HIGH)).blend(EXP_LOW, x.compare(LT, EXP_LOW));
            FloatVector shifted = in.mul(LOG2_E).add(ROUNDER);
            FloatVector k = shifted.sub(ROUNDER);
            FloatVector r = in.sub(k.mul(LN2_HIGH)).sub(k.mul(LN2_LOW));
            FloatVector series = r.mul(E5).add(E4).mul(r).add(E3).mul(r).add(E2).mul(r).add(E1).mul(r).add(E0);
            FloatVector mantissa = series.mul(r.mul(r)).add(r).add(1);
            IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(ASHR, 1);
            mantissa.mul(half.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
                    .mul(exponent.sub(half).add(127).lanewise(LSHL, 23).reinterpretAsFloats()).intoArray(t, i);
        }
    }

    static void log(float[] t, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, t, i);
            var tiny = x.compare(LT, Float.MIN_NORMAL);
            IntVector shifted = x.blend(x.mul(TWO_23), tiny).reinterpretAsInts().sub(SQRT_HALF_BITS);
            FloatVector whole = shifted.lanewise(ASHR, 23).add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
            FloatVector exponent = whole.blend(whole.sub(23), tiny);
            FloatVector f = shifted.and(0x007FFFFF).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1);
            FloatVector s = f.div(f.add(2));
            FloatVector z = s.mul(s);
            FloatVector w = z.mul(z);
            FloatVector series = z.mul(w.mul(L3).add(L1)).add(w.mul(w.mul(L4).add(L2)));
            FloatVector halfSquare = f.mul(f).mul(0.5f);
            FloatVector log = s.mul(halfSquare.add(series)).add(exponent.mul(LOG_LN2_LOW)).sub(halfSquare).add(f)
                    .add(exponent.mul(LOG_LN2_HIGH));
            x.blend(log, x.compare(LT, Float.POSITIVE_INFINITY))
                    .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0)).blend(Float.NaN, x.compare(LT, 0))
                    .intoArray(t, i);
        }
    }

    /** Overwrites s too. */
    static void sigmoid(float[] t, float[] s, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOATS, t, i).abs().neg().intoArray(s, i);
        }
        exp(s, n);
        FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, t, i);
            FloatVector e = FloatVector.fromArray(Lanes.FLOATS, s, i);
            one.blend(e, x.compare(LT, 0)).div(e.add(1)).intoArray(t, i);
        }
    }

    /** Overwrites s too. */
    static void tanh(float[] t, float[] s, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector size = FloatVector.fromArray(Lanes.FLOATS, t, i).abs();
            size.add(size).intoArray(s, i);
        }
        exp(s, n);
        FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
        FloatVector two = one.add(1);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOATS, t, i);
            FloatVector large = one.sub(two.div(FloatVector.fromArray(Lanes.FLOATS, s, i).add(1)));
            FloatVector signed = large.blend(large.neg(), x.compare(LT, 0));
            FloatVector z = x.mul(x);
            FloatVector series = z.mul(T4).add(T3).mul(z).add(T2).mul(z).add(T1).mul(z).add(T0);
            FloatVector small = series.mul(z).mul(x).add(x);
            signed.blend(small, x.abs().compare(LT, TANH_SMALL)).intoArray(t, i);
        }
    }
}
