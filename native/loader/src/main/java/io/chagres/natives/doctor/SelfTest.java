package io.chagres.natives.doctor;

import io.chagres.natives.Checkup;
import io.chagres.natives.Natives;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;

/** Both libraries multiply matrices of odd shapes, for two seconds in all, and are compared with plain Java. */
public final class SelfTest implements Checkup {
    private static final int[][] SHAPES = {{1, 1, 1}, {3, 5, 7}, {17, 1, 33}, {64, 128, 784}, {127, 65, 255},
            {512, 384, 256}};
    private static final long NANOS = 2_000_000_000L;

    @Override
    public String title() {
        return "Self-test";
    }

    @Override
    public boolean run(PrintStream out) {
        var symbols = Natives.symbols();
        var libraries = new LinkedHashMap<String, Gemm>();
        libraries.put("OpenBLAS", Gemm.openblas(symbols));
        libraries.put("oneDNN", Gemm.onednn(symbols));
        var well = true;
        for (var shape : SHAPES) {
            try (var arena = Arena.ofConfined()) {
                var product = new Product(shape[0], shape[1], shape[2], arena);
                for (var library : libraries.entrySet()) {
                    var error = product.error(library.getValue());
                    var right = error <= product.bound();
                    var speed = product.speed(library.getValue(), NANOS / (SHAPES.length * libraries.size()));
                    Lines.print(out, product.toString(), "%-8s %7.2f GFLOP/s, relative error %.1e%s"
                            .formatted(library.getKey(), speed, error, right
                                    ? ""
                                    : ", WRONG: above the bound of "
                                            + product.bound()));
                    well &= right;
                }
            }
        }
        return well;
    }
}
