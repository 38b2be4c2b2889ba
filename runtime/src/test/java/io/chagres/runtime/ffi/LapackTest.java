package io.chagres.runtime.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Wrong arguments of factorizations are exceptions; LAPACK is not asked. */
class LapackTest {
    private final MemorySegment a = segment(9 * 8);
    private final MemorySegment b = segment(6 * 8);
    private final MemorySegment work = segment(1 << 16);

    private static MemorySegment segment(long bytes) {
        return Arena.ofAuto().allocate(bytes, 64);
    }

    private static void illegal(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    private static void outside(Executable call) {
        assertThrows(IndexOutOfBoundsException.class, call);
    }

    @Test
    void matrices() {
        illegal(() -> Lapack.potrf(1, true, true, -1, a, 0, 3));
        illegal(() -> Lapack.potrf(1, true, true, 3, a, 0, 2));
        illegal(() -> Lapack.potrf(0, true, true, 3, a, 0, 3));
        illegal(() -> Lapack.potrf(1 << 20, true, true, 3, a, 0, 3));
        illegal(() -> Lapack.potrf(1, true, true, 3, a.asReadOnly(), 0, 3));
        illegal(() -> Lapack.potrf(1, true, true, 3, MemorySegment.ofArray(new double[9]), 0, 3));
        outside(() -> Lapack.potrf(1, true, true, 3, a, 8, 3));
        outside(() -> Lapack.potrf(1, true, true, 3, a, -8, 3));
        outside(() -> Lapack.potrf(1, true, true, 3, a, 0, 4));
        outside(() -> Lapack.potrf(1, true, true, Integer.MAX_VALUE, a, 0, Integer.MAX_VALUE));
        assertThrows(NullPointerException.class, () -> Lapack.potrf(1, true, true, 3, null, 0, 3));
        assertThrows(IllegalStateException.class, () -> Lapack.potrf(1, true, true, 3, closed(), 0, 3));
        outside(() -> Lapack.trsm(1, true, true, true, false, false, 3, 2, a, 8, 3, b, 0, 2));
        outside(() -> Lapack.trsm(1, true, true, true, false, false, 3, 2, a, 0, 3, b, 8, 2));
        illegal(() -> Lapack.trsm(1, true, true, true, false, false, 3, 2, a, 0, 3, b, 0, 1));
        illegal(() -> Lapack.trsm(1, true, false, true, false, false, -3, 3, a, 0, 3, b, 0, 3));
        illegal(() -> Lapack.trsm(1, true, true, true, false, false, 3, 2, a, 0, 3, b.asReadOnly(), 0, 2));
    }

    private static MemorySegment closed() {
        try (var arena = Arena.ofShared()) {
            return arena.allocate(72, 8);
        }
    }

    @Test
    void pivotsAndWorkspace() {
        outside(() -> Lapack.getrf(true, 3, a, 0, 3, segment(8)));
        var pivots = segment(12);
        illegal(() -> Lapack.getri(1, true, 3, a, 0, 3, pivots, work)); // pivots count from 1
        pivots.setAtIndex(ValueLayout.JAVA_INT, 0, 4);
        illegal(() -> Lapack.getri(1, true, 3, a, 0, 3, pivots, work));
        for (int i = 0; i < 3; i++) {
            pivots.setAtIndex(ValueLayout.JAVA_INT, i, i + 1);
            a.setAtIndex(ValueLayout.JAVA_DOUBLE, 4L * i, 2);
        }
        outside(() -> Lapack.getri(1, true, 3, a, 0, 3, pivots, segment(8)));
        assertEquals(0, Lapack.getri(1, true, 3, a, 0, 3, pivots, work));
        assertEquals(0.5, a.get(ValueLayout.JAVA_DOUBLE, 0));
        outside(() -> Lapack.gelqf(1, true, 3, 3, a, 0, 3, segment(8), work));
        outside(() -> Lapack.gelqf(1, true, 3, 3, a, 0, 3, segment(24), segment(8)));
        illegal(() -> Lapack.orglq(1, true, 3, 2, 2, a, 0, 3, segment(24), work));
        illegal(() -> Lapack.orglq(1, true, 2, 3, 3, a, 0, 3, segment(24), work));
        outside(() -> Lapack.orglq(1, true, 3, 3, 3, a, 0, 3, segment(8), work));
    }

    @Test
    void decompositions() {
        var s = segment(24);
        var square = segment(72);
        outside(() -> gesdd(3, segment(16), square, work, segment(96)));
        outside(() -> gesdd(3, s, segment(64), work, segment(96)));
        outside(() -> gesdd(3, s, square, segment(64), segment(96)));
        outside(() -> gesdd(3, s, square, work, segment(92)));
        illegal(() -> gesdd(-1, s, square, work, segment(96)));
        illegal(() -> Lapack.gesddWork(true, Lapack.Vectors.ALL, 1 << 20, 1 << 20));
        assertEquals(0, gesdd(3, s, square, work, segment(96)));
        outside(() -> Lapack.syevd(1, true, true, true, 3, a, 0, 3, segment(16), 0, work, segment(72)));
        outside(() -> Lapack.syevd(1, true, true, true, 3, a, 0, 3, s, 0, segment(8), segment(72)));
        outside(() -> Lapack.syevd(1, true, true, true, 3, a, 0, 3, s, 0, work, segment(68)));
        assertEquals(0, Lapack.syevd(1, true, true, true, 3, a, 0, 3, s, 0, work, segment(72)));
        outside(() -> Lapack.gelsd(1, true, 3, 3, 2, a, 0, 3, b, 8, 3, s, 0, 0, segment(4), work, segment(400)));
        outside(() -> Lapack.gelsd(1, true, 3, 3, 2, a, 0, 3, b, 0, 3, s, 0, 0, segment(2), work, segment(400)));
        outside(() -> Lapack.gelsd(1, true, 3, 3, 2, a, 0, 3, b, 0, 3, s, 0, 0, segment(4), segment(8), segment(400)));
        outside(() -> Lapack.gelsd(1, true, 3, 3, 2, a, 0, 3, b, 0, 3, s, 0, 0, segment(4), work, segment(0)));
    }

    private int gesdd(int n, MemorySegment s, MemorySegment u, MemorySegment room, MemorySegment integers) {
        return Lapack.gesdd(1, true, Lapack.Vectors.ALL, n, n, a, 0, 3, s, 0, u, 0, 3, segment(72), 0, 3, room,
                integers);
    }
}
