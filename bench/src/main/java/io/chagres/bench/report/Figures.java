package io.chagres.bench.report;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {
    private static final double[] BIG = {1e9, 1e6, 1e3};
    private static final String[] BIG_NAMES = {"G", "M", "k"};
    private static final double DETAILED = 10;
    private static final double WHOLE = 100;

    private Figures() {
    }

    /** Three digits or all before the point, such as {@code 12,345}, {@code 12.3} or {@code 0.00123}; {@code -} for NaN. */
    static String plain(double value) {
        double size = Math.abs(value);
        if (Double.isNaN(value)) {
            return "-";
        }
        if (size >= WHOLE || size == 0) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= DETAILED) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        int decimals = 2 + Math.max(0, (int) Math.ceil(-Math.log10(size)));
        return String.format(Locale.ROOT, "%." + Math.min(decimals, 9) + "f", value);
    }

    /** In two digits with a letter, such as {@code 16k} or {@code 2.1M}, for axes. */
    static String brief(double value) {
        for (int i = 0; i < BIG.length; i++) {
            if (Math.abs(value) >= BIG[i]) {
                return twoDigits(value / BIG[i]) + BIG_NAMES[i];
            }
        }
        return Math.abs(value) >= 1 || value == 0 ? twoDigits(value) : String.format(Locale.ROOT, "%.2g", value);
    }

    private static String twoDigits(double value) {
        String text = String.format(Locale.ROOT, Math.abs(value) < DETAILED ? "%.1f" : "%.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** Such as {@code 12.3 (12.0 - 13.1)}; the note alone if there is no figure. */
    static String spread(Measurement measurement) {
        if (!measurement.isMeasured()) {
            return measurement.note().isEmpty() ? "-" : measurement.note();
        }
        return plain(measurement.median()) + " (" + plain(measurement.least()) + " - " + plain(measurement.greatest())
                + ")";
    }
}
