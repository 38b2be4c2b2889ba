package io.chagres.runtime.kernel;

import java.util.Objects;

/**
 * A function of straight lines, of one number below a range, another in it and a third above: what leaky relu, hard tanh, the
 * shrinking functions and the like are. Their gradients are such functions too, of the gradient that comes in, and the range is
 * one of the operand: hence two numbers, x which says where, and g which goes along the line. NaN for x lets g through.
 *
 * @param low where the range begins
 * @param high where it ends; not below low unless the range is empty
 * @param open whether low and high themselves lie outside
 * @param below what holds below the range
 * @param between what holds in it
 * @param above what holds above it
 */
public record Pieces(double low, double high, boolean open, Line below, Line between, Line above) {

    /** slope · g + shift; the shift alone if the slope is 0, for infinite g too. */
    public record Line(double slope, double shift) {
        /** g. */
        public static final Line SAME = times(1);
        /** 0. */
        public static final Line NONE = times(0);

        /** slope · g. */
        public static Line times(double slope) {
            return new Line(slope, slope == 0 ? 0 : -0.0); // x + -0 is x, for both zeros
        }

        /** A number. */
        public static Line number(double shift) {
            return new Line(0, shift);
        }
    }

    /** Throws if a line is missing. */
    public Pieces {
        Objects.requireNonNull(below);
        Objects.requireNonNull(between);
        Objects.requireNonNull(above);
    }

    /** Two lines: one up to a number, one beyond it. */
    public static Pieces upTo(double high, Line until, Line above) {
        return new Pieces(Double.NEGATIVE_INFINITY, high, false, Line.NONE, until, above);
    }

    /** The gradient's lines. */
    public Pieces slopes(boolean openRange) {
        return new Pieces(low, high, openRange, Line.times(below.slope), Line.times(between.slope),
                Line.times(above.slope));
    }

    /** The least float in the range. */
    float lowFloat() {
        return open ? Math.nextUp((float) low) : (float) low;
    }

    /** The greatest float in the range. */
    float highFloat() {
        return open ? Math.nextDown((float) high) : (float) high;
    }

    /** y[i] = the line at x[i] of g[i]; y may be x or g. */
    public void run(double[] x, double[] g, double[] y, int n) {
        double least = open ? Math.nextUp(low) : low;
        double greatest = open ? Math.nextDown(high) : high;
        for (int i = 0; i < n; i++) {
            var line = x[i] < least ? below : x[i] > greatest ? above : between;
            y[i] = x[i] != x[i] ? g[i] : line.slope == 0 ? line.shift : g[i] * line.slope + line.shift;
        }
    }
}
