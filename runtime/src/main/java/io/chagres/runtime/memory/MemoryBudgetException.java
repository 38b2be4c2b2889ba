package io.chagres.runtime.memory;

/**
 * More memory off the heap was asked for than the budget, or the operating system, allows. Nothing was allocated; what
 * was allocated before is unchanged, and the computation may go on with less, such as a smaller batch.
 */
public final class MemoryBudgetException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long asked;
    private final long used;
    private final long limit;

    MemoryBudgetException(String message, long asked, long used, long limit, Throwable cause) {
        super(message, cause);
        this.asked = asked;
        this.used = used;
        this.limit = limit;
    }

    /** Bytes that were asked for. */
    public long asked() {
        return asked;
    }

    /** Bytes in use when they were asked for. */
    public long used() {
        return used;
    }

    /** The budget in bytes at that time. */
    public long limit() {
        return limit;
    }
}
