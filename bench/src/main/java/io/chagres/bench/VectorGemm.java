package io.chagres.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TiledGemm} with the Vector API: a tile of four rows by two vectors stays in registers. */
final class VectorGemm extends TiledGemm {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int WIDTH = 2 * LANES;

    VectorGemm(Product product, int mostParts) {
        super(product, mostParts, WIDTH);
    }

    @Override
    void multiply(Scratch s, int k) {
        float[] row0 = s.rows[0];
        float[] row1 = s.rows[1];
        float[] row2 = s.rows[2];
        float[] row3 = s.rows[3];
        FloatVector c00 = FloatVector.zero(FLOATS);
        FloatVector c01 = c00;
        FloatVector c10 = c00;
        FloatVector c11 = c00;
        FloatVector c20 = c00;
        FloatVector c21 = c00;
        FloatVector c30 = c00;
        FloatVector c31 = c00;
        for (int inner = 0; inner < k; inner++) {
            float[] columns = s.panel[inner];
            FloatVector b0 = FloatVector.fromArray(FLOATS, columns, 0);
            FloatVector b1 = FloatVector.fromArray(FLOATS, columns, LANES);
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
        store(c00, c01, s.tile[0]);
        store(c10, c11, s.tile[1]);
        store(c20, c21, s.tile[2]);
        store(c30, c31, s.tile[3]);
    }

    private static void store(FloatVector left, FloatVector right, float[] row) {
        left.intoArray(row, 0);
        right.intoArray(row, LANES);
    }
}
