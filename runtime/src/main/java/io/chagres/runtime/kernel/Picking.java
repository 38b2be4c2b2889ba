package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Elements at places that int64 indices tell. Element i of one operand has its own place, {@code xo + i * xs}, and in the other
 * {@code do + i * ds + index * step}; index i is at {@code io + i * is}. Offsets, strides and steps are bytes, counts are
 * elements. That indices are in range is for callers to see to; segments are not left in any case.
 */
public final class Picking {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private Picking() {
    }

    /** x[i] = data at index i, for elements of 1, 2, 4 or 8 bytes. */
    public static void load(int bytes, MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is, MemorySegment x, long xo, long xs, long n) {
        var from = Moves.offHeap(data);
        var to = Moves.offHeap(x);
        var ids = Moves.offHeap(index);
        switch (bytes) {
            case 1 -> loadBytes(from, at, ds, step, ids, io, is, to, xo, xs, n);
            case 2 -> loadShorts(from, at, ds, step, ids, io, is, to, xo, xs, n);
            case 4 -> loadInts(from, at, ds, step, ids, io, is, to, xo, xs, n);
            default -> loadLongs(from, at, ds, step, ids, io, is, to, xo, xs, n);
        }
    }

    private static void loadBytes(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            x.set(BYTE, xo, data.get(BYTE, at + index.get(LONG, io) * step));
        }
    }

    private static void loadShorts(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            x.set(SHORT, xo, data.get(SHORT, at + index.get(LONG, io) * step));
        }
    }

    private static void loadInts(MemorySegment data, long at, long ds, long step, MemorySegment index, long io, long is,
            MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            x.set(INT, xo, data.get(INT, at + index.get(LONG, io) * step));
        }
    }

    private static void loadLongs(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            x.set(LONG, xo, data.get(LONG, at + index.get(LONG, io) * step));
        }
    }

    /** data at index i = x[i], in the order of i, for indices in [low, high); for elements of 1, 2, 4 or 8 bytes. */
    public static void store(int bytes, MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is, long low, long high, MemorySegment x, long xo, long xs, long n) {
        var to = Moves.offHeap(data);
        var from = Moves.offHeap(x);
        var ids = Moves.offHeap(index);
        switch (bytes) {
            case 1 -> storeBytes(to, at, ds, step, ids, io, is, low, high, from, xo, xs, n);
            case 2 -> storeShorts(to, at, ds, step, ids, io, is, low, high, from, xo, xs, n);
            case 4 -> storeInts(to, at, ds, step, ids, io, is, low, high, from, xo, xs, n);
            default -> storeLongs(to, at, ds, step, ids, io, is, low, high, from, xo, xs, n);
        }
    }

    private static void storeBytes(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = index.get(LONG, io);
            if (id >= low && id < high) {
                data.set(BYTE, at + id * step, x.get(BYTE, xo));
            }
        }
    }

    private static void storeShorts(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = index.get(LONG, io);
            if (id >= low && id < high) {
                data.set(SHORT, at + id * step, x.get(SHORT, xo));
            }
        }
    }

    private static void storeInts(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = index.get(LONG, io);
            if (id >= low && id < high) {
                data.set(INT, at + id * step, x.get(INT, xo));
            }
        }
    }

    private static void storeLongs(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = index.get(LONG, io);
            if (id >= low && id < high) {
                data.set(LONG, at + id * step, x.get(LONG, xo));
            }
        }
    }

    /** data at index i += x[i], in the order of i, for indices in [low, high) and elements of float32. */
    public static void addFloats(MemorySegment data, long at, long ds, long step, MemorySegment index, long io, long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        var to = Moves.offHeap(data);
        var from = Moves.offHeap(x);
        var ids = Moves.offHeap(index);
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = ids.get(LONG, io);
            if (id >= low && id < high) {
                long place = at + id * step;
                to.set(FLOAT, place, to.get(FLOAT, place) + from.get(FLOAT, xo));
            }
        }
    }

    /** data at index i += x[i], in the order of i, for indices in [low, high) and elements of float64. */
    public static void addDoubles(MemorySegment data, long at, long ds, long step, MemorySegment index, long io,
            long is,
            long low, long high, MemorySegment x, long xo, long xs, long n) {
        var to = Moves.offHeap(data);
        var from = Moves.offHeap(x);
        var ids = Moves.offHeap(index);
        for (long i = 0; i < n; i++, at += ds, io += is, xo += xs) {
            long id = ids.get(LONG, io);
            if (id >= low && id < high) {
                long place = at + id * step;
                to.set(DOUBLE, place, to.get(DOUBLE, place) + from.get(DOUBLE, xo));
            }
        }
    }
}
