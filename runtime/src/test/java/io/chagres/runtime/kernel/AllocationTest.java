package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Once the JIT compiler has seen to it, no kernel allocates on the heap. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 2000;
    /** Until compiled, vectors are objects; compiling them takes a while on a busy machine. */
    private static final int MOST_ROUNDS = 500;
    private static final double MOST_BYTES_A_CALL = 16;
    private static final int ROWS = 13;
    private static final int COLS = 17;
    private static final int N = ROWS * COLS;

    /** What a call returned, so that it is not optimised away. */
    static double result;

    private static Arguments call(String name, Runnable call) {
        return Arguments.of(Named.of(name, call));
    }

    static Stream<Arguments> calls() {
        return Stream.of(PlainKernels.INSTANCE, new VectorKernels()).flatMap(k -> calls(k).stream());
    }

    private static List<Arguments> calls(Kernels k) {
        Floats a = Floats.random(N, 1);
        Floats b = Floats.random(N, 2);
        Floats c = Floats.zeros(N);
        Floats d = Floats.zeros(N);
        MemorySegment labels = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, N);
        MemorySegment x = a.segment;
        MemorySegment y = b.segment;
        MemorySegment z = c.segment;
        long xo = a.offset;
        long yo = b.offset;
        long zo = c.offset;
        AdamStep adam = Steps.adam(0, 0.1f);
        SgdStep sgd = Steps.sgd(0.9f, false, true);
        List<Arguments> calls = new ArrayList<>();
        for (Kernels.Unary f : Kernels.Unary.values()) {
            calls.add(call(k.name() + " " + f, () -> k.unary(f, x, xo, z, zo, N)));
        }
        for (Kernels.Binary f : Kernels.Binary.values()) {
            calls.add(call(k.name() + " " + f, () -> {
                k.binary(f, x, xo, 1, y, yo, 1, z, zo, N);
                k.binary(f, x, xo, 1, y, yo, 0, z, zo, N);
            }));
        }
        for (Kernels.Unary f : Kernels.Unary.values()) {
            float[] array = new float[N];
            calls.add(call(k.name() + " " + f + " of an array", () -> k.unary(f, array, 1, N - 1)));
        }
        calls.add(call(k.name() + " pieces", () -> {
            k.pieces(Steps.LINES.getFirst(), x, xo, 1, y, yo, 1, z, zo, N);
            k.pieces(Steps.LINES.getFirst(), x, xo, 1, y, yo, 0, z, zo, N);
        }));
        calls.add(call(k.name() + " axpy", () -> k.axpy(1e-9f, x, xo, z, zo, N)));
        calls.add(call(k.name() + " scale", () -> k.scale(2, x, xo, z, zo, N)));
        calls.add(call(k.name() + " fill", () -> k.fill(2, z, zo, N)));
        calls.add(call(k.name() + " sum", () -> result += k.sum(x, xo, N)));
        calls.add(call(k.name() + " max", () -> result += k.max(x, xo, N)));
        calls.add(call(k.name() + " columnSum", () -> k.columnSum(x, xo, ROWS, COLS, 0, COLS, z, zo, true)));
        calls.add(call(k.name() + " squares", () -> result += k.squares(x, xo, N, 0.5)));
        calls.add(call(k.name() + " columnSquares",
                () -> k.columnSquares(x, xo, ROWS, COLS, 0, COLS, y, yo, z, zo)));
        calls.add(call(k.name() + " columnMoments",
                () -> k.columnMoments(x, xo, ROWS - 2, COLS, y, yo, z, zo)));
        calls.add(call(k.name() + " columnProducts",
                () -> k.columnProducts(x, xo, y, yo, ROWS - 2, COLS, y, yo, z, zo)));
        calls.add(call(k.name() + " columnLines", () -> k.columnLines(x, xo, y, yo, COLS, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " columnCombinations",
                () -> k.columnCombinations(x, xo, y, yo, y, yo, COLS, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " reluBackward", () -> k.reluBackward(x, xo, y, yo, z, zo, N)));
        calls.add(call(k.name() + " reluBackwardColumnSum", () -> k.reluBackwardColumnSum(x, xo, y, yo, z, zo, ROWS,
                COLS, 0, COLS, d.segment, d.offset, false)));
        calls.add(call(k.name() + " softmaxRows", () -> k.softmaxRows(x, xo, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " softmaxRows, long", () -> k.softmaxRows(x, xo, z, zo, 1, N)));
        calls.add(call(k.name() + " logSoftmaxRows", () -> k.logSoftmaxRows(x, xo, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " logSoftmaxRows, long", () -> k.logSoftmaxRows(x, xo, z, zo, 1, N)));
        calls.add(call(k.name() + " crossEntropyRows",
                () -> result += k.crossEntropyRows(x, xo, labels, 0, -1, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " crossEntropyRows, long",
                () -> result += k.crossEntropyRows(x, xo, labels, 0, -1, z, zo, 1, N)));
        calls.add(call(k.name() + " crossEntropyRowsBackward",
                () -> k.crossEntropyRowsBackward(x, xo, labels, 0, -1, 1, z, zo, ROWS, COLS)));
        calls.add(call(k.name() + " u8ToF32", () -> k.u8ToF32(x, xo, z, zo, N, 1, 0)));
        int[] numbers = new int[N];
        MemorySegment mask = Arena.ofAuto().allocate(8 * (N / 64 + 1));
        calls.add(call(k.name() + " philox", () -> k.philox(1, 2, 3, numbers, 1, N / 4)));
        calls.add(call(k.name() + " atLeast", () -> k.atLeast(0, numbers, 0, mask, 0, N)));
        int[] rows = {0, 2, 3, 6};
        int[] index = {0, 1, 2, 0, 1, 2};
        float[] weights = {1, 2, 3, 4, 5, 6};
        calls.add(call(k.name() + " weightedRows",
                () -> k.weightedRows(rows, index, weights, 0, 3, x, xo, N / 3, z, zo)));
        float[] panel = new float[2 * 30 + Kernels.SLACK];
        calls.add(call(k.name() + " addWindows",
                () -> k.addWindows(weights, index, panel, 0, 2, 30, z, zo, index, 0, 5)));
        calls.add(call(k.name() + " planes", () -> k.planes(x, xo, 4, index, panel, true, z, zo, 6, 2, 9)));
        calls.add(call(k.name() + " masked", () -> k.masked(mask, 0, 2, 1, -1, x, xo, z, zo, N)));
        calls.add(call(k.name() + " adam",
                () -> k.adam(adam, x, xo, y, yo, z, zo, d.segment, d.offset, N)));
        calls.add(call(k.name() + " sgd", () -> k.sgd(sgd, x, xo, y, yo, z, zo, N)));
        return calls;
    }

    @ParameterizedTest
    @MethodSource("calls")
    void steadyCallsAllocateNothing(Runnable call) {
        double bytes = bytesPerCall(call);
        for (int round = 1; round < MOST_ROUNDS && bytes >= MOST_BYTES_A_CALL; round++) {
            bytes = bytesPerCall(call);
        }
        assertTrue(bytes < MOST_BYTES_A_CALL, bytes + " bytes a call");
    }

    private static double bytesPerCall(Runnable call) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) CALLS;
    }
}
