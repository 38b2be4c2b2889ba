package io.chagres.runtime.property;

/** A number and its derivatives in all leaves' elements; none at all are all 0. */
record Dual(double value, double... slopes) {

    /** One of so many elements of leaves. */
    static Dual leaf(double value, int index, int count) {
        var slopes = new double[count];
        slopes[index] = 1;
        return new Dual(value, slopes);
    }

    /** A function of this number, by its value and derivative here. */
    Dual to(double result, double derivative) {
        return of(result, this, derivative, this, 0);
    }

    /** A function of two numbers, by its value and partial derivatives here. */
    static Dual of(double result, Dual x, double byX, Dual y, double byY) {
        var slopes = new double[Math.max(x.slopes.length, y.slopes.length)];
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] = byX * x.slope(i) + byY * y.slope(i);
        }
        return new Dual(result, slopes);
    }

    double slope(int leaf) {
        return leaf < slopes.length ? slopes[leaf] : 0;
    }

    Dual plus(Dual y) {
        return of(value + y.value, this, 1, y, 1);
    }

    Dual minus(Dual y) {
        return of(value - y.value, this, 1, y, -1);
    }

    Dual times(Dual y) {
        return of(value * y.value, this, y.value, y, value);
    }

    Dual over(Dual y) {
        return of(value / y.value, this, 1 / y.value, y, -value / (y.value * y.value));
    }

    Dual plus(double y) {
        return to(value + y, 1);
    }

    Dual times(double y) {
        return to(value * y, y);
    }

    Dual exp() {
        return to(Math.exp(value), Math.exp(value));
    }

    Dual log() {
        return to(Math.log(value), 1 / value);
    }

    Dual sqrt() {
        return to(Math.sqrt(value), 0.5 / Math.sqrt(value));
    }

    Dual tanh() {
        double t = Math.tanh(value);
        return to(t, 1 - t * t);
    }

    Dual sigmoid() {
        double s = 1 / (1 + Math.exp(-value));
        return to(s, s * (1 - s));
    }
}
