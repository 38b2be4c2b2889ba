package io.chagres.bench.scaling;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most float32 multiply-adds that Java gets out of the processor: twelve sums in registers that do not wait for each other,
 * and nothing from memory. Ten are needed where two start in each cycle and one takes five cycles; with the two constants they
 * fit into the sixteen registers of AVX2.
 */
final class FmaPeak {
    static final int SUMS = 12;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    /** Sums go to 2 and stay there, x = x / 2 + 1: no overflow and no denormal numbers. */
    private static final float FACTOR = 0.5f;
    private static final float ADDEND = 1f;

    private final int threads;
    private final int repeats;
    private final float[][] results;
    private final Part part = this::part;

    /**
     * @param threads that all compute as much
     * @param repeats multiply-adds of each sum in a run
     */
    FmaPeak(int threads, int repeats) {
        this.threads = threads;
        this.repeats = repeats;
        this.results = new float[threads][];
    }

    /** Computes once. */
    void run() {
        Team.parallel(threads, part);
    }

    private void part(int part, int parts) {
        results[part] = sums(repeats).toArray();
    }

    /** Floating-point operations of a run: a multiply-add is two. */
    double flops() {
        return 2.0 * SUMS * FLOATS.length() * repeats * threads;
    }

    /**
     * Checks the last run.
     *
     * @throws IllegalStateException if a part is missing or wrong
     */
    void verify() {
        float expected = 0;
        for (int i = 1; i <= SUMS; i++) {
            float sum = i;
            for (int k = 0; k < repeats; k++) {
                sum = Math.fma(sum, FACTOR, ADDEND);
            }
            expected += sum;
        }
        for (float[] result : results) {
            if (result == null || result.length != FLOATS.length()) {
                throw new IllegalStateException("FMA peak: a thread did not compute");
            }
            for (float lane : result) {
                if (lane != expected) {
                    throw new IllegalStateException("FMA peak: " + lane + " was computed, " + expected + " is right");
                }
            }
        }
    }

    /** The sum of twelve sums that begin at 1, 2 ... 12. */
    private static FloatVector sums(int repeats) {
        var factor = FloatVector.broadcast(FLOATS, FACTOR);
        var addend = FloatVector.broadcast(FLOATS, ADDEND);
        var s1 = FloatVector.broadcast(FLOATS, 1);
        var s2 = FloatVector.broadcast(FLOATS, 2);
        var s3 = FloatVector.broadcast(FLOATS, 3);
        var s4 = FloatVector.broadcast(FLOATS, 4);
        var s5 = FloatVector.broadcast(FLOATS, 5);
        var s6 = FloatVector.broadcast(FLOATS, 6);
        var s7 = FloatVector.broadcast(FLOATS, 7);
        var s8 = FloatVector.broadcast(FLOATS, 8);
        var s9 = FloatVector.broadcast(FLOATS, 9);
        var s10 = FloatVector.broadcast(FLOATS, 10);
        var s11 = FloatVector.broadcast(FLOATS, 11);
        var s12 = FloatVector.broadcast(FLOATS, 12);
        for (int i = 0; i < repeats; i++) {
            s1 = s1.fma(factor, addend);
            s2 = s2.fma(factor, addend);
            s3 = s3.fma(factor, addend);
            s4 = s4.fma(factor, addend);
            s5 = s5.fma(factor, addend);
            s6 = s6.fma(factor, addend);
            s7 = s7.fma(factor, addend);
            s8 = s8.fma(factor, addend);
            s9 = s9.fma(factor, addend);
            s10 = s10.fma(factor, addend);
            s11 = s11.fma(factor, addend);
            s12 = s12.fma(factor, addend);
        }
        return s1.add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).add(s12);
    }
}
