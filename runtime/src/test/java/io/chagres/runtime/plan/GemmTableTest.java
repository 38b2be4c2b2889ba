package io.chagres.runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.plan.GemmTable.Kind;
import org.junit.jupiter.api.Test;

class GemmTableTest {
    /** A native call through oneDNN costs more than a product of so few numbers, whatever the processor. */
    @Test
    void fewNumbersAreOpenBlas() {
        for (int threads = 1; threads < 3; threads++) {
            assertTrue(GemmTable.isOpenBlas(Kind.SINGLE, threads, 4, 4, 4));
            assertTrue(GemmTable.isOpenBlas(Kind.SINGLE, threads, 5, 3, 4));
        }
    }

    @Test
    void anySizeHasAnAnswer() {
        for (var kind : Kind.values()) {
            for (long size : new long[]{1, 2, 3, 1000, 5000, Integer.MAX_VALUE, Long.MAX_VALUE}) {
                for (int threads : new int[]{1, 2, 8}) {
                    boolean one = GemmTable.isOpenBlas(kind, threads, size, 1, 1);
                    assertEquals(one, GemmTable.isOpenBlas(kind, threads, size, 1, 1));
                    assertEquals(GemmTable.isOpenBlas(kind, threads, Math.min(size, 1024), 64, 64),
                            GemmTable.isOpenBlas(kind, threads, size, 64, 64), "beyond the table its last size counts");
                }
            }
        }
    }
}
