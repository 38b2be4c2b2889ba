package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StorageTest {
    private static void assertGone(Storage storage, String... facts) {
        var gone = assertThrows(IllegalStateException.class, () -> storage.acquire("op"));
        assertTrue(gone.getMessage().startsWith("op: "), gone.getMessage());
        for (String fact : facts) {
            assertTrue(gone.getMessage().contains(fact), gone.getMessage());
        }
    }

    @Test
    void blocksAreZeroedAndAligned() {
        var storage = Storage.own(Owner.DATA, 1000, "block");
        assertEquals(0, storage.address() % 64);
        for (int i = 0; i < 1000; i++) {
            assertEquals(0, storage.base().get(ValueLayout.JAVA_BYTE, i));
        }
        storage.close();
    }

    @Test
    void aClosedBlockSaysWhyItIsGone() {
        var storage = Storage.own(Owner.DATA, 8, "labels");
        storage.close("its file was closed");
        storage.close("a second reason");
        assertFalse(storage.isOpen());
        assertGone(storage, "labels", "its file was closed");
        assertThrows(IllegalStateException.class, () -> storage.expose("op"));
        assertThrows(IllegalStateException.class, () -> storage.base().get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void aBlockInUseCannotBeClosed() {
        var storage = Storage.own(Owner.DATA, 8, "weights");
        storage.acquire("op");
        storage.acquire("op");
        var refused = assertThrows(IllegalStateException.class, storage::close);
        assertTrue(refused.getMessage().contains("weights"), refused.getMessage());
        storage.release();
        assertThrows(IllegalStateException.class, storage::close);
        storage.release();
        storage.close();
        assertFalse(storage.isOpen());
    }

    @Test
    void severalAreAcquiredOrNone() {
        var open = Storage.own(Owner.DATA, 8, "open");
        var closed = Storage.own(Owner.DATA, 8, "closed");
        closed.close();
        assertThrows(IllegalStateException.class, () -> Storage.acquire("op", open, null, closed, open));
        assertThrows(IllegalStateException.class, () -> Storage.acquire("op", null, open, open, closed));
        assertDoesNotThrow(() -> open.close(), "a use was left behind");
    }

    @Test
    void aLoanEndsWhenItIsClosed() {
        var lender = Storage.own(Owner.DATA, 8, "batch memory");
        var first = lender.lend("first batch");
        assertEquals(lender.address(), first.address());
        first.close("the next batch was taken");
        var second = lender.lend("second batch");
        assertGone(first, "first batch", "the next batch was taken");
        assertTrue(second.isOpen() && lender.isOpen());
        second.close();
        lender.close();
    }

    @Test
    void aLoanEndsWithItsLender() {
        var lender = Storage.own(Owner.DATA, 8, "batch memory");
        var loan = lender.lend("batch");
        lender.close("its loader was closed");
        assertFalse(loan.isOpen());
        assertGone(loan, "batch memory", "its loader was closed");
    }

    @Test
    void aLenderCannotBeClosedWhileALoanIsInUse() {
        var lender = Storage.own(Owner.DATA, 8, "batch memory");
        var loan = lender.lend("batch");
        loan.acquire("op");
        assertThrows(IllegalStateException.class, lender::close);
        assertThrows(IllegalStateException.class, loan::close);
        loan.release();
        loan.close();
        assertThrows(IllegalStateException.class, () -> loan.acquire("op"));
        lender.close();
    }

    @Test
    void aLoanOfScopedMemoryEndsWithTheScopeAndServesItsThreadOnly() throws Exception {
        Storage loan;
        try (var _ = Scope.open()) {
            loan = Storage.result(8, "result").lend("loan");
            loan.acquire("op");
            loan.release();
            var theirs = loan;
            ScopeTest.elsewhere(() -> assertThrows(IllegalStateException.class, () -> theirs.acquire("op")));
        }
        assertFalse(loan.isOpen());
        assertGone(loan, "scope that has ended");
    }

    @Test
    void aLikeStorageLivesAsTheOther() {
        var own = Storage.own(Owner.DATA, 8, "own");
        var likeOwn = Storage.like(own, Owner.GRADIENTS, 16, "like own");
        assertFalse(likeOwn.isBorrowed());
        var likeLoan = Storage.like(own.lend("loan"), Owner.GRADIENTS, 16, "like a loan");
        assertFalse(likeLoan.isBorrowed());
        Storage likeScoped;
        try (var _ = Scope.open()) {
            likeScoped = Storage.like(Storage.result(8, "result"), Owner.GRADIENTS, 16, "like a result");
            assertTrue(likeScoped.isBorrowed() && likeScoped.isOpen());
        }
        assertFalse(likeScoped.isOpen());
        likeLoan.close();
        likeOwn.close();
        own.close();
    }

    @Test
    void anExposedSegmentShowsItsBytesOnly() {
        try (var _ = Scope.open()) {
            var left = Storage.result(8, "left");
            var right = Storage.result(8, "right");
            right.base().set(ValueLayout.JAVA_LONG, right.offset(), 42);
            var segment = left.expose("op");
            assertEquals(8, segment.byteSize());
            assertThrows(IndexOutOfBoundsException.class, () -> segment.get(ValueLayout.JAVA_LONG, 8));
            assertEquals(42, right.expose("op").get(ValueLayout.JAVA_LONG, 0));
        }
    }

    /** Whoever is told that it has the memory has it, and close never frees it under a user. */
    @Test
    void closingRacesWithUse() throws InterruptedException {
        for (int race = 0; race < 500; race++) {
            var storage = Storage.own(Owner.DATA, 64, "raced for");
            var start = new CountDownLatch(1);
            var closer = Thread.ofPlatform().start(() -> {
                await(start);
                while (storage.isOpen()) {
                    try {
                        storage.close();
                    } catch (IllegalStateException inUse) {
                        Thread.onSpinWait();
                    }
                }
            });
            start.countDown();
            try {
                for (int use = 0; use < 100; use++) {
                    storage.acquire("op");
                    storage.base().set(ValueLayout.JAVA_INT, 0, use);
                    assertTrue(storage.isOpen());
                    storage.release();
                }
            } catch (IllegalStateException gone) {
                assertTrue(gone.getMessage().startsWith("op: "), gone.getMessage());
            }
            closer.join();
            assertFalse(storage.isOpen());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
