package io.chagres.bench.report;

import java.util.Arrays;

/** Sizes in benchmarks' parameters. */
public final class Sizes {
    private Sizes() {
    }

    /**
     * A size as a number: of {@code 64x784x128} the product, which for a matrix product is the number of multiply-adds. NaN if it
     * is none.
     */
    public static double amount(String size) {
        try {
            return Arrays.stream(size.split("x")).mapToDouble(Double::parseDouble).reduce(1, (a, b) -> a * b);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
