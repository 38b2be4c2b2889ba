package io.chagres.bench.report;

import java.util.Arrays;

/** Sizes in benchmarks' parameters. */
public final class Sizes {
    private static final int CONVOLUTION = 8;

    private Sizes() {
    }

    /**
     * A size as a number: of {@code 64x784x128} the product, which for a matrix product is the number of multiply-adds. Of eight
     * numbers, which are a convolution's images, channels, height and width, channels of the result, kernel, stride, padding and
     * groups, it is the number of multiply-adds, too. NaN if it is none.
     */
    public static double amount(String size) {
        try {
            double[] numbers = Arrays.stream(size.split("x")).mapToDouble(Double::parseDouble).toArray();
            return numbers.length == CONVOLUTION
                    ? multiplyAdds(numbers)
                    : Arrays.stream(numbers).reduce(1, (a, b) -> a * b);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static double multiplyAdds(double... of) {
        double to = Math.floor((of[2] + 2 * of[6] - of[4]) / of[5]) + 1;
        return of[0] * to * to * of[3] * of[1] / of[7] * of[4] * of[4];
    }
}
