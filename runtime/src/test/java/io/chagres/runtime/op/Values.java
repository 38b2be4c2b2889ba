package io.chagres.runtime.op;

import java.util.Random;

/** How the elements of an operand are drawn. */
@FunctionalInterface
interface Values {
    /** The element at an index. */
    double draw(Random random, int[] index);

    /** Uniform between two numbers. */
    static Values within(double low, double high) {
        return (random, index) -> low + (high - low) * random.nextDouble();
    }

    /** Uniform, but of at least a given size, so that a small step does not cross zero. */
    static Values awayFromZero(double least) {
        return (random, index) -> (random.nextBoolean() ? 1 : -1) * (least + random.nextDouble());
    }

    /** Between 0.5 and 1, negative where the first index is odd: products with positive numbers have a known sign. */
    static Values signByRow() {
        return (random, index) -> (index[0] % 2 == 0 ? 1 : -1) * (0.5 + 0.5 * random.nextDouble());
    }
}
