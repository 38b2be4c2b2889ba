package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors as wide as this CPU likes best, and what keeps a loop over them fast.
 * <p>
 * A vector is an object on the heap, unless the JIT compiler sees its whole life within one compiled method. Therefore
 * in each of our loops
 * <ul>
 * <li>only methods of the JDK are called, which are always inlined; loops that differ in one operator are written out;
 * <li>the operations are few: there is a limit beyond which the compiler loses sight, so {@link VectorMath} goes step
 * by step;
 * <li>a vector that is carried from turn to turn is cast to its class, {@link #FLOAT} or {@link #DOUBLE}, which the
 * compiler otherwise only guesses;
 * <li>all segments have passed {@link #offHeap}.
 * </ul>
 */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    static final Class<? extends FloatVector> FLOAT = FloatVector.zero(FLOATS).getClass();
    static final Class<? extends DoubleVector> DOUBLE = DoubleVector.zero(DOUBLES).getClass();
    static final int COUNT = FLOATS.length();
    /** Bytes of a vector: the step of a loop over byte offsets. */
    static final int BYTES = FLOATS.vectorByteSize();
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final Class<? extends MemorySegment> OFF_HEAP = MemorySegment.NULL.getClass();

    private Lanes() {
    }

    /**
     * The same segment, of a class now known to the JIT compiler. Without it, once any code in the JVM has used vectors
     * with segments of another class, as the JDK itself does, every access asks for the class again: half the speed.
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
