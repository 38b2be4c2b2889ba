package io.chagres.runtime.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/**
 * The bytes behind one tensor and its views. Either a part of a scope's slab, which lives as long as the scope and serves
 * its thread only, or a block of its own, which lives until it is closed or collected and serves all threads.
 * <p>
 * An address that is stored inside a native object escapes the JVM's own check that memory is still there. So whoever
 * hands one to native code calls {@link #acquire} before and {@link #release} after, and a block cannot be closed in
 * between.
 */
public final class Storage {
    private static final int CLOSED = -1;
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(Storage.class, "users", int.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private final Scope scope;
    private final Block block;
    private final Storage lender;
    private final Foreign foreign;
    private final MemorySegment base;
    private final long offset;
    private final long bytes;
    private final String origin;
    private final boolean readOnly;
    private volatile int users;
    private int version;
    private volatile boolean exposed;
    private volatile Companion companion;
    private Object ended;
    private Object contents;

    /** What somebody keeps about the bytes of a storage, and gives up when these are freed. */
    public interface Companion {
        /** Gives it up; not while it is used. */
        void close();
    }

    Storage(Scope scope, MemorySegment base, long offset, long bytes, String origin) {
        this.scope = scope;
        this.block = null;
        this.lender = null;
        this.foreign = null;
        this.base = base;
        this.offset = offset;
        this.bytes = bytes;
        this.origin = origin;
        this.readOnly = false;
    }

    private Storage(Block block, String origin) {
        this.scope = null;
        this.block = block;
        this.lender = null;
        this.foreign = null;
        this.base = block.segment();
        this.offset = 0;
        this.bytes = base.byteSize();
        this.origin = origin;
        this.readOnly = base.isReadOnly();
    }

    private Storage(Foreign foreign, String origin) {
        this.scope = null;
        this.block = null;
        this.lender = null;
        this.foreign = foreign;
        this.base = foreign.bytes();
        this.offset = 0;
        this.bytes = base.byteSize();
        this.origin = origin;
        this.readOnly = base.isReadOnly();
    }

    private Storage(Storage lender, String origin) {
        this.scope = lender.scope;
        this.block = null;
        this.lender = lender;
        this.foreign = null;
        this.base = lender.base;
        this.offset = lender.offset;
        this.bytes = lender.bytes;
        this.origin = origin;
        this.readOnly = lender.readOnly;
    }

    /**
     * Memory for a result: in the innermost open scope, not zeroed, or without one a zeroed block that is left to the
     * garbage collector.
     */
    public static Storage result(long bytes, String origin) {
        var scope = Scope.current();
        return scope != null
                ? scope.allocate(bytes, origin)
                : collected(Owner.ACTIVATIONS, bytes, origin);
    }

    /** Memory for a result in a given scope, not zeroed. */
    public static Storage in(Scope scope, long bytes, String origin) {
        if (!scope.isOpen() || scope.thread() != Thread.currentThread()) {
            throw new IllegalStateException(origin + ": the scope is closed or belongs to another thread");
        }
        return scope.allocate(bytes, origin);
    }

    /** A zeroed block outside all scopes, to be closed by its owner. */
    public static Storage own(Owner owner, long bytes, String origin) {
        return new Storage(Block.allocate(owner, bytes, Leaks.Kind.MUST_CLOSE, origin), origin);
    }

    /** A zeroed block outside all scopes, left to the garbage collector unless it is closed. */
    public static Storage collected(Owner owner, long bytes, String origin) {
        return new Storage(Block.allocate(owner, bytes, Leaks.Kind.COLLECTED, origin), origin);
    }

    /**
     * Memory that lives as another does: in its scope, until it is closed, or left to the garbage collector.
     *
     * @throws IllegalStateException if the other is gone
     */
    public static Storage like(Storage other, Owner owner, long bytes, String origin) {
        other.acquire(origin);
        other.release();
        if (other.lender != null) {
            return like(other.lender, owner, bytes, origin);
        }
        if (other.foreign != null) {
            return collected(owner, bytes, origin);
        }
        return other.scope != null
                ? in(other.scope, bytes, origin)
                : new Storage(Block.allocate(owner, bytes, other.block.kind(), origin), origin);
    }

    /**
     * The same bytes for a shorter time: the loan ends when it is closed, and no later than this storage. So memory that is
     * used again and again can serve one user after the other, and each is told if it comes too late.
     */
    public Storage lend(String origin) {
        return new Storage(this, origin);
    }

    /**
     * The bytes of a segment that was allocated elsewhere, for as long as its arena is open; closing the storage leaves them
     * alone. They are not counted. The segment is in a confined arena, and serves its thread only, or in one that is never
     * closed ({@code Arena.global()}, {@code Arena.ofAuto()}).
     *
     * @throws IllegalArgumentException if the segment is on the heap or in a shared arena, which another thread could close
     *         during an operation
     * @throws IllegalStateException if its arena was closed, or is confined to another thread
     */
    public static Storage wrap(MemorySegment segment, String origin) {
        return new Storage(new Foreign(segment), origin);
    }

    static Storage adopt(Block block, String origin) {
        return new Storage(block, origin);
    }

    /** The segment that holds the bytes, from {@link #offset()} on; other tensors may lie around them. */
    public MemorySegment base() {
        return base;
    }

    /** Where the bytes start in {@link #base()}. */
    public long offset() {
        return offset;
    }

    /** Size in bytes. */
    public long bytes() {
        return bytes;
    }

    /** The address of the first byte. */
    public long address() {
        return base.address() + offset;
    }

    /** The operation or object that the memory was made for. */
    public String origin() {
        return origin;
    }

    /** Says what the bytes hold, such as a shape; for messages. */
    public void holds(Object what) {
        contents = what;
    }

    /** Whether the bytes cannot be written, as those of a file mapped for reading. */
    public boolean isReadOnly() {
        return readOnly;
    }

    /** Whether the bytes belong to something else: a scope, or whoever lent them. */
    public boolean isBorrowed() {
        return block == null;
    }

    /** Whether the bytes were {@linkplain #wrap allocated elsewhere}, so that code on this thread could end them at any time. */
    public boolean isForeign() {
        return foreign != null || lender != null && lender.isForeign();
    }

    /** Whether the bytes are still there. */
    public boolean isOpen() {
        return users != CLOSED && (scope == null || scope.isOpen()) && (lender == null || lender.isOpen())
                && (foreign == null || foreign.isOpen());
    }

    /** How often the contents were changed in place. */
    public int version() {
        return version;
    }

    /** Notes that the contents were changed in place. */
    public void changed() {
        version++;
    }

    /** Says that the contents were copied from another storage: changes are counted on from there. */
    public void continues(Storage other) {
        version = other.version;
    }

    /**
     * Makes sure that the bytes are there and stay until {@link #release()}.
     *
     * @throws IllegalStateException if they are gone, or belong to another thread's scope
     */
    public void acquire(String operation) {
        if (scope != null && lender == null) {
            if (!scope.isOpen() || scope.thread() != Thread.currentThread() || users == CLOSED) {
                throw gone(operation);
            }
            return;
        }
        if (lender != null) {
            lender.acquire(operation);
        }
        if (foreign != null && foreign.trouble() != null) {
            throw gone(operation);
        }
        while (true) {
            int now = users;
            if (now == CLOSED) {
                if (lender != null) {
                    lender.release();
                }
                throw gone(operation);
            }
            if (USERS.compareAndSet(this, now, now + 1)) {
                return;
            }
        }
    }

    /** Ends what {@link #acquire} began. */
    public void release() {
        if (scope == null || lender != null) {
            USERS.getAndAdd(this, -1);
        }
        if (lender != null) {
            lender.release();
        }
    }

    /** {@link #acquire} for several, all or none; nulls are passed over. */
    public static void acquire(String operation, Storage a, Storage b, Storage c, Storage d) {
        if (a != null) {
            a.acquire(operation);
        }
        try {
            if (b != null || c != null || d != null) {
                acquire(operation, b, c, d, null);
            }
        } catch (RuntimeException e) {
            if (a != null) {
                a.release();
            }
            throw e;
        }
    }

    /** {@link #release} for several; nulls are passed over. */
    public static void release(Storage a, Storage b, Storage c, Storage d) {
        if (a != null) {
            a.release();
        }
        if (b != null) {
            b.release();
        }
        if (c != null) {
            c.release();
        }
        if (d != null) {
            d.release();
        }
    }

    /** Whether somebody was given {@linkplain #expose a view}, through which the bytes can change unnoticed. */
    public boolean isExposed() {
        return exposed || lender != null && lender.isExposed();
    }

    /**
     * What is kept about the bytes; made at the first call. Null if the bytes are borrowed, or can change unnoticed: nothing
     * should be kept about them.
     */
    public Companion companion(Supplier<? extends Companion> maker) {
        if (block == null || exposed || foreign != null) {
            return null;
        }
        var there = companion;
        if (there == null) {
            synchronized (this) {
                there = companion;
                if (there == null) {
                    there = maker.get();
                    companion = there;
                }
            }
        }
        return there;
    }

    /** A view of the bytes whose every access is checked to lie inside them and before their end of life. */
    public MemorySegment expose(String operation) {
        acquire(operation);
        try {
            exposed = true;
            if (foreign != null) {
                return foreign.segment();
            }
            var part = base.asSlice(offset, bytes);
            return scope != null ? scope.expose(part) : part;
        } finally {
            release();
        }
    }

    /**
     * Frees a block or ends a loan; a second call does nothing. Memory in a scope is not touched: the scope frees it.
     *
     * @throws IllegalStateException if an operation on another thread is using it; nothing is freed then
     */
    public void close() {
        close("it was closed");
    }

    /** {@link #close()}, and tells later users why the memory is gone; the reason is made a text only for them. */
    public void close(Object reason) {
        if (scope != null && lender == null || users == CLOSED) {
            return;
        }
        ended = reason;
        if (!USERS.compareAndSet(this, 0, CLOSED)) {
            if (users != CLOSED) {
                throw new IllegalStateException("close: an operation on another thread is using memory of " + origin
                        + "; close it when that has finished");
            }
        } else if (block != null) {
            try {
                block.free();
            } catch (IllegalStateException inUse) {
                users = 0;
                throw new IllegalStateException(
                        "close: memory of " + origin + " is being used by native code outside Chagres", inUse);
            }
            if (companion != null) {
                companion.close();
            }
        }
    }

    /**
     * Ends memory in a scope before the scope does, so that what is computed next may lie there; for intermediate results that
     * nobody else has seen. Does nothing to other memory, or if somebody was given {@linkplain #expose a view}.
     */
    public void giveBack() {
        if (scope != null && lender == null && !exposed && scope.isOpen() && scope.thread() == Thread.currentThread()
                && USERS.compareAndSet(this, 0, CLOSED)) {
            ended = "it was given back";
            scope.giveBack(base, offset, bytes);
        }
    }

    private IllegalStateException gone(String operation) {
        String what = operation + ": " + (contents == null ? "memory" : "tensor " + contents) + " of " + origin;
        if (users == CLOSED) {
            return new IllegalStateException(what + " is gone: " + ended);
        }
        if (foreign != null) {
            return new IllegalStateException(what + " " + foreign.trouble());
        }
        if (scope == null) {
            return new IllegalStateException(what + " is gone: what it was lent from was closed");
        }
        if (scope.isOpen()) {
            return new IllegalStateException(
                    what + " belongs to a scope of " + scope.thread() + " and cannot be used on "
                            + Thread.currentThread() + "; call keep() on it first");
        }
        return new IllegalStateException(what + " belongs to a scope that has ended; call keep() inside the scope");
    }
}
