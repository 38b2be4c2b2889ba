package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class PermutationTest {

    @Test
    void isTheSameOnEveryMachine() {
        long[] order = new long[10];
        Permutation.fill(order, 1, 1);
        assertArrayEquals(new long[]{4, 2, 8, 5, 6, 3, 1, 7, 0, 9}, order);
    }

    @Test
    void drawsEveryOrderEquallyOften() {
        var counts = new HashMap<String, Integer>();
        long[] order = new long[4];
        for (int epoch = 0; epoch < 24_000; epoch++) {
            Permutation.fill(order, 9, epoch);
            counts.merge(Arrays.toString(order), 1, Integer::sum);
        }
        assertEquals(24, counts.size());
        // six standard deviations of a binomial distribution of mean 1000
        counts.forEach((key, count) -> assertTrue(Math.abs(count - 1000) < 186, key + ": " + count));
    }

    @Test
    void handlesTheSmallest() {
        Permutation.fill(new long[0], 1, 1);
        long[] one = {5};
        Permutation.fill(one, 1, 1);
        assertArrayEquals(new long[]{0}, one);
    }
}
