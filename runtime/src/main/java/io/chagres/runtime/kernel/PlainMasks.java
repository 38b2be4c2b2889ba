package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Masks of one bit an element, 64 in a word, in plain Java. */
final class PlainMasks {
    static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    static final int BITS = Long.SIZE;

    private PlainMasks() {
    }

    static void atLeast(int least, int[] numbers, int from, MemorySegment mask, long mo, int n) {
        for (int i = 0; i < n; i += BITS) {
            long word = 0;
            int end = Math.min(BITS, n - i);
            for (int j = 0; j < end; j++) {
                word |= (numbers[from + i + j] >= least ? 1L : 0) << j;
            }
            mask.set(WORD, mo + i / 8, word);
        }
    }

    static void masked(MemorySegment mask, long mo, float scale, float kept, float dropped, MemorySegment x, long xo,
            MemorySegment y, long yo, long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(x, xo + 4 * i, tile.a, count);
            for (int j = 0; j < count; j += BITS) {
                long word = mask.get(WORD, mo + (i + j) / 8);
                int end = Math.min(count, j + BITS);
                for (int k = j; k < end; k++) {
                    tile.a[k] = tile.a[k] * ((word >>> k & 1) * scale) + ((word >>> k & 1) != 0 ? kept : dropped);
                }
            }
            Tile.store(tile.a, y, yo + 4 * i, count);
        }
    }
}
