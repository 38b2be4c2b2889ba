package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Sorts indices of rows, on Java arrays that a thread uses again. An element of up to four bytes becomes an integer of the same
 * order, and with its index below it one {@code long}: sorting those is stable and moves both at once. Elements of eight
 * bytes are merged, indices beside them. Zeros of both signs are equal, NaN comes after all numbers.
 */
final class Sorter {
    /** Rows of so many elements are sorted by digits, in three passes. */
    private static final int LONG = 512;
    private static final int DIGITS = 11;
    private static final int RUN = 16;
    /** Larger arrays are not kept. */
    private static final int KEPT = 1 << 22;
    private static final ThreadLocal<Sorter> MINE = ThreadLocal.withInitial(Sorter::new);

    private long[] keys = new long[64];
    private long[] other = new long[64];
    private int[] places = new int[64];
    private int[] otherPlaces = new int[64];
    private final int[] bits = new int[Lines.SIZE];
    private final int[] counts = new int[1 << DIGITS];

    private Sorter() {
    }

    /** This thread's, with room for so many elements. */
    static Sorter of(int n) {
        var sorter = n > KEPT ? new Sorter() : MINE.get();
        if (sorter.keys.length < n) {
            sorter.keys = new long[n];
        }
        return sorter;
    }

    private void roomToSort(int n) {
        if (other.length < n) {
            other = new long[n];
        }
    }

    private static boolean isWide(DType dtype) {
        return dtype == DType.INT64 || dtype == DType.FLOAT64;
    }

    /** Writes the indices of a sorted row, or the first k of them. */
    void sort(Tensor x, long offset, int n, boolean descending, Tensor indices, long to, int k) {
        roomToSort(n);
        if (isWide(x.dtype())) {
            merge(x, offset, n, descending);
            for (int i = 0; i < k; i++) {
                put(indices, to + i, places[i]);
            }
            return;
        }
        if (k < n / 4) {
            first(x, offset, n, descending, k);
        } else {
            pack(x, offset, 0, n, descending, keys, 0);
            if (n < LONG) {
                Arrays.sort(keys, 0, n);
            } else {
                byDigits(n);
            }
        }
        for (int i = 0; i < k; i++) {
            put(indices, to + i, (int) keys[i]);
        }
    }

    /** The index of the element that would be at a place of the sorted row. */
    int place(Tensor x, long offset, int n, int place) {
        if (isWide(x.dtype())) {
            roomToSort(n);
            merge(x, offset, n, false);
            return places[place];
        }
        pack(x, offset, 0, n, false, keys, 0);
        select(keys, 0, n, place);
        return (int) keys[place];
    }

    private static void put(Tensor indices, long at, long place) {
        indices.storage().base().set(ValueLayout.JAVA_LONG_UNALIGNED, indices.position() + 8 * at, place);
    }

    // ---- Elements as integers of the same order

    private static int order(int bits) {
        int canonical = (bits & 0x7FFF_FFFF) > 0x7F80_0000 ? 0x7FC0_0000 : bits == Integer.MIN_VALUE ? 0 : bits;
        return canonical ^ canonical >> 31 & 0x7FFF_FFFF;
    }

    private void pack(Tensor x, long offset, int from, int n, boolean descending, long[] to, int at) {
        int flip = descending ? -1 : 0;
        var segment = x.storage().base();
        int bytes = x.dtype().bytes();
        for (int done = 0; done < n; done += Lines.SIZE) {
            int count = Math.min(Lines.SIZE, n - done);
            long position = x.position() + (offset + from + done) * bytes;
            load(x.dtype(), segment, position, count);
            for (int i = 0; i < count; i++) {
                to[at + done + i] = (long) (bits[i] ^ flip) << 32 | from + done + i;
            }
        }
    }

    private void load(DType dtype, MemorySegment x, long at, int n) {
        if (dtype == DType.FLOAT32) {
            MemorySegment.copy(x, ValueLayout.JAVA_INT_UNALIGNED, at, bits, 0, n);
            for (int i = 0; i < n; i++) {
                bits[i] = order(bits[i]);
            }
        } else if (dtype.isFloatingPoint()) {
            for (int i = 0; i < n; i++) {
                bits[i] = order(
                        Float.floatToRawIntBits((float) Elements.getDouble(dtype, x, at + (long) i * dtype.bytes())));
            }
        } else {
            for (int i = 0; i < n; i++) {
                bits[i] = (int) Elements.getLong(dtype, x, at + (long) i * dtype.bytes());
            }
        }
    }

