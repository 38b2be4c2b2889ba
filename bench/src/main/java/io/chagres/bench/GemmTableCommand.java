package io.chagres.bench;

import io.chagres.runtime.plan.BatchBlas;
import io.chagres.runtime.plan.BatchMatmulPlan;
import io.chagres.runtime.plan.GemmTable;
import io.chagres.runtime.thread.Threads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures float32 products of all sizes that are powers of two by both libraries, by turns, and writes the table by which the
 * library picks one.
 */
@Command(name = "gemm-table", mixinStandardHelpOptions = true, description = "Measure by which library products of which sizes are faster, and write the table that the library picks by.")
final class GemmTableCommand implements Callable<Integer> {
    private static final int ROUNDS = 5;
    private static final long NANOS_A_ROUND = 150_000;
    private static final int BATCH = 64;
    private static final int WARM_UPS = 3000;

    @Option(names = "--out", paramLabel = "FILE", defaultValue = "runtime/src/main/resources/io/chagres/runtime/plan/gemm-table.txt", description = "The table; ${DEFAULT-VALUE} if nothing is said.")
    private Path out;

    @Option(names = "--sizes", paramLabel = "N", defaultValue = "11", description = "How many powers of two, from 1 on.")
    private int sizes;

    @Override
    public Integer call() throws IOException {
        var text = new StringBuilder("""
                # Float32 products: OpenBLAS' time in parts of oneDNN's, by `bench gemm-table`.
                # %s
                # kind, threads, m, n, and the ratios for k = 1, 2, 4 ...
                """.formatted(machine()));
        Threads.setLimit(Math.max(Threads.limit(), 2));
        for (int threads = 1; threads <= 2; threads++) {
            try (var _ = Threads.share(threads)) {
                for (var kind : GemmTable.Kind.values()) {
                    System.out.println(kind + ", threads: " + threads);
                    measure(kind, threads, text);
                }
            }
        }
        Files.writeString(out, text);
        return 0;
    }

    private static String machine() throws IOException {
        var info = Path.of("/proc/cpuinfo");
        var model = Files.isReadable(info)
                ? Files.readAllLines(info).stream().filter(line -> line.startsWith("model name"))
                        .map(line -> line.replaceFirst(".*: *", "")).findFirst()
                : Optional.<String>empty();
        return model.orElse("unknown processor");
    }

    private void measure(GemmTable.Kind kind, int threads, StringBuilder text) {
        int all = Math.min(sizes, kind == GemmTable.Kind.SINGLE ? GemmTable.SIZES : GemmTable.BATCH_SIZES);
        warmUp(kind);
        for (int i = 0; i < all; i++) {
            for (int j = 0; j < all; j++) {
                text.append(kind).append(' ').append(threads).append(' ').append(1 << i).append(' ').append(1 << j);
                for (int l = 0; l < all; l++) {
                    text.append(String.format(Locale.ROOT, " %.2f", ratio(kind, 1 << i, 1 << j, 1 << l)));
                }
                text.append('\n');
            }
        }
    }

    private static void warmUp(GemmTable.Kind kind) {
        try (var arena = Arena.ofShared()) {
            for (var call : calls(kind, arena, 4, 4, 4)) {
                for (int i = 0; i < WARM_UPS; i++) {
                    call.run();
                }
            }
        }
    }

    private static List<Runnable> calls(GemmTable.Kind kind, Arena arena, int m, int n, int k) {
        if (kind == GemmTable.Kind.SINGLE) {
            var product = Product.random(arena, m, k, n, false, false);
            return List.of(product::oneDnn, product::openBlas);
        }
        var all = Product.random(arena, BATCH * m, k, n, false, false);
        var b = Product.random(arena, BATCH * k, n, 1, false, false).a();
        var batch = new long[]{BATCH};
        var aStrides = new long[]{(long) m * k, k, 1};
        var bStrides = new long[]{(long) k * n, n, 1};
        return List.of(
                () -> BatchMatmulPlan.run(batch, m, n, k, all.a(), 0, aStrides, b, 0, bStrides, all.c(), 0, false),
                () -> BatchBlas.run(batch, m, n, k, all.a(), 0, aStrides, b, 0, bStrides, all.c(), 0, false));
    }

    /** The median time of the second call divided by that of the first, by turns. */
    private static double ratio(GemmTable.Kind kind, int m, int n, int k) {
        try (var arena = Arena.ofShared()) {
            var calls = calls(kind, arena, m, n, k);
            var times = new double[2][ROUNDS];
            var repeats = new long[2];
            for (int c = 0; c < 2; c++) {
                calls.get(c).run();
                repeats[c] = Math.max(1, NANOS_A_ROUND / Math.max(1, (long) time(calls.get(c), 2)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int c = 0; c < 2; c++) {
                    times[c][round] = time(calls.get(c), repeats[c]);
                }
            }
            Arrays.sort(times[0]);
            Arrays.sort(times[1]);
            return times[1][ROUNDS / 2] / times[0][ROUNDS / 2];
        }
    }

    private static double time(Runnable call, long repeats) {
        long start = System.nanoTime();
        for (long i = 0; i < repeats; i++) {
            call.run();
        }
        return (System.nanoTime() - start) / (double) repeats;
    }
}
