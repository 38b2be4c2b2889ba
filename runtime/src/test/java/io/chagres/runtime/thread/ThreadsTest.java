package io.chagres.runtime.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.team.Team;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
    private final int limit = Threads.limit();

    @BeforeEach
    void four() {
        Threads.setLimit(4);
    }

    @AfterEach
    void restore() {
        Threads.setLimit(limit);
    }

    private static <T> T on(Thread.Builder builder, Callable<T> work) throws Exception {
        var task = new FutureTask<>(work);
        builder.start(task).join();
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Test
    void theLimitIsWhatWasSet() {
        assertEquals(4, Threads.limit());
        Threads.setLimit(1);
        assertEquals(1, Threads.limit());
        assertEquals(1, Team.width());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void aLimitIsPositive(int threads) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Threads.setLimit(threads));
        assertTrue(refused.getMessage().contains(Integer.toString(threads)), refused.getMessage());
        assertEquals(4, Threads.limit());
    }

    @Test
    void aShareIsExactlyThatManyThreads() {
        for (int threads = 1; threads <= 4; threads++) {
            try (var _ = Threads.share(threads)) {
                assertEquals(threads, Team.width());
            }
        }
    }

    @Test
    void sharesAreTakenFromTheLimit() throws Exception {
        try (var _ = Threads.share(3)) {
            on(Thread.ofPlatform(), () -> {
                var refused = assertThrows(IllegalArgumentException.class, () -> Threads.share(2));
                assertTrue(refused.getMessage().contains("3 of 4"), refused.getMessage());
                try (var _ = Threads.share(1)) {
                    assertEquals(1, Team.width(), "one thread is always there: the caller's own");
                }
                return null;
            });
            assertThrows(IllegalStateException.class, () -> Threads.setLimit(2));
            Threads.setLimit(3);
            Threads.setLimit(4);
        }
        on(Thread.ofPlatform(), () -> {
            try (var _ = Threads.share(4)) {
                assertEquals(4, Team.width());
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 5})
    void aShareThatIsNotThereIsRefused(int threads) {
        assertThrows(IllegalArgumentException.class, () -> Threads.share(threads));
        Threads.share(4).close();
    }

    @Test
    void aThreadHasOneShare() {
        try (var _ = Threads.share(1)) {
            var refused = assertThrows(IllegalStateException.class, () -> Threads.share(1));
            assertTrue(refused.getMessage().contains("close it first"), refused.getMessage());
        }
    }

    @Test
    void aShareIsClosedWhereItWasTaken() throws Exception {
        try (var share = Threads.share(2)) {
            on(Thread.ofPlatform(), () -> assertThrows(IllegalStateException.class, share::close));
            assertEquals(2, Team.width());
        }
    }

    @Test
    void closingAShareTwiceDoesNotCloseTheNext() {
        var first = Threads.share(2);
        first.close();
        try (var _ = Threads.share(3)) {
            first.close();
            assertEquals(3, Team.width());
        }
    }

    @Test
    void aThreadThatEndsGivesItsShareBack() throws Exception {
        on(Thread.ofPlatform(), () -> Threads.share(4));
        try (var _ = Threads.share(4)) {
            assertEquals(4, Team.width());
        }
    }

    @Test
    void virtualThreadsHaveOne() throws Exception {
        on(Thread.ofVirtual(), () -> {
            assertThrows(IllegalArgumentException.class, () -> Threads.share(2));
            try (var _ = Threads.share(1)) {
                assertEquals(1, Team.width());
            }
            return null;
        });
    }
}
