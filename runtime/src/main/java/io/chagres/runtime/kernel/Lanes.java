package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors as wide as this CPU likes best.
 * <p>
 * A loop over them is fast only if the JIT compiler inlines every call in it, which it promises for the methods of the
 * JDK alone: a vector handed to a method of ours may become an object on the heap. So our loops call no method of ours,
 * and loops that differ in one operator are written out.
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    static final int COUNT = FLOATS.length();
    /** Bytes of a vector: the step of a loop over byte offsets. */
    static final int BYTES = FLOATS.vectorByteSize();
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final Class<? extends MemorySegment> OFF_HEAP = MemorySegment.NULL.getClass();

    private Lanes() {
    }

    /**
     * The same segment, in a way that tells the JIT compiler its class. To be asked before a loop: without it, one use
     * of a vector with an array anywhere in the JVM makes every access look at the class again, at twice the time.
     */
    static MemorySegment offHeap(MemorySegment x) {
        return x == null || OFF_HEAP.isInstance(x) ? OFF_HEAP.cast(x) : x;
    }

    /** The sum of stored lanes, always in the same order, which {@code reduceLanes} does not promise. */
    static double sum(double[] lanes) {
        double sum = 0;
        for (int i = 0; i < DOUBLES.length(); i++) {
            sum += lanes[i];
        }
        return sum;
    }
}
