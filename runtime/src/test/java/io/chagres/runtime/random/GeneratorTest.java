package io.chagres.runtime.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    /** The known answers of philox4x32-10 in the authors' Random123 library. */
    @Test
    void philoxGivesTheKnownAnswers() {
        known(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        known(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        known(0x85a308d3_243f6a88L, 0x03707344_13198a2eL, 0x299f31d0_a4093822L, 0xd16cfe09, 0x94fdcceb, 0x5001e420,
                0x24126ea1);
    }

    private static void known(long counterLow, long counterHigh, long key, int... expected) {
        var block = new int[4];
        Generator.philox(counterLow, counterHigh, key, block);
        assertArrayEquals(expected, block);
    }

    @Test
    void seedIsTheKeyStreamAndPositionTheCounter() {
        assertArrayEquals(new int[]{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, ints(new Generator(0), 4));
        var block = new int[4];
        Generator.philox(5, -7, 99, block);
        var generator = new Generator(99, -7);
        generator.position(20);
        assertArrayEquals(block, ints(generator, 4));
    }

    @Test
    void goesOnFromAnyPosition() {
        int[] numbers = ints(new Generator(3, 4), 40);
        for (int at = 0; at < numbers.length; at++) {
            var generator = new Generator(3, 4);
            generator.position(at);
            assertEquals(at, generator.position());
            assertArrayEquals(Arrays.copyOfRange(numbers, at, 40), ints(generator, 40 - at));
            assertEquals(40, generator.position());
        }
        assertThrows(IllegalArgumentException.class, () -> new Generator(1).position(-1));
    }

    @Test
    void thePositionIsAllThereIsToRememberWhateverWasDrawn() {
        var original = new Generator(8);
        for (int i = 0; i < 100; i++) {
            switch (i % 5) {
                case 0 -> original.nextGaussian();
                case 1 -> original.nextFloat();
                case 2 -> original.nextDouble();
                case 3 -> original.nextLong(1000);
                default -> original.nextInt();
            }
            var resumed = new Generator(8);
            resumed.position(original.position());
            double next = original.nextGaussian();
            assertEquals(next, resumed.nextGaussian());
        }
    }

    @Test
    void seedsAndStreamsGiveOtherNumbers() {
        int[] numbers = ints(new Generator(1, 1), 8);
        assertFalseEquals(numbers, ints(new Generator(2, 1), 8));
        assertFalseEquals(numbers, ints(new Generator(1, 2), 8));
        assertFalseEquals(numbers, ints(new Generator(1L << 32, 1), 8));
        assertArrayEquals(numbers, ints(new Generator(1, 1), 8));
    }

    private static void assertFalseEquals(int[] a, int[] b) {
        assertNotEquals(Arrays.toString(a), Arrays.toString(b));
    }

    @Test
    void eachThreadHasADefaultThatCanBeSeeded() {
        var seeded = Generator.seed(5);
        assertSame(seeded, Generator.current());
        int[] numbers = ints(seeded, 3);
        assertArrayEquals(numbers, ints(Generator.seed(5), 3));
        assertNotSame(Generator.current(), CompletableFuture.supplyAsync(Generator::current).join());
    }

    @Test
    void uniformNumbersAreSpreadEvenly() {
        var generator = new Generator(21);
        for (DoubleSupplier source : new DoubleSupplier[]{generator::nextFloat, generator::nextDouble}) {
            double[] drawn = DoubleStream.generate(source).limit(100_000).toArray();
            assertTrue(Arrays.stream(drawn).allMatch(v -> v >= 0 && v < 1));
            assertEquals(0.5, mean(drawn), 0.005);
            assertEquals(1.0 / 12, variance(drawn), 0.002);
            var counts = new int[20];
            Arrays.stream(drawn).forEach(v -> counts[(int) (20 * v)]++);
            double chiSquare = IntStream.of(counts).mapToDouble(c -> Math.pow(c - 5000, 2) / 5000).sum();
            assertTrue(chiSquare < 43.8, () -> "chi-square " + chiSquare + " of 19, a chance of 1 in 1000");
        }
    }

    @Test
    void gaussianNumbersHaveTheRightMoments() {
        var generator = new Generator(22);
        double[] drawn = DoubleStream.generate(generator::nextGaussian).limit(100_000).toArray();
        assertTrue(Arrays.stream(drawn).allMatch(Double::isFinite));
        assertEquals(0, mean(drawn), 0.012);
        assertEquals(1, variance(drawn), 0.02);
        assertEquals(0, mean(Arrays.stream(drawn).map(v -> v * v * v).toArray()), 0.05);
        assertEquals(3, mean(Arrays.stream(drawn).map(v -> v * v * v * v).toArray()), 0.15);
        assertEquals(0.6827, mean(Arrays.stream(drawn).map(v -> Math.abs(v) < 1 ? 1 : 0).toArray()), 0.006);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 10, 1000, 1L << 32, (1L << 62) + 1, Long.MAX_VALUE})
    void boundedNumbersStayBelowTheBoundAndFillIt(long bound) {
        var generator = new Generator(bound);
        double[] shares = new double[20_000];
        for (int i = 0; i < shares.length; i++) {
            long drawn = generator.nextLong(bound);
            assertTrue(drawn >= 0 && drawn < bound, () -> drawn + " of " + bound);
            shares[i] = (drawn + 0.5) / bound;
        }
        assertEquals(0.5, mean(shares), 0.01);
    }

    @Test
    void boundsMustBePositive() {
        for (long bound : new long[]{0, -1, Long.MIN_VALUE}) {
            var refused = assertThrows(IllegalArgumentException.class, () -> new Generator(1).nextLong(bound));
            assertTrue(refused.getMessage().contains(Long.toString(bound)), refused.getMessage());
        }
    }

    @Test
    void manyAtOnceAreTheSameNumbers() {
        int[] numbers = ints(new Generator(3, 4), 60);
        for (int at = 0; at < 9; at++) {
            for (int count = 0; count < 20; count++) {
                var generator = new Generator(3, 4).at(at);
                var drawn = new int[count + 2];
                generator.nextInts(drawn, 1, count);
                assertArrayEquals(Arrays.copyOfRange(numbers, at, at + count), Arrays.copyOfRange(drawn, 1, count + 1));
                assertEquals(0, drawn[count + 1]);
                assertEquals(at + count, generator.position());
                assertEquals(numbers[at + count], generator.nextInt());
            }
        }
        assertThrows(IndexOutOfBoundsException.class, () -> new Generator(1).nextInts(new int[3], 1, 3));
    }

    @Test
    void splitsAreIndependentAndRepeatable() {
        var parts = new Generator(5).split(3);
        var again = new Generator(5);
        var seen = new java.util.HashSet<String>();
        for (var part : parts) {
            int[] numbers = ints(part, 8);
            assertArrayEquals(numbers, ints(again.split(), 8));
            assertTrue(seen.add(Arrays.toString(numbers)));
        }
        assertTrue(seen.add(Arrays.toString(ints(again, 8))));
        assertEquals(20, again.position());
        assertEquals(0, new Generator(1).split(0).length);
        assertThrows(IllegalArgumentException.class, () -> new Generator(1).split(-1));
    }

    private static int[] ints(Generator generator, int count) {
        return IntStream.generate(generator::nextInt).limit(count).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }
}
