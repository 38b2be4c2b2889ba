package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Choices between elements by truth values, one byte each. Elements of 4 and 8 bytes pass through small arrays, over which the
 * compiler makes vector code by itself. Offsets and strides are bytes, counts are elements.
 */
public final class Choices {
    private static final int TILE = 1024;
    /** Fewer elements are chosen one by one. */
    private static final long FEW = 16;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    /** The first byte is the lowest. */
    private static final ValueLayout.OfLong LITTLE = LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);

    private Choices() {
    }

    private static final class Room {
        final byte[] truths = new byte[TILE];
        final int[] ints = new int[TILE];
        final int[] otherInts = new int[TILE];
        long[] longs;
        long[] otherLongs;
    }

    /** y[i] = c[i] ? a[i] : b[i] for elements of 1, 2, 4 or 8 bytes; strides may be 0. y may be a or b. */
    public static void choose(int bytes, MemorySegment c, long co, long cs, MemorySegment a, long ao, long as,
            MemorySegment b, long bo, long bs, MemorySegment y, long yo, long ys, long n) {
        if (cs == 0 && n > 1) {
            boolean first = c.get(BYTE, co) != 0;
            copy(bytes, first ? a : b, first ? ao : bo, first ? as : bs, y, yo, ys, n);
        } else if (bytes == 4 && n >= FEW) {
            chooseInts(c, co, cs, a, ao, as, b, bo, bs, y, yo, ys, n);
        } else if (bytes == 8 && n >= FEW) {
            chooseLongs(c, co, cs, a, ao, as, b, bo, bs, y, yo, ys, n);
        } else {
            for (long i = 0; i < n; i++) {
                boolean first = c.get(BYTE, co + i * cs) != 0;
                move(bytes, first ? a : b, first ? ao + i * as : bo + i * bs, y, yo + i * ys);
            }
        }
    }

    /** Nothing to do where an operand is the result. */
    private static void copy(int bytes, MemorySegment x, long xo, long xs, MemorySegment y, long yo, long ys, long n) {
        if (xs != ys || x.address() + xo != y.address() + yo) {
            Moves.copy(bytes, x, xo, xs, y, yo, ys, n);
        }
    }

    private static void move(int bytes, MemorySegment x, long xo, MemorySegment y, long yo) {
        switch (bytes) {
            case 1 -> y.set(BYTE, yo, x.get(BYTE, xo));
            case 2 -> y.set(SHORT, yo, x.get(SHORT, xo));
            case 4 -> y.set(INT, yo, x.get(INT, xo));
            default -> y.set(LONG, yo, x.get(LONG, xo));
        }
    }

    private static void truths(MemorySegment c, long co, long cs, byte[] to, int n) {
        if (cs == 1) {
            MemorySegment.copy(c, BYTE, co, to, 0, n);
        } else {
            var from = Moves.offHeap(c);
            for (int i = 0; i < n; i++, co += cs) {
                to[i] = from.get(BYTE, co);
            }
        }
    }

    private static void chooseInts(MemorySegment c, long co, long cs, MemorySegment a, long ao, long as,
            MemorySegment b, long bo, long bs, MemorySegment y, long yo, long ys, long n) {
        var room = ROOM.get();
        for (long done = 0; done < n; done += TILE) {
            int count = (int) Math.min(TILE, n - done);
            truths(c, co + done * cs, cs, room.truths, count);
            load(a, ao + done * as, as, room.ints, count);
            load(b, bo + done * bs, bs, room.otherInts, count);
            choose(room.truths, room.ints, room.otherInts, count);
            store(room.otherInts, y, yo + done * ys, ys, count);
        }
    }

    /** b[i] = c[i] ? a[i] : b[i]. */
    private static void choose(byte[] c, int[] a, int[] b, int n) {
        for (int i = 0; i < n; i++) {
            int truth = c[i];
            // all ones where it is not 0
            int mask = (truth | -truth) >> 31;
            b[i] ^= (a[i] ^ b[i]) & mask;
        }
    }

    private static void load(MemorySegment x, long xo, long xs, int[] to, int n) {
        if (xs == 4) {
            MemorySegment.copy(x, INT, xo, to, 0, n);
        } else if (xs == 0) {
            Arrays.fill(to, 0, n, x.get(INT, xo));
        } else {
            var from = Moves.offHeap(x);
            for (int i = 0; i < n; i++, xo += xs) {
                to[i] = from.get(INT, xo);
            }
        }
    }

    private static void store(int[] from, MemorySegment y, long yo, long ys, int n) {
        if (ys == 4) {
            MemorySegment.copy(from, 0, y, INT, yo, n);
        } else {
            var to = Moves.offHeap(y);
            for (int i = 0; i < n; i++, yo += ys) {
                to.set(INT, yo, from[i]);
            }
        }
    }

    private static void chooseLongs(MemorySegment c, long co, long cs, MemorySegment a, long ao, long as,
            MemorySegment b, long bo, long bs, MemorySegment y, long yo, long ys, long n) {
        var room = ROOM.get();
        if (room.longs == null) {
            room.longs = new long[TILE];
            room.otherLongs = new long[TILE];
        }
        for (long done = 0; done < n; done += TILE) {
            int count = (int) Math.min(TILE, n - done);
            truths(c, co + done * cs, cs, room.truths, count);
            load(a, ao + done * as, as, room.longs, count);
            load(b, bo + done * bs, bs, room.otherLongs, count);
            choose(room.truths, room.longs, room.otherLongs, count);
            store(room.otherLongs, y, yo + done * ys, ys, count);
        }
    }

    /** b[i] = c[i] ? a[i] : b[i]. */
    private static void choose(byte[] c, long[] a, long[] b, int n) {
        for (int i = 0; i < n; i++) {
            long truth = c[i];
            // all ones where it is not 0
            long mask = (truth | -truth) >> 63;
            b[i] ^= (a[i] ^ b[i]) & mask;
        }
    }

    private static void load(MemorySegment x, long xo, long xs, long[] to, int n) {
        if (xs == 8) {
            MemorySegment.copy(x, LONG, xo, to, 0, n);
        } else if (xs == 0) {
            Arrays.fill(to, 0, n, x.get(LONG, xo));
        } else {
            var from = Moves.offHeap(x);
            for (int i = 0; i < n; i++, xo += xs) {
                to[i] = from.get(LONG, xo);
            }
        }
    }

    private static void store(long[] from, MemorySegment y, long yo, long ys, int n) {
        if (ys == 8) {
            MemorySegment.copy(from, 0, y, LONG, yo, n);
        } else {
            var to = Moves.offHeap(y);
            for (int i = 0; i < n; i++, yo += ys) {
                to.set(LONG, yo, from[i]);
            }
        }
    }

    /** How many of n bytes are not 0. */
    public static long count(MemorySegment c, long co, long n) {
        var from = Moves.offHeap(c);
        long found = 0;
        long words = n / 8;
        for (long i = 0; i < words; i++) {
            found += Long.bitCount(marks(from.get(LONG, co + 8 * i)));
        }
        for (long i = 8 * words; i < n; i++) {
            found += from.get(BYTE, co + i) != 0 ? 1 : 0;
        }
        return found;
    }

    /** The highest bit of each byte that is not 0. */
    private static long marks(long word) {
        long low = 0x7F7F7F7F7F7F7F7FL;
        return ((word & low) + low | word) & ~low;
    }

    /** Writes first + i, as int64, for each i below n whose byte is not 0; returns how many. */
    public static long indices(MemorySegment c, long co, long n, long first, MemorySegment y, long yo) {
        var from = Moves.offHeap(c);
        var to = Moves.offHeap(y);
        long at = yo;
        long words = n / 8;
        for (long i = 0; i < words; i++) {
            long marks = marks(from.get(LITTLE, co + 8 * i));
            while (marks != 0) {
                to.set(LONG, at, first + 8 * i + (Long.numberOfTrailingZeros(marks) >>> 3));
                at += 8;
                marks &= marks - 1;
            }
        }
        for (long i = 8 * words; i < n; i++) {
            if (from.get(BYTE, co + i) != 0) {
                to.set(LONG, at, first + i);
                at += 8;
            }
        }
        return (at - yo) / 8;
    }
}
