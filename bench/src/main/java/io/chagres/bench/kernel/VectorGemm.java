package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** {@link TiledGemm} with the Vector API: a tile of six rows by two vectors stays in registers, even in sixteen. */
final class VectorGemm extends TiledGemm {
    private static final int HEIGHT = 6;
    private static final int WIDTH = 2 * COUNT;

    private final float[][] panels;
    private final float[][] tiles;

    VectorGemm(int mostRows, int mostParts) {
        super(mostRows, mostParts, HEIGHT, WIDTH);
        panels = new float[mostParts][DEPTH * WIDTH];
        tiles = new float[mostParts][HEIGHT * WIDTH];
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
        float[] tile = tiles[part];
        multiply(a[from], a[from + 1], a[from + 2], a[from + 3], a[from + 4], a[from + 5], panels[part], depth, tile);
        for (int row = 0; row < rows; row++) {
            if (first) {
                put(tile, row * WIDTH, c, index + row * stride, columns);
            } else {
                add(tile, row * WIDTH, c, index + row * stride, columns);
            }
        }
    }

    private static void multiply(float[] row0, float[] row1, float[] row2, float[] row3, float[] row4, float[] row5,
            float[] panel, int depth, float[] tile) {
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        FloatVector c40 = c00;
        FloatVector c41 = c00;
        FloatVector c50 = c00;
        FloatVector c51 = c00;
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
            FloatVector a4 = FloatVector.broadcast(FLOATS, row4[inner]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(FLOATS, row5[inner]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
        }
        c00.intoArray(tile, 0);
        c01.intoArray(tile, COUNT);
        c10.intoArray(tile, WIDTH);
        c11.intoArray(tile, WIDTH + COUNT);
        c20.intoArray(tile, 2 * WIDTH);
        c21.intoArray(tile, 2 * WIDTH + COUNT);
        c30.intoArray(tile, 3 * WIDTH);
        c31.intoArray(tile, 3 * WIDTH + COUNT);
        c40.intoArray(tile, 4 * WIDTH);
        c41.intoArray(tile, 4 * WIDTH + COUNT);
        c50.intoArray(tile, 5 * WIDTH);
        c51.intoArray(tile, 5 * WIDTH + COUNT);
    }

    private static void put(float[] tile, int from, MemorySegment c, long index, int columns) {
        for (int j = 0; j < columns; j += COUNT) {
            FloatVector.fromArray(FLOATS, tile, from + j).intoMemorySegment(c, 4 * (index + j), ORDER,
                    FLOATS.indexInRange(j, columns));
        }
    }

    private static void add(float[] tile, int from, MemorySegment c, long index, int columns) {
        for (int j = 0; j < columns; j += COUNT) {
            var mask = FLOATS.indexInRange(j, columns);
            FloatVector.fromMemorySegment(FLOATS, c, 4 * (index + j), ORDER, mask)
                    .add(FloatVector.fromArray(FLOATS, tile, from + j))
                    .intoMemorySegment(c, 4 * (index + j), ORDER, mask);
        }
    }
}
