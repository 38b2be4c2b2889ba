package io.chagres.runtime.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses the kernels once: those of the Vector API where its module is enabled, the compiler knows it, and its answers
 * are right; else those in plain Java, with one hint unless {@code -Dchagres.vector=false} asked for them.
 */
final class KernelChoice {
    static final Kernels BEST = choose();

    private static final String MODULE = "jdk.incubator.vector";

    private KernelChoice() {
    }

    private static Kernels choose() {
        Kernels plain = PlainKernels.INSTANCE;
        if (System.getProperty("chagres.vector", "").equalsIgnoreCase("false")) {
            return plain;
        }
        if (!isReadable()) {
            return hint(plain, "the JVM option --add-modules " + MODULE + " makes them about three times faster");
        }
        if (!compilesVectors()) {
            return hint(plain, "this JVM runs without the compiler that vectors need, C2");
        }
        try {
            Kernels vector = new VectorKernels();
            return agree(plain, vector)
                    ? new WarmingKernels(vector, plain)
                    : hint(plain, vector.name() + " gave other results in a self-check");
        } catch (LinkageError | RuntimeException | InternalError e) {
            return hint(plain, "the Vector API failed: " + e);
        }
    }

    private static boolean isReadable() {
        return ModuleLayer.boot().findModule(MODULE).filter(KernelChoice.class.getModule()::canRead).isPresent();
    }

    /** In the interpreter, and after the C1 compiler alone, every vector is an object on the heap. */
    private static boolean compilesVectors() {
        String mode = System.getProperty("java.vm.info", "");
        return !mode.contains("interpreted mode") && !mode.contains("emulated-client");
    }

    private static Kernels hint(Kernels plain, String reason) {
        Logger logger = System.getLogger("io.chagres");
        logger.log(Level.WARNING, "Element-wise kernels run in plain Java: {0}", reason);
        return plain;
    }

    private interface Check {
        void run(Kernels kernels, MemorySegment result);
    }

    /** Whether both give the same bits for element-wise functions, over whole vectors and a rest. */
    private static boolean agree(Kernels plain, Kernels vector) {
        int n = 133;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(ValueLayout.JAVA_FLOAT, n);
            for (int i = 0; i < n; i++) {
                x.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i + 1) / 16f);
            }
            int large = Moves.BLOCK;
            MemorySegment square = arena.allocate(ValueLayout.JAVA_FLOAT, large);
            for (int i = 0; i < large; i++) {
                square.setAtIndex(ValueLayout.JAVA_INT, i, i);
            }
            List<Check> checks = new ArrayList<>();
            for (Kernels.Unary f : Kernels.Unary.values()) {
                checks.add((k, y) -> k.unary(f, x, 0, y, 0, n));
            }
            for (Kernels.Binary f : Kernels.Binary.values()) {
                checks.add((k, y) -> k.binary(f, x, 0, 1, x, 4, 0, y, 0, n));
            }
            checks.add((k, y) -> k.scaleShift(-1.7f, 0.3f, x, 0, y, 0, n));
            checks.add((k, y) -> k.combine(-1.7f, x, 0, 0.6f, x, 0, 0.3f, y, 0, n));
            checks.add((k, y) -> k.maxOfSquares(x, 0, 22, y, 0, 3, 11));
            checks.add((k, y) -> k.transposeSquare(square, 0, 4L * Moves.SIDE, y, 0, 4L * Moves.SIDE));
            checks.add((k, y) -> k.u8ToF32(x, 0, y, 0, n, 0.5f, 1));
            int[] numbers = new int[n + 3];
            checks.add((k, y) -> {
                k.philox(-3, 5, 7, numbers, 0, (n + 3) / 4);
                k.atLeast(0, numbers, 0, y, 0, n);
            });
            checks.add((k, y) -> k.weightedRows(new int[]{0, 1, 3, 3, 6}, new int[]{2, 0, 1, 2, 1, 0},
                    new float[]{1, 0.3f, 0.7f, -0.1f, 1.2f, 0.9f}, 0, 4, x, 0, 33, y, 0));
            float[] w = new float[42 + Kernels.SLACK];
            for (int i = 0; i < w.length; i++) {
                w[i] = (i % 7 - 3) / 3f;
            }
            checks.add((k, y) -> {
                k.fill(0.3f, y, 0, n);
                k.addWindows(w, new int[]{0, 2, 1}, w, 3, 2, 35, y, 4, new int[]{1, 40, 7}, 0, 3);
            });
            MemorySegment image = arena.allocateFrom(ValueLayout.JAVA_FLOAT, w);
            checks.add((k, y) -> k.planes(image, 0, 20, new int[]{0, 4, 8}, w, true, y, 0, 7, 2, 3));
            checks.add((k, y) -> k.masked(x, 0, 2, 0.5f, -1, x, 0, y, 0, n));
            MemorySegment expected = arena.allocate(ValueLayout.JAVA_FLOAT, large);
            MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, large);
            return checks.stream().allMatch(check -> {
                check.run(plain, expected);
                check.run(vector, y);
                return y.mismatch(expected) < 0;
            });
        }
    }
}
