package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The row-wise kernels; see {@link Kernels} for what each does. */
sealed interface Rows permits ShortRows, LongRows {
    void softmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols);

    void logSoftmax(MemorySegment x, long xo, MemorySegment y, long yo, int rows, int cols);

    double crossEntropy(MemorySegment x, long xo, MemorySegment labels, long lo, long ignore, MemorySegment p, long po,
            int rows, int cols);

    void crossEntropyBackward(MemorySegment p, long po, MemorySegment labels, long lo, long ignore, float scale,
            MemorySegment dx, long dxo, int rows, int cols);

    /**
     * The exponentials of the first n elements of array a, in place. What lies behind them there, and arrays b and c,
     * may be overwritten.
     */
    interface Exp {
        void apply(Tile tile, int n);
    }

    static long label(MemorySegment labels, long lo, int row) {
        return labels.get(ValueLayout.JAVA_LONG_UNALIGNED, lo + 8L * row);
    }
}
