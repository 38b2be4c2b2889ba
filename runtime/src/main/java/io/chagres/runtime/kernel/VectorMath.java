package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.ScalarMath.*;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link ScalarMath} on whole vectors, operation for operation, over the first n elements of array a of a {@link Tile}
 * and on to the end of the last vector. Arrays b and c are overwritten too. The JDK's own vector functions are not
 * used, as they differ from machine to machine.
 * <p>
 * A function is a chain of stages, each a loop over the tile, short enough for the JIT compiler to keep all vectors in
 * registers (see {@link Lanes}) and never all inlined into one method.
 */
final class VectorMath {
    private static final Stage[] EXP = {VectorMath::reduce, VectorMath::expSeries, VectorMath::scale};
    private static final Stage[] LOG = {VectorMath::split, VectorMath::logSeries, VectorMath::limits};
    private static final Stage[] SIGMOID = {VectorMath::negativeSize, EXP[0], EXP[1], EXP[2], VectorMath::sigmoidOfExp};
    private static final Stage[] TANH = {VectorMath::twiceTheSize, EXP[0], EXP[1], EXP[2], VectorMath::tanhOfExp};

    private static final Stage[] GELU_TANH = {VectorMath::geluExponent, EXP[0], EXP[1], EXP[2], VectorMath::geluOfExp};

    private interface Stage {
        void run(Tile tile, int n);
    }

    private VectorMath() {
    }

    static void exp(Tile tile, int n) {
        run(EXP, tile, n);
    }

    static void log(Tile tile, int n) {
        run(LOG, tile, n);
    }

    static void sigmoid(Tile tile, int n) {
        run(SIGMOID, tile, n);
    }

    static void tanh(Tile tile, int n) {
        run(TANH, tile, n);
    }

    static void geluTanh(Tile tile, int n) {
        run(GELU_TANH, tile, n);
    }

    private static void run(Stage[] stages, Tile tile, int n) {
        for (Stage stage : stages) {
            stage.run(tile, n);
        }
    }

    /** x to r in a and the shifted n in b, where x = n ln 2 + r. */
    private static void reduce(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.a, i);
            FloatVector in = x.blend(EXP_HIGH, x.compare(GT, EXP_HIGH)).blend(EXP_LOW, x.compare(LT, EXP_LOW));
            FloatVector shifted = in.mul(LOG2_E).add(ROUNDER);
            FloatVector whole = shifted.sub(ROUNDER);
            in.sub(whole.mul(LN2_HIGH)).sub(whole.mul(LN2_LOW)).intoArray(tile.a, i);
            shifted.intoArray(tile.b, i);
        }
    }

    /** r to exp r in a. */
    private static void expSeries(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector r = fromArray(FLOATS, tile.a, i);
            FloatVector series = r.mul(E5).add(E4).mul(r).add(E3).mul(r).add(E2).mul(r).add(E1).mul(r).add(E0);
            series.mul(r.mul(r)).add(r).add(1).intoArray(tile.a, i);
        }
    }

    /** a times 2ⁿ, in two factors. */
    private static void scale(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            IntVector exponent = fromArray(FLOATS, tile.b, i).reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = exponent.lanewise(ASHR, 1);
            FloatVector first = half.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector second = exponent.sub(half).add(127).lanewise(LSHL, 23).reinterpretAsFloats();
            fromArray(FLOATS, tile.a, i).mul(first).mul(second).intoArray(tile.a, i);
        }
    }

    /** x to f in a, n in b and itself in c, where x = (1 + f) 2ⁿ. */
    private static void split(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.a, i);
            var tiny = x.compare(LT, Float.MIN_NORMAL);
            IntVector shifted = x.blend(x.mul(TWO_23), tiny).reinterpretAsInts().sub(SQRT_HALF_BITS);
            FloatVector whole = shifted.lanewise(ASHR, 23).add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
            shifted.and(0x007FFFFF).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1).intoArray(tile.a, i);
            whole.blend(whole.sub(23), tiny).intoArray(tile.b, i);
            x.intoArray(tile.c, i);
        }
    }

    /** log(1 + f) + n ln 2 in a. */
    private static void logSeries(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector f = fromArray(FLOATS, tile.a, i);
            FloatVector exponent = fromArray(FLOATS, tile.b, i);
            FloatVector s = f.div(f.add(2));
            FloatVector z = s.mul(s);
            FloatVector w = z.mul(z);
            FloatVector series = z.mul(w.mul(L3).add(L1)).add(w.mul(w.mul(L4).add(L2)));
            FloatVector halfSquare = f.mul(f).mul(0.5f);
            s.mul(halfSquare.add(series)).add(exponent.mul(LOG_LN2_LOW)).sub(halfSquare).add(f)
                    .add(exponent.mul(LOG_LN2_HIGH)).intoArray(tile.a, i);
        }
    }

    /** The logarithm of what is no positive finite number. */
    private static void limits(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.c, i);
            x.blend(fromArray(FLOATS, tile.a, i), x.compare(LT, Float.POSITIVE_INFINITY))
                    .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0)).blend(Float.NaN, x.compare(LT, 0))
                    .intoArray(tile.a, i);
        }
    }

    /** x to -|x| in a and itself in c. */
    private static void negativeSize(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.a, i);
            x.abs().neg().intoArray(tile.a, i);
            x.intoArray(tile.c, i);
        }
    }

    private static void sigmoidOfExp(Tile tile, int n) {
        FloatVector one = broadcast(FLOATS, 1);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector e = fromArray(FLOATS, tile.a, i);
            one.blend(e, fromArray(FLOATS, tile.c, i).compare(LT, 0)).div(e.add(one)).intoArray(tile.a, i);
        }
    }

    /** x to 2|x| in a and itself in c. */
    private static void twiceTheSize(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.a, i);
            x.intoArray(tile.c, i);
            FloatVector size = x.abs();
            size.add(size).intoArray(tile.a, i);
        }
    }

    private static void tanhOfExp(Tile tile, int n) {
        FloatVector one = broadcast(FLOATS, 1);
        FloatVector two = broadcast(FLOATS, 2);
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.c, i);
            FloatVector large = one.sub(two.div(fromArray(FLOATS, tile.a, i).add(one)));
            FloatVector signed = large.blend(large.neg(), x.compare(LT, 0));
            FloatVector z = x.mul(x);
            FloatVector series = z.mul(T4).add(T3).mul(z).add(T2).mul(z).add(T1).mul(z).add(T0);
            FloatVector small = series.mul(z).mul(x).add(x);
            signed.blend(small, x.abs().compare(LT, TANH_SMALL)).intoArray(tile.a, i);
        }
    }

    /** x to the exponent in a and itself in c. */
    private static void geluExponent(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            FloatVector x = fromArray(FLOATS, tile.a, i);
            x.intoArray(tile.c, i);
            x.mul(x).mul(x).mul(GELU_CUBE).add(x).mul(GELU_SCALE).intoArray(tile.a, i);
        }
    }

    private static void geluOfExp(Tile tile, int n) {
        for (int i = 0; i < n; i += Lanes.COUNT) {
            fromArray(FLOATS, tile.c, i).div(fromArray(FLOATS, tile.a, i).add(1)).intoArray(tile.a, i);
        }
    }
}
