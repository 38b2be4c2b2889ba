package io.chagres.runtime.property;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A step of a program: what kind, and three numbers that it takes its arguments from, whatever shapes it meets. */
record Step<K extends Enum<K>>(K kind, int a, int b, int c) {
    /** Where all properties begin. */
    static final String SEED = "20261125";

    private static final int MOST = 59;

    /** Programs of steps; smaller ones are shorter, with kinds from the first ones and small numbers. */
    static <K extends Enum<K>> Arbitrary<List<Step<K>>> programs(Class<K> kinds, int least, int most) {
        var number = Arbitraries.integers().between(0, MOST);
        return Combinators.combine(Arbitraries.of(kinds), number, number, number).as(Step::new).list()
                .ofMinSize(least).ofMaxSize(most);
    }

    /** Shapes. */
    static Arbitrary<int[]> shapes(int mostDimensions, int leastSize, int mostSize) {
        return Arbitraries.integers().between(leastSize, mostSize).array(int[].class).ofMaxSize(mostDimensions);
    }

    /** A number below a bound that the first argument chooses. */
    int a(int bound) {
        return a % bound;
    }

    /** A number below a bound that the second argument chooses. */
    int b(int bound) {
        return b % bound;
    }

    /** A number below a bound that the third argument chooses. */
    int c(int bound) {
        return c % bound;
    }

    @Override
    public String toString() {
        return kind + "(" + a + ", " + b + ", " + c + ")";
    }
}
