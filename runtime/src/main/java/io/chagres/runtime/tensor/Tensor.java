package io.chagres.runtime.tensor;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Hook;
import io.chagres.runtime.autograd.Node;
import io.chagres.runtime.memory.MappedFile;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.op.InPlace;
import io.chagres.runtime.op.Joins;
import io.chagres.runtime.op.Rearrange;
import io.chagres.runtime.op.Where;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * An array of numbers off the heap: a shape, an element type, a layout, and bytes that belong to somebody.
 * <p>
 * Results of operations belong to the innermost {@link Scope} open on the thread and end with it. Made without a scope, a
 * tensor is reclaimed by the garbage collector, or earlier by {@link #close()}. A kept tensor ({@link #keep()}) lives until it
 * is closed. Using a tensor whose memory is gone throws {@link IllegalStateException}.
 * <p>
 * Operations record what their gradients need if an operand {@linkplain #requiresGrad() requires one}; {@link #backward()}
 * then computes them.
 */
public final class Tensor extends TensorCreation
        implements
            AutoCloseable,
            ViewMethods,
            IndexMethods,
            ElementwiseMethods,
            ComparisonMethods,
            ReductionMethods,
            LinearAlgebraMethods,
            LayerMethods,
            ActivationMethods,
            InPlaceMethods,
            ArrayMethods {
    private final Shape shape;
    private final DType dtype;
    private final Layout layout;
    private boolean view;
    private Storage storage;
    private long start;

    private boolean requiresGrad;
    private Node node;
    private Tensor gradient;
    private boolean hasGradient;
    private boolean inference;
    private List<UnaryOperator<Tensor>> hooks;

    /** What this is a view of, itself no view; null for what has bytes of its own. */
    private Tensor base;
    /** How often the history of this tensor was changed by operations in place; views compare. */
    private int history;
    private int historySeen;
    private List<WeakReference<Tensor>> companions;

    private Tensor(Storage storage, long start, Shape shape, DType dtype, Layout layout, boolean view) {
        this.storage = storage;
        this.view = view;
        this.start = start;
        this.shape = shape;
        this.dtype = dtype;
        this.layout = layout;
        if (!view) {
            storage.holds(shape);
        }
    }

    // ---- Making tensors

    /** A tensor whose elements are whatever the memory held; for results that are written in full. */
    public static Tensor empty(DType dtype, Shape shape, String origin) {
        if (dtype == null || shape == null) {
            throw new NullPointerException(origin + ": the " + (dtype == null ? "type" : "shape") + " is null");
        }
        return new Tensor(Storage.result(shape.bytes(dtype), origin), 0, shape, dtype, shape.contiguous(), false);
    }

    /** {@link #empty(DType, Shape, String)} with the elements in another dense order. */
    public static Tensor empty(DType dtype, Shape shape, Layout.Strided layout, String origin) {
        return new Tensor(Storage.result(shape.bytes(dtype), origin), 0, shape, dtype, layout, false);
    }

    /** A zeroed tensor outside all scopes, counted under an owner; it must be closed. */
    public static Tensor owned(Owner owner, DType dtype, Shape shape, String origin) {
        return new Tensor(Storage.own(owner, shape.bytes(dtype), origin), 0, shape, dtype, shape.contiguous(), false);
    }

    /** A zeroed tensor outside all scopes, counted under an owner; it may be closed, or left to the garbage collector. */
    public static Tensor collected(Owner owner, DType dtype, Shape shape, String origin) {
        return new Tensor(Storage.collected(owner, shape.bytes(dtype), origin), 0, shape, dtype, shape.contiguous(),
                false);
    }

    /**
     * A tensor over bytes that are there already, without a copy.
     *
     * @param byteOffset where the first element is, a multiple of the element size
     * @throws IndexOutOfBoundsException if the elements do not all lie in the storage
     * @throws IllegalArgumentException if the offset is not aligned
     */
    public static Tensor over(Storage storage, long byteOffset, DType dtype, Shape shape) {
        long bytes = shape.bytes(dtype);
        if (byteOffset < 0 || bytes > storage.bytes() - byteOffset) {
            throw new IndexOutOfBoundsException("tensor " + shape + " of " + dtype + " at byte " + byteOffset
                    + " does not fit into " + storage.origin() + " of " + storage.bytes() + " bytes");
        }
        if ((storage.address() + byteOffset) % dtype.bytes() != 0) {
            throw new IllegalArgumentException("tensor of " + dtype + " at byte " + byteOffset + " of "
                    + storage.origin() + ": not aligned to " + dtype.bytes() + " bytes");
        }
        return new Tensor(storage, byteOffset, shape, dtype, shape.contiguous(), true);
    }

    /** A view of a part of a mapped file; see {@link #over}. */
    public static Tensor map(MappedFile file, long byteOffset, DType dtype, Shape shape) {
        return over(file.storage(), byteOffset, dtype, shape);
    }

    /**
     * A tensor over a raw file, which is mapped for reading: nothing is copied, and elements cannot be changed. It must be
     * closed, which ends the mapping. Without sizes it has one dimension, for all elements of the file.
     *
     * @throws IOException if the file cannot be mapped
     * @throws IndexOutOfBoundsException if the file is shorter than the elements
     */
    public static Tensor map(Path file, DType dtype, long... dims) throws IOException {
        var mapped = MappedFile.open(file);
        try {
            return owning("map", mapped.storage(), dtype, dims);
        } catch (RuntimeException e) {
            mapped.close();
            throw e;
        }
    }

    /**
     * A tensor over a segment that is there already, without a copy: changes of one are changes of the other. The segment is of a
     * confined arena, whose thread alone can use the tensor, or of one that is never closed ({@code Arena.ofAuto()},
     * {@code Arena.global()}). When the arena is closed, the tensor is gone as any other that is; closing the tensor leaves the
     * segment alone. Without sizes it has one dimension, for all elements of the segment.
     *
     * @throws IllegalArgumentException if the segment is on the heap; if its arena is shared, since another thread could close
     *         that during an operation; or if it is not aligned to the element size
     * @throws IllegalStateException if its arena was closed, or is confined to another thread
     * @throws IndexOutOfBoundsException if the segment is shorter than the elements
     */
    public static Tensor wrap(MemorySegment segment, DType dtype, long... dims) {
        return owning("wrap", Storage.wrap(Objects.requireNonNull(segment, "wrap: the segment is null"), "wrap"), dtype,
                dims);
    }

    private static Tensor owning(String name, Storage storage, DType dtype, long[] dims) {
        Objects.requireNonNull(dtype, () -> name + ": the type is null");
        if (dims.length == 0 && storage.bytes() % dtype.bytes() != 0) {
            throw new IllegalArgumentException(
                    name + ": " + storage.bytes() + " bytes are no whole number of " + dtype);
        }
        var whole = over(storage, 0, dtype,
                Shape.of(dims.length == 0 ? new long[]{storage.bytes() / dtype.bytes()} : dims));
        return new Tensor(storage, 0, whole.shape, dtype, whole.layout, false);
    }

    /** Views of vectors as the coordinates of a grid, which has a dimension for each. */
    public static List<Tensor> meshgrid(Rearrange.Indexing indexing, Tensor... tensors) {
        return Rearrange.meshgrid(indexing, tensors);
    }

    // ---- What it is

    /** The sizes. */
    public Shape shape() {
        return shape;
    }

    /** The element type. */
    public DType dtype() {
        return dtype;
    }

    /** Where the elements lie. */
    public Layout layout() {
        return layout;
    }

    /** The number of dimensions. */
    public int rank() {
        return shape.rank();
    }

    /** The size of one dimension; negative ones count from the end. */
    public long size(int dim) {
        return shape.dim(dim);
    }

    /** The number of elements. */
    public long numel() {
        return shape.numel();
    }

    /** The stride of a dimension, in elements; negative dimensions count from the end. */
    public long stride(int dim) {
        return ((Layout.Strided) layout).stride(shape.axis("stride", dim));
    }

    /** Whether the elements are dense and in row-major order. */
    public boolean isContiguous() {
        return layout.isContiguous();
    }

    /**
     * Whether the elements of this [N, C, spatial...] are dense with the channels innermost, which convolutions prefer; with one
     * channel or one pixel that is row-major order too.
     */
    public boolean isChannelsLast() {
        return ((Layout.Strided) layout).isChannelsLast(shape);
    }

    /** The bytes behind it. */
    public Storage storage() {
        return storage;
    }

    /** Where its first element is in the {@linkplain Storage#base() segment} of its storage, in bytes. */
    public long position() {
        return storage.offset() + start;
    }

    // ---- Life

    /** Whether its memory is still there. */
    public boolean isOpen() {
        return storage.isOpen();
    }

    /**
     * Frees the memory, that of its gradient too; views of it end with it. Does nothing for views, for tensors in a scope,
     * and a second time.
     *
     * @throws IllegalStateException if an operation on another thread is using the memory
     */
    @Override
    public void close() {
        if (!view) {
            storage.close();
        }
        if (gradient != null) {
            gradient.close();
        }
        if (companions != null) {
            for (var companion : companions) {
                var tensor = companion.get();
                if (tensor != null) {
                    tensor.close();
                }
            }
            companions = null;
        }
    }

    /** Has another tensor closed with this one, if it is still reachable then; for what is kept about a parameter. */
    public void closeAlong(Tensor companion) {
        if (companions == null) {
            companions = new ArrayList<>(2);
        }
        companions.removeIf(reference -> reference.get() == null);
        companions.add(new WeakReference<>(companion));
    }

    /**
     * Copies the elements out of their scope or batch, so that this tensor lives until it is {@linkplain #close() closed}. Does
     * nothing to a tensor with memory of its own.
     *
     * @return this tensor
     * @throws IllegalStateException if the scope or batch has ended, or the tensor was closed
     */
    public Tensor keep() {
        if (storage.isBorrowed()) {
            return move(() -> Storage.own(Owner.ACTIVATIONS, shape.bytes(dtype), "kept " + storage.origin()));
        }
        storage.acquire("keep");
        storage.release();
        return this;
    }

    /** Copies the elements into another open scope of this thread, with which this tensor then ends; returns this tensor. */
    public Tensor moveTo(Scope scope) {
        return move(() -> Storage.in(scope, shape.bytes(dtype), storage.origin()));
    }

    private Tensor move(Supplier<Storage> place) {
        if (!isContiguous() && !isChannelsLast()) {
            throw new IllegalStateException("keep: a view with strides cannot be moved; call contiguous() first");
        }
        catchUp();
        var from = storage;
        from.acquire("keep");
        try {
            var to = place.get();
            MemorySegment.copy(from.base(), position(), to.base(), to.offset(), to.bytes());
            to.holds(shape);
            to.continues(from);
            storage = to;
            start = 0;
        } finally {
            from.release();
        }
        if (!view) {
            from.close();
        }
        view = false;
        base = null;
        moveGradient();
        return this;
    }

    private void moveGradient() {
        var old = gradient;
        gradient = null;
        if (old != null && hasGradient) {
            gradientBuffer().copyFrom(old);
        }
        if (old != null) {
            old.close();
        }
    }

    // ---- Gradients

    /** Whether operations on it are recorded for {@link #backward()}. */
    public boolean requiresGrad() {
        catchUp();
        return requiresGrad;
    }

    /**
     * Asks for a gradient of this tensor, or for none any more.
     *
     * @return this tensor
     * @throws IllegalArgumentException if the elements are not floating point
     * @throws IllegalStateException if it is the result of a recorded operation; {@link #detach()} it first
     */
    public Tensor requiresGrad(boolean required) {
        if (required && !dtype.isFloatingPoint()) {
            throw new IllegalArgumentException(
                    "requiresGrad: " + dtype + " has no gradients; use a floating point type");
        }
        if (node() != null) {
            throw new IllegalStateException("requiresGrad: this is the result of " + node.name()
                    + "; only leaves can be told, detach() makes one");
        }
        requiresGrad = required;
        return this;
    }

    /** Whether it is no result of a recorded operation. */
    public boolean isLeaf() {
        return node() == null;
    }

    /**
     * The gradient that {@link #backward()} has added up here since {@link #zeroGrad()}; null if none. Only leaves have one,
     * and results that were told to {@linkplain #retainGrad() retain} it. The same memory is used again after the next
     * {@code zeroGrad}.
     */
    public Tensor grad() {
        return hasGradient ? gradient : null;
    }

    /** Forgets the gradient, as {@code zero_grad(set_to_none=True)}. Nothing is written: the next gradient replaces the old. */
    public void zeroGrad() {
        hasGradient = false;
        if (gradient != null) {
            gradient.forgetHistory();
        }
    }

    private void forgetHistory() {
        node = null;
        requiresGrad = false;
    }

    /**
     * Computes the gradients of this scalar in all leaves that require one and adds them to what the leaves hold.
     *
     * @throws IllegalStateException if nothing was recorded, if it was used up by an earlier call, or if a tensor that is
     *         needed was closed or changed in place
     * @throws IllegalArgumentException if this is not a single number
     */
    public void backward() {
        Autograd.backward(this, null);
    }

    /** {@link #backward()} of any tensor, given the gradient of some scalar in it. */
    public void backward(Tensor gradient) {
        Autograd.backward(this, gradient);
    }

    /**
     * {@link #backward(Tensor)} that leaves more behind.
     *
     * @param gradient the gradient of some scalar in this; null for 1, if this is a single number
     * @param retainGraph whether the graph can be walked again; else its operands are given up
     * @param createGraph whether the gradients are recorded, so that they have gradients themselves; the graph is retained
     * @throws UnsupportedOperationException with createGraph, if an operation on the way has no second derivative; the message
     *         names it
     */
    public void backward(Tensor gradient, boolean retainGraph, boolean createGraph) {
        Autograd.backward(this, gradient, retainGraph, createGraph);
    }

    /**
     * Has this result keep its gradient in {@link #grad()}, as leaves do; does nothing to a leaf. Returns this tensor.
     *
     * @throws IllegalStateException if it requires no gradient
     */
    public Tensor retainGrad() {
        if (!requiresGrad()) {
            throw new IllegalStateException("retainGrad: this " + shape + " requires no gradient");
        }
        if (node != null) {
            node.keepGradientIn(this);
        }
        return this;
    }

    /**
     * Has a function see the gradient of this tensor whenever one is computed, as {@code torch.Tensor.register_hook}. It may
     * return another of the same shape and type to go on with, or null to leave it as it is; it must not change it in place.
     *
     * @return what takes the function away again
     * @throws IllegalStateException if this requires no gradient
     */
    public Hook registerHook(UnaryOperator<Tensor> hook) {
        Objects.requireNonNull(hook, "registerHook: the hook is null");
        if (!requiresGrad()) {
            throw new IllegalStateException("registerHook: this " + shape + " requires no gradient");
        }
        var at = node;
        if (at != null) {
            at.addHook(hook);
            return () -> at.removeHook(hook);
        }
        if (hooks == null) {
            hooks = new ArrayList<>(1);
        }
        hooks.add(hook);
        return () -> hooks.remove(hook);
    }

    /** For autograd: whether functions want to see the gradient of this leaf. */
    public boolean hasHooks() {
        return hooks != null && !hooks.isEmpty();
    }

    /** For autograd: a complete gradient of this leaf, as its hooks let it through. */
    public Tensor hooked(Tensor complete) {
        return hasHooks() ? Hook.pass(hooks, complete, "leaf") : complete;
    }

    /** A view of the same elements without a history. */
    public Tensor detach() {
        return new Tensor(storage, start, shape, dtype, layout, true);
    }

    /** For operations: this tensor as it is now; what happens to the history of this one later does not concern it. */
    public Tensor alias() {
        var same = detach();
        same.node = node();
        same.requiresGrad = requiresGrad;
        return same;
    }

    /** For operations: what this is a view of, itself no view; null if this is no view. */
    public Tensor base() {
        return base;
    }

    /** For operations: what computed this; null for a leaf. */
    public Node node() {
        catchUp();
        return node;
    }

    /** For operations: says what computed this. */
    public void recordedBy(Node node) {
        this.node = node;
        this.requiresGrad = true;
    }

    /** For operations: says that a change in place computed this, which views of it will notice. */
    public void changedBy(Node node) {
        recordedBy(node);
        history++;
    }

    /** If what this is a view of has changed its history meanwhile, this follows. */
    private void catchUp() {
        if (base != null && historySeen != base.history) {
            historySeen = base.history;
            recordedBy(InPlace.viewOf(base, this));
        }
    }

    /** For autograd: says that this was computed in inference mode. */
    public void markInference() {
        inference = true;
    }

    /** Whether this was computed in {@linkplain Autograd#inferenceMode inference mode}, from what requires a gradient. */
    public boolean isInference() {
        return inference;
    }

    /** For autograd: the gradient of this tensor, with its history. */
    public void recordedGradient(Tensor withHistory) {
        var buffer = gradientBuffer();
        buffer.forgetHistory();
        try (var _ = Autograd.noGrad()) {
            buffer.copyFrom(withHistory.detach());
        }
        hasGradient = true;
        if (withHistory.requiresGrad()) {
            buffer.recordedBy(InPlace.identity(buffer, withHistory));
        }
    }

    /** For autograd: the memory of the gradient, made on first use, whether or not it holds one now. */
    public Tensor gradientBuffer() {
        if (gradient == null) {
            var memory = Storage.like(storage, Owner.GRADIENTS, shape.bytes(dtype), "gradient of " + storage.origin());
            gradient = new Tensor(memory, 0, shape, dtype, shape.contiguous(), false);
        }
        return gradient;
    }

    /** For autograd: says that the buffer now holds a gradient. */
    public void gradientWritten() {
        hasGradient = true;
    }

    // ---- Elements

    /**
     * The bytes themselves, without a copy. Reading them after the tensor's end throws; the tensor must stay reachable.
     * Writing to them is not noticed by autograd.
     *
     * @throws IllegalStateException if the elements are not contiguous, or gone
     */
    public MemorySegment segment() {
        if (!isContiguous()) {
            throw new IllegalStateException(
                    "segment: the elements of this view are not contiguous; call contiguous() first");
        }
        return storage.expose("segment").asSlice(start, shape.bytes(dtype));
    }

    /** The same elements in another type; this tensor if it has that type. */
    public Tensor to(DType type) {
        return Convert.to(this, type);
    }

    /** A dense copy in row-major order, in any case; gradients go through it. */
    @Override
    public Tensor clone() {
        return Convert.clone(this);
    }

    /** A dense copy in row-major order; this tensor if it is one. */
    public Tensor contiguous() {
        return Convert.contiguous(this);
    }

    /** A dense copy with the channels of [N, C, spatial...] innermost; this tensor if it lies so. */
    public Tensor channelsLast() {
        return Convert.channelsLast(this);
    }

    /** For operations: a view of the same storage, at an offset in elements from this tensor's first. */
    public Tensor viewAs(Shape newShape, Layout newLayout, long elementOffset) {
        var seen = new Tensor(storage, start + elementOffset * dtype.bytes(), newShape, dtype, newLayout, true);
        seen.base = base == null ? this : base;
        seen.historySeen = seen.base.history;
        seen.inference = inference;
        return seen;
    }

    /**
     * The elements, shape and type in the form that PyTorch prints: {@code tensor([[1., 2.], [3., 4.]], shape=[2, 2],
     * dtype=FLOAT32)}, one line for each row. Of more than 1000 elements the first and last three of each dimension are shown.
     * Never fails; if the memory is gone, the text says that.
     */
    @Override
    public String toString() {
        return TensorText.of(this);
    }
}
