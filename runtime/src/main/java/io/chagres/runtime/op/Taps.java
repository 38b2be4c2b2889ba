package io.chagres.runtime.op;

import java.util.Arrays;

/**
 * How each element of a line is made of elements of another line: which ones, and with what weights. Those of the element o are at the
 * positions from begin[o] to begin[o + 1].
 */
final class Taps {
    /** PyTorch's choice of the free parameter of cubic convolution (Keys, 1981). */
    private static final double CUBIC = -0.75;

    /** Lengths of the line that is read and of the one that is made. */
    final int in;
    final int out;
    final int[] begin;
    int[] index;
    double[] weight;
    float[] single;
    /** How many there are for each element; 0 if that differs. */
    final int each;
    private int count;
    private Taps transposed;

    private Taps(int in, int out, int each) {
        this.in = in;
        this.each = each;
        this.out = out;
        this.begin = new int[out + 1];
        this.index = new int[(int) Math.min(Integer.MAX_VALUE - 8, Math.max(1L, each) * out)];
        this.weight = new double[index.length];
    }

    private void add(int from, double value) {
        if (count == index.length) {
            index = Arrays.copyOf(index, 2 * count + 8);
            weight = Arrays.copyOf(weight, index.length);
        }
        index[count] = from;
        weight[count++] = value;
    }

    private void end(int o) {
        begin[o + 1] = count;
    }

    private Taps done() {
        single = new float[count];
        for (int i = 0; i < count; i++) {
            single[i] = (float) weight[i];
        }
        return this;
    }

    /** Whether the line that is made is the one that is read. */
    boolean isIdentity() {
        for (int o = 0; o < out && in == out; o++) {
            if (begin[o + 1] != o + 1 || index[o] != o || weight[o] != 1) {
                return false;
            }
        }
        return in == out;
    }

    /** The first element that some elements take, and the last one, at least as great. */
    int first(int from, int to) {
        int first = in - 1;
        for (int k = begin[from]; k < begin[to]; k++) {
            first = Math.min(first, index[k]);
        }
        return first;
    }

    int last(int from, int to) {
        int last = first(from, to);
        for (int k = begin[from]; k < begin[to]; k++) {
            last = Math.max(last, index[k]);
        }
        return last;
    }

    /** What gives the gradient of the line that was read. */
    Taps transposed() {
        if (transposed == null) {
            var other = new Taps(out, in, 0);
            other.index = new int[count];
            other.weight = new double[count];
            for (int i = 0; i < count; i++) {
                other.begin[index[i] + 1]++;
            }
            for (int i = 0; i < in; i++) {
                other.begin[i + 1] += other.begin[i];
            }
            int[] next = other.begin.clone();
            for (int o = 0; o < out; o++) {
                for (int k = begin[o]; k < begin[o + 1]; k++) {
                    int to = next[index[k]]++;
                    other.index[to] = o;
                    other.weight[to] = weight[k];
                }
            }
            other.count = count;
            other.transposed = this;
            transposed = other.done();
        }
        return transposed;
    }

    // ---- Ways to choose

    /**
     * The element nearest to the left, in float32, as PyTorch computes it: another precision chooses others.
     *
     * @param factor how many times longer the result is; 0 for what the sizes say
     * @param plainly without the short cuts that PyTorch takes for two and three dimensions
     */
    static Taps nearest(int in, int out, double factor, boolean plainly) {
        var taps = new Taps(in, out, 1);
        float step = singleStep(in, out, factor);
        for (int o = 0; o < out; o++) {
            long from = !plainly && in == out ? o : !plainly && out == 2L * in ? o >> 1 : (long) ((float) o * step);
            taps.add((int) Math.min(from, in - 1), 1);
            taps.end(o);
        }
        return taps.done();
    }

    /** The element that is nearest to the middle, as PyTorch's nearest-exact. */
    static Taps nearestExact(int in, int out, double factor) {
        var taps = new Taps(in, out, 1);
        float step = singleStep(in, out, factor);
        for (int o = 0; o < out; o++) {
            taps.add((int) Math.min((long) (float) ((o + 0.5) * step), in - 1), 1);
            taps.end(o);
        }
        return taps.done();
    }

    private static float singleStep(int in, int out, double factor) {
        return factor > 0 ? (float) (1 / factor) : (float) in / out;
    }

    /** Where an element would be in the line that is read. */
    private static double place(int o, int in, int out, double factor, boolean alignCorners) {
        if (alignCorners) {
            return out > 1 ? (in - 1.0) / (out - 1) * o : 0;
        }
        return (factor > 0 ? 1 / factor : (double) in / out) * (o + 0.5) - 0.5;
    }

    /** On the straight line between two neighbours. */
    static Taps linear(int in, int out, double factor, boolean alignCorners) {
        var taps = new Taps(in, out, in == out ? 1 : 2);
        for (int o = 0; o < out; o++) {
            double place = in == out ? o : Math.max(0, place(o, in, out, factor, alignCorners));
            int left = (int) Math.min((long) place, in - 1);
            double right = Math.min(place - left, 1);
            taps.add(left, 1 - right);
            if (in != out) {
                taps.add(Math.min(left + 1, in - 1), right);
            }
            taps.end(o);
        }
        return taps.done();
    }

    /** On a cubic curve through four neighbours. */
    static Taps cubic(int in, int out, double factor, boolean alignCorners) {
        var taps = new Taps(in, out, 4);
        for (int o = 0; o < out; o++) {
            double place = place(o, in, out, factor, alignCorners);
            int left = (int) Math.min((long) Math.floor(place), in - 1);
            double t = Math.min(place - left, 1);
            double[] weights = {far(t + 1), near(t), near(1 - t), far(2 - t)};
            for (int i = 0; i < weights.length; i++) {
                taps.add(Math.clamp(left - 1L + i, 0, in - 1), weights[i]);
            }
            taps.end(o);
        }
        return taps.done();
    }

    private static double near(double x) {
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
    }

    private static double far(double x) {
        return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
    }

    /** The mean of all elements that an element covers in part. */
    static Taps area(int in, int out) {
        var taps = new Taps(in, out, in % out == 0 ? in / out : 0);
        for (int o = 0; o < out; o++) {
            long from = (long) o * in / out;
            long to = Math.ceilDiv((o + 1L) * in, out);
            for (long i = from; i < to; i++) {
                taps.add((int) i, 1.0 / (to - from));
            }
            taps.end(o);
        }
        return taps.done();
    }
}
