package io.chagres.bench;

import java.util.Arrays;
import java.util.Locale;

/** What is told of several measurements of one thing. */
record Spread(double median, double least, double greatest) {
    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
    }

    /** Such as {@code 1.23 (1.20 - 1.31)}. */
    String format(int decimals) {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + " - " + number + ")", median, least, greatest);
    }
}
