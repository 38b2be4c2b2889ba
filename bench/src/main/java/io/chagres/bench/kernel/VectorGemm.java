package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@link TiledGemm} with the Vector API: a tile of four rows by two vectors stays in registers. */
final class VectorGemm extends TiledGemm {
    private static final int WIDTH = 2 * COUNT;

    private final float[][] panels;

    VectorGemm(int mostRows, int mostParts) {
        super(mostRows, mostParts, WIDTH);
        panels = new float[mostParts][DEPTH * WIDTH];
    }

    @Override
    void packRow(int part, int inner, MemorySegment b, long index, int columns) {
        MemorySegment.copy(b, ValueLayout.JAVA_FLOAT, 4 * index, panels[part], inner * WIDTH, columns);
    }

    @Override
    void packColumn(int part, int column, float[] line, int depth) {
        float[] panel = panels[part];
        for (int inner = 0; inner < depth; inner++) {
            panel[inner * WIDTH + column] = line[inner];
        }
    }

    @Override
    void multiply(int part, float[][] a, int from, int rows, int depth, MemorySegment c, long index, long stride,
            int columns, boolean first) {
        multiply(a[from], a[from + 1], a[from + 2], a[from + 3], panels[part], rows, depth, c, index, stride,
                FLOATS.indexInRange(0, columns), FLOATS.indexInRange(COUNT, columns), first);
    }

    private static void multiply(float[] row0, float[] row1, float[] row2, float[] row3, float[] panel, int rows,
            int depth, MemorySegment c, long index, long stride, VectorMask<Float> left, VectorMask<Float> right,
            boolean first) {
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        for (int inner = 0; inner < depth; inner++) {
            FloatVector b0 = FloatVector.fromArray(FLOATS, panel, inner * WIDTH);
            FloatVector b1 = FloatVector.fromArray(FLOATS, panel, inner * WIDTH + COUNT);
            FloatVector a0 = FloatVector.broadcast(FLOATS, row0[inner]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(FLOATS, row1[inner]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(FLOATS, row2[inner]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(FLOATS, row3[inner]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
        }
        long at = 4 * index;
        put(c00, c, at, left, first);
        put(c01, c, at + 4 * COUNT, right, first);
        if (rows > 1) {
            at += 4 * stride;
            put(c10, c, at, left, first);
            put(c11, c, at + 4 * COUNT, right, first);
        }
        if (rows > 2) {
            at += 4 * stride;
            put(c20, c, at, left, first);
            put(c21, c, at + 4 * COUNT, right, first);
        }
        if (rows > 3) {
            at += 4 * stride;
            put(c30, c, at, left, first);
            put(c31, c, at + 4 * COUNT, right, first);
        }
    }

    private static void put(FloatVector sum, MemorySegment c, long at, VectorMask<Float> mask, boolean first) {
        var total = first ? sum : sum.add(FloatVector.fromMemorySegment(FLOATS, c, at, ORDER, mask));
        total.intoMemorySegment(c, at, ORDER, mask);
    }
}
