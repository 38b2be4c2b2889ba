package io.chagres.runtime.reliability;

import io.chagres.runtime.memory.Leaks;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Watches all tests of the module for memory that was left to the garbage collector though it must be closed, and fails the
 * run after the last one, with the place where each was made. JUnit finds it through {@code META-INF/services}.
 */
public final class NoLeaks implements BeforeAllCallback {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(NoLeaks.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(OURS).getOrComputeIfAbsent(Watch.class, _ -> new Watch(), Watch.class);
    }

    /** Begins with the first test; is closed after the last. */
    private static final class Watch implements AutoCloseable {
        private static final int ROUNDS = 5;
        private static final long NANOS = 50_000_000;

        private final Queue<Leaks.Report> found = new ConcurrentLinkedQueue<>();

        Watch() {
            Leaks.setLevel(Leaks.Level.PARANOID);
            Leaks.setListener(found::add);
        }

        @Override
        public void close() {
            for (int round = 0; round < ROUNDS; round++) {
                System.gc();
                LockSupport.parkNanos(NANOS);
            }
            if (!found.isEmpty()) {
                var failure = new AssertionError(found.size() + " leaks; the first: " + found.peek());
                found.forEach(leak -> failure.addSuppressed(leak.site()));
                throw failure;
            }
        }
    }
}
