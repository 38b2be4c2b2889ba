package io.chagres.runtime.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Which library is faster for a float32 product, by its sizes: read from {@code gemm-table.txt}, which a command of
 * {@code bench} measures. A line says for a kind of product, a number of threads, m and n how long OpenBLAS takes in parts of
 * oneDNN's time, for k of 1, 2, 4 and so on. Sizes are rounded to powers of two; those beyond the table count as its last.
 */
public final class GemmTable {
    /** The powers of two from 1 on, for single products and for each of a batch. */
    public static final int SIZES = 11, BATCH_SIZES = 8;
    /** OpenBLAS has to be faster by so much. */
    private static final double MARGIN = 0.95;
    private static final String FILE = "gemm-table.txt";
    private static final GemmTable MEASURED = read();

    /** What is multiplied. */
    public enum Kind {
        /** Two matrices. */
        SINGLE(SIZES),
        /** Many pairs. */
        BATCH(BATCH_SIZES);

        private final int sizes;

        Kind(int sizes) {
            this.sizes = sizes;
        }
    }

    private final boolean[][] alone = new boolean[Kind.values().length][];
    private final boolean[][] together = new boolean[Kind.values().length][];

    private GemmTable() {
        for (var kind : Kind.values()) {
            alone[kind.ordinal()] = new boolean[kind.sizes * kind.sizes * kind.sizes];
            together[kind.ordinal()] = alone[kind.ordinal()].clone();
        }
    }

    /** Whether OpenBLAS is to compute a product of [m, k] and [k, n], all positive, on so many threads; it counts in 32 bits. */
    public static boolean isOpenBlas(Kind kind, int threads, long m, long n, long k) {
        if (Math.max(m, Math.max(n, k)) > Integer.MAX_VALUE) {
            return false;
        }
        var fastest = (threads > 1 ? MEASURED.together : MEASURED.alone)[kind.ordinal()];
        int sizes = kind.sizes;
        return fastest[(index(m, sizes) * sizes + index(n, sizes)) * sizes + index(k, sizes)];
    }

    /** The power of two that is nearest by ratio. */
    private static int index(long size, int sizes) {
        int lower = 63 - Long.numberOfLeadingZeros(size);
        // past √2 times the lower power, which 181/128 is nearly
        boolean up = lower < 50 && size * 128 > (181L << lower);
        return Math.min(sizes - 1, up ? lower + 1 : lower);
    }

    private static GemmTable read() {
        var table = new GemmTable();
        try (var in = GemmTable.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing beside " + GemmTable.class);
            }
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(table::take);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private void take(String line) {
        var words = line.trim().split(" +");
        var kind = Kind.valueOf(words[0]);
        int sizes = kind.sizes;
        var fastest = (Integer.parseInt(words[1]) > 1 ? together : alone)[kind.ordinal()];
        int from = (index(Long.parseLong(words[2]), sizes) * sizes + index(Long.parseLong(words[3]), sizes)) * sizes;
        if (words.length != 4 + sizes) {
            throw new IllegalStateException(FILE + ": " + line + " has no " + sizes + " ratios");
        }
        for (int k = 0; k < sizes; k++) {
            fastest[from + k] = Double.parseDouble(words[4 + k]) < MARGIN;
        }
    }
}