    private static long wide(Tensor x, long index) {
        long at = x.position() + 8 * index;
        long bits = x.storage().base().get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        if (x.dtype() == DType.INT64) {
            return bits;
        }
        long canonical = (bits & Long.MAX_VALUE) > 0x7FF0_0000_0000_0000L
                ? 0x7FF8_0000_0000_0000L
                : bits == Long.MIN_VALUE ? 0 : bits;
        return canonical ^ canonical >> 63 & Long.MAX_VALUE;
    }

    // ---- Sorting

    /** Sorts by the upper halves, from the last digits to the first; what is equal keeps its order. */
    private void byDigits(int n) {
        for (int shift = 32; shift < 64; shift += DIGITS) {
            Arrays.fill(counts, 0);
            int mask = (1 << Math.min(DIGITS, 64 - shift)) - 1;
            int sign = shift + DIGITS >= 64 ? (mask + 1) / 2 : 0; // negative ones first
            for (int i = 0; i < n; i++) {
                counts[(int) (keys[i] >>> shift) & mask ^ sign]++;
            }
            if (counts[(int) (keys[0] >>> shift) & mask ^ sign] == n) {
                continue;
            }
            int sum = 0;
            for (int digit = 0; digit <= mask; digit++) {
                int count = counts[digit];
                counts[digit] = sum;
                sum += count;
            }
            for (int i = 0; i < n; i++) {
                other[counts[(int) (keys[i] >>> shift) & mask ^ sign]++] = keys[i];
            }
            var swapped = keys;
            keys = other;
            other = swapped;
        }
    }

    /** The first k in order, others left out as soon as k lesser ones are known. */
    private void first(Tensor x, long offset, int n, boolean descending, int k) {
        int room = Math.min(keys.length, Math.max(2 * Lines.SIZE, 4 * k));
        int filled = 0;
        long bound = Long.MAX_VALUE;
        for (int from = 0; from < n && k > 0; from += Lines.SIZE) {
            int count = Math.min(Lines.SIZE, n - from);
            pack(x, offset, from, count, descending, other, 0);
            for (int i = 0; i < count; i++) {
                if (other[i] < bound) {
                    if (filled == room) {
                        select(keys, 0, filled, k - 1);
                        bound = keys[k - 1];
                        filled = k;
                    }
                    keys[filled++] = other[i];
                }
            }
        }
        Arrays.sort(keys, 0, filled);
    }

    /** Puts the element of a place there, lesser ones before it and greater ones behind. */
    private static void select(long[] a, int from, int to, int place) {
        int low = from;
        int high = to - 1;
        while (high - low > RUN) {
            long pivot = median(a[low], a[(low + high) >>> 1], a[high]);
            int i = low;
            int j = high;
            while (i <= j) {
                while (a[i] < pivot) {
                    i++;
                }
                while (a[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long kept = a[i];
                    a[i++] = a[j];
                    a[j--] = kept;
                }
            }
            if (place <= j) {
                high = j;
            } else if (place >= i) {
                low = i;
            } else {
                return;
            }
        }
        Arrays.sort(a, low, high + 1);
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    /** Runs by insertion, then twice as long ones by merging; stable. */
    private void merge(Tensor x, long offset, int n, boolean descending) {
        if (places.length < n) {
            places = new int[n];
            otherPlaces = new int[n];
        }
        long flip = descending ? -1 : 0;
        for (int i = 0; i < n; i++) {
            keys[i] = wide(x, offset + i) ^ flip;
            places[i] = i;
        }
        for (int start = 0; start < n; start += RUN) {
            insert(start, Math.min(n, start + RUN));
        }
        for (int length = RUN; length < n && length > 0; length *= 2) {
            for (int start = 0; start < n; start += 2 * length) {
                mergeRuns(start, Math.min(n, start + length), (int) Math.min(n, start + 2L * length));
                if (start > n - 2L * length) {
                    break;
                }
            }
            var swapped = keys;
            keys = other;
            other = swapped;
            var swappedPlaces = places;
            places = otherPlaces;
            otherPlaces = swappedPlaces;
        }
    }

    private void insert(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long key = keys[i];
            int place = places[i];
            int j = i;
            for (; j > from && keys[j - 1] > key; j--) {
                keys[j] = keys[j - 1];
                places[j] = places[j - 1];
            }
            keys[j] = key;
            places[j] = place;
        }
    }

    private void mergeRuns(int from, int middle, int to) {
        int a = from;
        int b = middle;
        for (int i = from; i < to; i++) {
            if (a < middle && (b >= to || keys[a] <= keys[b])) {
                other[i] = keys[a];
                otherPlaces[i] = places[a++];
            } else {
                other[i] = keys[b];
                otherPlaces[i] = places[b++];
            }
        }
    }
}
