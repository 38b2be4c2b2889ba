package io.chagres.runtime.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory of a block of code, such as one training step. Results of operations belong to the innermost scope that is
 * open on the thread, and end with it:
 *
 * <pre>{@code
 * try (var step = Scope.open()) {
 *     var loss = criterion.forward(net.forward(batch.inputs()), batch.labels());
 *     optimizer.zeroGrad();
 *     loss.backward();
 *     optimizer.step();
 * } // every result of the step is gone; parameters, their gradients and what was kept stay
 * }</pre>
 *
 * A scope is a slab with a rising top. Closing it resets the top; the slab is used again by the next scope, so that after
 * the first steps nothing is allocated, freed or zeroed. A result outlives its scope by {@code Tensor.keep()} or
 * {@code Tensor.moveTo(Scope)}.
 * <p>
 * A scope, and every tensor in it, belongs to the thread that opened it. Scopes close in reverse order of opening.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope[]> INNERMOST = ThreadLocal.withInitial(() -> new Scope[1]);

    private final Thread thread;
    private final Scope outer;
    private Slab slab;
    private Arena exposed;

    private Scope(Thread thread, Scope outer, Slab slab) {
        this.thread = thread;
        this.outer = outer;
        this.slab = slab;
    }

    /** Opens a scope on this thread, inside the one that is open already, if any. */
    public static Scope open() {
        var innermost = INNERMOST.get();
        return innermost[0] = new Scope(Thread.currentThread(), innermost[0], SlabPool.SCOPES.take());
    }

    /** The innermost scope open on this thread; null if there is none. */
    public static Scope current() {
        return INNERMOST.get()[0];
    }

    /** The scope that this one was opened in; null if there is none. */
    public Scope outer() {
        return outer;
    }

    /** Whether the scope has not been closed. */
    public boolean isOpen() {
        return slab != null;
    }

    /** Bytes that results in this scope take at the moment, each rounded up to 64. */
    public long bytes() {
        return isOpen() ? slab.used() : 0;
    }

    /**
     * Gives back everything in the scope. Closing twice does nothing.
     *
     * @throws IllegalStateException on another thread than the one that opened it, or while an inner scope is open
     */
    @Override
    public void close() {
        if (!isOpen()) {
            return;
        }
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "scope: opened on " + thread + ", closed on " + Thread.currentThread()
                            + "; close it where it was opened");
        }
        var innermost = INNERMOST.get();
        if (innermost[0] != this) {
            throw new IllegalStateException(
                    "scope: a scope opened inside it is still open; close scopes in reverse order (try-with-resources does)");
        }
        innermost[0] = outer;
        if (exposed != null) {
            exposed.close();
        }
        var finished = slab;
        slab = null;
        SlabPool.SCOPES.giveBack(finished);
    }

    /** Takes bytes of the slab. */
    Storage allocate(long bytes, String origin) {
        slab.allocate(bytes);
        return new Storage(this, slab.segment(), slab.offset(), bytes, origin);
    }

    /** Takes back bytes of the slab before the scope ends. */
    void giveBack(MemorySegment segment, long offset, long bytes) {
        slab.giveBack(segment, offset, bytes);
    }

    Thread thread() {
        return thread;
    }

    /** A view of a part of the slab that can no longer be read once the scope is closed. */
    @SuppressWarnings("restricted")
    MemorySegment expose(MemorySegment part) {
        if (exposed == null) {
            exposed = Arena.ofConfined();
        }
        return MemorySegment.ofAddress(part.address()).reinterpret(part.byteSize(), exposed, null);
    }
}
