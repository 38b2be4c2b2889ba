package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.L2I;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Element-wise kernels with the Vector API: whole vectors here, the rest by {@link PlainElementwise}. Every operation
 * has a loop of its own, because the JIT compiler must see which one it is.
 */
final class VectorElementwise {
    /** Bytes enough for one vector of floats, or for two where that many bytes are no vector. */
    private static final VectorSpecies<Byte> UNSIGNED = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(64, Lanes.COUNT * Byte.SIZE)));
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final VectorSpecies<Integer> HALF_INTS = VectorSpecies.of(int.class,
            VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 2)));
    private static final ValueLayout.OfFloat FLOAT_AT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final boolean TWO_PARTS = UNSIGNED.length() > Lanes.COUNT;

    private VectorElementwise() {
    }

    static void unary(Kernels.Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        switch (f) {
            case NEG, ABS, RELU, SQRT, RECIPROCAL -> direct(f, x, xo, y, yo, n);
            case EXP, LOG, SIGMOID, TANH, GELU_TANH -> byTile(f, x, xo, y, yo, n);
        }
    }

    private static void direct(Kernels.Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        switch (f) {
            case NEG -> neg(x, xo, y, yo, end);
            case ABS -> abs(x, xo, y, yo, end);
            case RELU -> relu(x, xo, y, yo, end);
            case SQRT -> sqrt(x, xo, y, yo, end);
            case RECIPROCAL -> reciprocal(x, xo, y, yo, end);
            default -> throw new AssertionError(f);
        }
        if (whole < n) {
            PlainElementwise.unary(f, x, xo + end, y, yo + end, n - whole);
        }
    }

    private static void byTile(Kernels.Unary f, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, tile.a, count);
            compute(f, tile, count);
            Tile.store(tile.a, y, yo + 4 * i, count);
        }
    }

    private static void compute(Kernels.Unary f, Tile tile, int count) {
        switch (f) {
            case EXP -> VectorMath.exp(tile, count);
            case LOG -> VectorMath.log(tile, count);
            case SIGMOID -> VectorMath.sigmoid(tile, count);
            case TANH -> VectorMath.tanh(tile, count);
            case GELU_TANH -> VectorMath.geluTanh(tile, count);
            default -> throw new AssertionError(f);
        }
    }

    static void unary(Kernels.Unary f, float[] t, int from, int n) {
        switch (f) {
            case NEG, ABS, RELU, SQRT, RECIPROCAL -> PlainElementwise.unary(f, t, from, n);
            case EXP, LOG, SIGMOID, TANH, GELU_TANH -> {
                Tile tile = Tile.mine();
                for (int i = 0; i < n; i += Tile.SIZE) {
                    int count = Tile.length(n - i);
                    System.arraycopy(t, from + i, tile.a, 0, count);
                    compute(f, tile, count);
                    System.arraycopy(tile.a, 0, t, from + i, count);
                }
            }
        }
    }

    private static void neg(MemorySegment x, long xo, MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, xo + i, ORDER).neg().intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void abs(MemorySegment x, long xo, MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, xo + i, ORDER).abs().intoMemorySegment(y, yo + i, ORDER);
        }
    }

    /** Zeros of either sign give +0, NaN stays: as Math.max(x, 0), in fewer instructions. */
    private static void relu(MemorySegment x, long xo, MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector v = fromMemorySegment(FLOATS, x, xo + i, ORDER);
            v.blend(0, v.compare(LE, 0)).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void sqrt(MemorySegment x, long xo, MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, xo + i, ORDER).sqrt().intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void reciprocal(MemorySegment x, long xo, MemorySegment y, long yo, long end) {
        x = offHeap(x);
        y = offHeap(y);
        FloatVector one = broadcast(FLOATS, 1);
        for (long i = 0; i < end; i += BYTES) {
            one.div(fromMemorySegment(FLOATS, x, xo + i, ORDER)).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    static void binary(Kernels.Binary f, MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs,
            MemorySegment y, long yo, long n) {
        if (n == 0) {
            return;
        }
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        switch (f) {
            case ADD -> add(a, ao, as, b, bo, bs, y, yo, end);
            case SUB -> sub(a, ao, as, b, bo, bs, y, yo, end);
            case MUL -> mul(a, ao, as, b, bo, bs, y, yo, end);
            case DIV -> div(a, ao, as, b, bo, bs, y, yo, end);
            case MAX -> max(a, ao, as, b, bo, bs, y, yo, end);
            case MIN -> min(a, ao, as, b, bo, bs, y, yo, end);
        }
        if (whole < n) {
            PlainElementwise.binary(f, a, ao + end * as, as, b, bo + end * bs, bs, y, yo + end, n - whole);
        }
    }

    private static void add(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.add(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void sub(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.sub(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void mul(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.mul(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void div(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.div(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void max(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.max(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    private static void min(MemorySegment a, long ao, int as, MemorySegment b, long bo, int bs, MemorySegment y,
            long yo, long end) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        FloatVector oneA = broadcast(FLOATS, as == 0 ? Tile.get(a, ao) : 0);
        FloatVector oneB = broadcast(FLOATS, bs == 0 ? Tile.get(b, bo) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector left = as == 0 ? oneA : fromMemorySegment(FLOATS, a, ao + i, ORDER);
            FloatVector right = bs == 0 ? oneB : fromMemorySegment(FLOATS, b, bo + i, ORDER);
            left.min(right).intoMemorySegment(y, yo + i, ORDER);
        }
    }

    static void pieces(Pieces lines, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs,
            MemorySegment y, long yo, long n) {
        if (n == 0) {
            return;
        }
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        lines(lines, x, xo, xs, g, go, gs, y, yo, end);
        if (whole < n) {
            PlainElementwise.pieces(lines, x, xo + end * xs, xs, g, go + end * gs, gs, y, yo + end, n - whole);
        }
    }

    private static void lines(Pieces lines, MemorySegment x, long xo, int xs, MemorySegment g, long go, int gs,
            MemorySegment y, long yo, long end) {
        x = offHeap(x);
        g = offHeap(g);
        y = offHeap(y);
        float low = lines.lowFloat();
        float high = lines.highFloat();
        float belowSlope = (float) lines.below().slope();
        float belowShift = (float) lines.below().shift();
        float aboveSlope = (float) lines.above().slope();
        float aboveShift = (float) lines.above().shift();
        FloatVector betweenSlope = broadcast(FLOATS, (float) lines.between().slope());
        FloatVector betweenShift = broadcast(FLOATS, (float) lines.between().shift());
        FloatVector oneX = broadcast(FLOATS, xs == 0 ? Tile.get(x, xo) : 0);
        FloatVector oneG = broadcast(FLOATS, gs == 0 ? Tile.get(g, go) : 0);
        for (long i = 0; i < end; i += BYTES) {
            FloatVector where = xs == 0 ? oneX : fromMemorySegment(FLOATS, x, xo + i, ORDER);
            FloatVector what = gs == 0 ? oneG : fromMemorySegment(FLOATS, g, go + i, ORDER);
            var below = where.compare(LT, low);
            var above = where.compare(GT, high);
            FloatVector slope = betweenSlope.blend(aboveSlope, above).blend(belowSlope, below);
            FloatVector shift = betweenShift.blend(aboveShift, above).blend(belowShift, below);
            what.mul(slope).add(shift).blend(shift, slope.compare(EQ, 0)).blend(what, where.compare(NE, where))
                    .intoMemorySegment(y, yo + i, ORDER);
        }
    }

    static void axpy(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        x = offHeap(x);
        y = offHeap(y);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, y, yo + i, ORDER).add(fromMemorySegment(FLOATS, x, xo + i, ORDER).mul(alpha))
                    .intoMemorySegment(y, yo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.axpy(alpha, x, xo + end, y, yo + end, n - whole);
        }
    }

    static void scaleShift(float alpha, float beta, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        x = offHeap(x);
        y = offHeap(y);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, xo + i, ORDER).mul(alpha).add(beta).intoMemorySegment(y, yo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.scaleShift(alpha, beta, x, xo + end, y, yo + end, n - whole);
        }
    }

    static void combine(float alpha, MemorySegment a, long ao, float beta, MemorySegment b, long bo, float gamma,
            MemorySegment y, long yo, long n) {
        a = offHeap(a);
        b = offHeap(b);
        y = offHeap(y);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, a, ao + i, ORDER).mul(alpha)
                    .add(fromMemorySegment(FLOATS, b, bo + i, ORDER).mul(beta)).add(gamma)
                    .intoMemorySegment(y, yo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.combine(alpha, a, ao + end, beta, b, bo + end, gamma, y, yo + end, n - whole);
        }
    }

    static void maxOfSquares(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        if (half < Lanes.COUNT / 2) {
            maxOfFew(x, xo, cols, y, yo, rows, half);
        } else {
            maxOfMany(x, xo, cols, y, yo, rows, half);
        }
    }

    /**
     * A pair of floats is a long: its upper half comes down to meet the lower one, and then the lower halves are kept. The last
     * vector of a row reaches back over what was done before.
     */
    private static void maxOfMany(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        x = offHeap(x);
        y = offHeap(y);
        int step = Lanes.COUNT / 2;
        for (long row = 0; row < rows; row++) {
            long upper = xo + 8 * row * cols;
            long lower = upper + 4 * cols;
            long out = yo + 4 * row * half;
            for (long i = 0; i < half; i += step) {
                long at = Math.min(i, half - step);
                FloatVector column = fromMemorySegment(FLOATS, x, upper + 8 * at, ORDER)
                        .max(fromMemorySegment(FLOATS, x, lower + 8 * at, ORDER));
                FloatVector right = column.reinterpretAsLongs().lanewise(LSHR, 32).reinterpretAsFloats();
                ((IntVector) column.max(right).reinterpretAsLongs().convertShape(L2I, HALF_INTS, 0))
                        .intoMemorySegment(y, out + 4 * at, ORDER);
            }
        }
    }

    private static void maxOfFew(MemorySegment x, long xo, long cols, MemorySegment y, long yo, long rows, long half) {
        x = offHeap(x);
        y = offHeap(y);
        for (long row = 0; row < rows; row++) {
            long upper = xo + 8 * row * cols;
            long lower = upper + 4 * cols;
            for (long i = 0; i < half; i++) {
                float left = Math.max(x.get(FLOAT_AT, upper + 8 * i), x.get(FLOAT_AT, lower + 8 * i));
                float right = Math.max(x.get(FLOAT_AT, upper + 8 * i + 4), x.get(FLOAT_AT, lower + 8 * i + 4));
                y.set(FLOAT_AT, yo + 4 * (row * half + i), Math.max(left, right));
            }
        }
    }

    static void scale(float alpha, MemorySegment x, long xo, MemorySegment y, long yo, long n) {
        x = offHeap(x);
        y = offHeap(y);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        for (long i = 0; i < end; i += BYTES) {
            fromMemorySegment(FLOATS, x, xo + i, ORDER).mul(alpha).intoMemorySegment(y, yo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.scale(alpha, x, xo + end, y, yo + end, n - whole);
        }
    }

    static void fill(float value, MemorySegment y, long yo, long n) {
        y = offHeap(y);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        FloatVector v = broadcast(FLOATS, value);
        for (long i = 0; i < end; i += BYTES) {
            v.intoMemorySegment(y, yo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.fill(value, y, yo + end, n - whole);
        }
    }

    static void reluBackward(MemorySegment dy, long dyo, MemorySegment y, long yo, MemorySegment dx, long dxo,
            long n) {
        dy = offHeap(dy);
        y = offHeap(y);
        dx = offHeap(dx);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        FloatVector zero = broadcast(FLOATS, 0);
        for (long i = 0; i < end; i += BYTES) {
            var off = fromMemorySegment(FLOATS, y, yo + i, ORDER).compare(LE, 0);
            fromMemorySegment(FLOATS, dy, dyo + i, ORDER).blend(zero, off).intoMemorySegment(dx, dxo + i, ORDER);
        }
        if (whole < n) {
            PlainElementwise.reluBackward(dy, dyo + end, y, yo + end, dx, dxo + end, n - whole);
        }
    }

    static void u8ToF32(MemorySegment x, long xo, MemorySegment y, long yo, long n, float scale, float shift) {
        x = offHeap(x);
        y = offHeap(y);
        long whole = UNSIGNED.loopBound(n);
        FloatVector scales = broadcast(FLOATS, scale);
        FloatVector shifts = broadcast(FLOATS, shift);
        for (long i = 0; i < whole; i += UNSIGNED.length()) {
            ByteVector bytes = ByteVector.fromMemorySegment(UNSIGNED, x, xo + i, ORDER);
            bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0).convert(I2F, 0).mul(scales).add(shifts)
                    .intoMemorySegment(y, yo + 4 * i, ORDER);
            if (TWO_PARTS) {
                bytes.convertShape(ZERO_EXTEND_B2I, INTS, 1).convert(I2F, 0).mul(scales).add(shifts)
                        .intoMemorySegment(y, yo + 4 * i + BYTES, ORDER);
            }
        }
        if (whole < n) {
            PlainElementwise.u8ToF32(x, xo + whole, y, yo + 4 * whole, n - whole, scale, shift);
        }
    }
}
