package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Choices;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Choices between elements by truth values, which are broadcast with them. */
public final class Where {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** The fewest elements of a piece that is searched by itself, and the most pieces. */
    private static final long PIECE = 1 << 15;
    private static final int PIECES = 64;

    private Where() {
    }

    /**
     * a where the condition is true, b elsewhere, as {@code torch.where}. All three are broadcast; types are promoted.
     *
     * @param condition bool
     * @throws IllegalArgumentException if the condition is of another type or shapes cannot be broadcast
     */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        Check.alive("where", "the first operand", a);
        Check.alive("where", "the second operand", b);
        mask("where", "the condition", condition);
        var dtype = DType.promote(a.dtype(), a.rank(), b.dtype(), b.rank());
        return chosen("where", condition, Convert.to(a, dtype), Convert.to(b, dtype));
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a number, which makes integers FLOAT32. */
    public static Tensor where(Tensor condition, Tensor a, double b) {
        return where(condition, a, scalar(Check.alive("where", "the operand", a), b));
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a number, which makes integers FLOAT32. */
    public static Tensor where(Tensor condition, double a, Tensor b) {
        return where(condition, scalar(Check.alive("where", "the operand", b), a), b);
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a whole number, which makes truth values INT64. */
    public static Tensor where(Tensor condition, Tensor a, long b) {
        return where(condition, a, scalar(Check.alive("where", "the operand", a), b));
    }

    /** {@link #where(Tensor, Tensor, Tensor)} with a whole number, which makes truth values INT64. */
    public static Tensor where(Tensor condition, long a, Tensor b) {
        return where(condition, scalar(Check.alive("where", "the operand", b), a), b);
    }

    /** FLOAT32 numbers, one where the condition is true, another elsewhere. */
    public static Tensor where(Tensor condition, double a, double b) {
        return where(condition, Tensor.full(DType.DEFAULT, a), Tensor.full(DType.DEFAULT, b));
    }

    /** INT64 numbers, one where the condition is true, another elsewhere. */
    public static Tensor where(Tensor condition, long a, long b) {
        return where(condition, Tensor.empty(DType.INT64).fill(a), Tensor.empty(DType.INT64).fill(b));
    }

    private static Tensor scalar(Tensor x, long value) {
        var dtype = DType.promote(x.dtype(), DType.Category.INTEGER);
        return Tensor.empty(dtype).fill(value);
    }

    private static Tensor scalar(Tensor x, double value) {
        return Tensor.full(x.dtype().floating(), value);
    }

    private static Tensor chosen(String name, Tensor condition, Tensor a, Tensor b) {
        var shape = Arithmetic.broadcast(name, condition.shape(), Arithmetic.broadcast(name, a.shape(), b.shape()));
        var y = Tensor.empty(a.dtype(), shape, name);
        choose(name, condition, a, b, y);
        return Autograd.record(CHOICE, y, condition, a, b);
    }

    private static final Op CHOICE = Op.composed("where", 0b1, flow -> {
        var dy = flow.gradOutput();
        var zero = Arithmetic.scalarLike(dy, 0);
        if (flow.wants(1)) {
            flow.give(1, Reduce.sumTo(chosen("where", flow.input(0), dy, zero), flow.input(1).shape()));
        }
        if (flow.wants(2)) {
            flow.give(2, Reduce.sumTo(chosen("where", flow.input(0), zero, dy), flow.input(2).shape()));
        }
    });

    /** A tensor of truth values. */
    static Tensor mask(String op, String role, Tensor mask) {
        if (Check.alive(op, role, mask).dtype() != DType.BOOL) {
            throw new IllegalArgumentException(op + ": " + role + " " + mask.shape() + " is " + mask.dtype()
                    + "; BOOL is needed, to(DType.BOOL) converts");
        }
        return mask;
    }

    /** y = condition ? a : b, all of y's shape or broadcast to it; a, b and y of one type. y may be a or b. */
    static void choose(String name, Tensor condition, Tensor a, Tensor b, Tensor y) {
        Storage.acquire(name, condition.storage(), a.storage(), b.storage(), y.storage());
        try {
            var runs = Runs.over(y.shape(), condition, a, b, y);
            runs.inParts((at, count) -> Choices.choose(y.dtype().bytes(), condition.storage().base(),
                    condition.position() + at[0], runs.stride(0), a.storage().base(), a.position() + at[1],
                    runs.stride(1), b.storage().base(), b.position() + at[2], runs.stride(2), y.storage().base(),
                    y.position() + at[3], runs.stride(3), count));
            y.storage().changed();
        } finally {
            Storage.release(condition.storage(), a.storage(), b.storage(), y.storage());
        }
    }

    /** The indices of true elements, one vector for each dimension: the columns of {@link #nonzero}. */
    public static List<Tensor> where(Tensor condition) {
        return Slices.unbind(nonzero(Check.alive("where", "the condition", condition)), 1);
    }

    // ---- Masks

    /**
     * x with a value where a mask is true, as {@code torch.masked_fill}; of x's type. Both are broadcast.
     *
     * @throws IllegalArgumentException if the mask is no BOOL, shapes cannot be broadcast, or x has integers and the value is
     *         none
     */
    public static Tensor maskedFill(Tensor x, Tensor mask, double value) {
        return filled("maskedFill", x, mask, value("maskedFill", x, mask, value));
    }

    /** Checks operands; a number as a tensor. */
    static Tensor value(String name, Tensor x, Tensor mask, double value) {
        Check.alive(name, "the tensor", x);
        mask(name, "the mask", mask);
        if (!x.dtype().isFloatingPoint() && value != (long) value) {
            throw new IllegalArgumentException(
                    name + ": " + value + " for a tensor " + x.shape() + " of " + x.dtype());
        }
        return Tensor.full(x.dtype(), value);
    }

    /** {@link #maskedFill(Tensor, Tensor, double)} with the value of a tensor without dimensions, which gets a gradient too. */
    public static Tensor maskedFill(Tensor x, Tensor mask, Tensor value) {
        return filled("maskedFill", x, mask, value("maskedFill", x, mask, value));
    }

    /** Checks operands; a value in the type of the tensor. */
    static Tensor value(String name, Tensor x, Tensor mask, Tensor value) {
        Check.alive(name, "the tensor", x);
        mask(name, "the mask", mask);
        Check.rank(name, "the value", Check.alive(name, "the value", value), 0);
        if (value.dtype().category().compareTo(x.dtype().category()) > 0) {
            throw new IllegalArgumentException(name + ": a value of " + value.dtype() + " for a tensor " + x.shape()
                    + " of " + x.dtype() + "; convert one with to(...)");
        }
        return Convert.to(value, x.dtype());
    }

    /** With operands that were checked. */
    static Tensor filled(String name, Tensor x, Tensor mask, Tensor value) {
        var shape = Arithmetic.broadcast(name, x.shape(), mask.shape());
        var y = Tensor.empty(x.dtype(), shape, name);
        choose(name, mask, value, x, y);
        return Autograd.record(FILL, y, x, mask, value);
    }

    private static final Op FILL = Op.composed("maskedFill", 0b10, flow -> {
        var dy = flow.gradOutput();
        if (flow.wants(0)) {
            flow.give(0, Reduce.sumTo(maskedFill(dy, flow.input(1), 0), flow.input(0).shape()));
        }
        if (flow.wants(2)) {
            flow.give(2, Reduce.sum(chosen("where", flow.input(1), dy, Arithmetic.scalarLike(dy, 0))));
        }
    });

    /**
     * The elements where a mask is true, in row-major order, as {@code torch.masked_select}; one dimension. Both are broadcast.
     */
    public static Tensor maskedSelect(Tensor x, Tensor mask) {
        Check.alive("maskedSelect", "the tensor", x);
        mask("maskedSelect", "the mask", mask);
        var shape = Arithmetic.broadcast("maskedSelect", x.shape(), mask.shape());
        return Gather.takeFlat("maskedSelect", Views.expanded(x, shape), places("maskedSelect",
                Views.expanded(mask, shape)));
    }

    /**
     * x with the next elements of a source where a mask is true, as {@code torch.masked_scatter}. Mask and x are broadcast.
     *
     * @param source of x's type, with at least as many elements as the mask has true ones
     */
    public static Tensor maskedScatter(Tensor x, Tensor mask, Tensor source) {
        return maskedScatter("maskedScatter", x, mask, source);
    }

    static Tensor maskedScatter(String name, Tensor x, Tensor mask, Tensor source) {
        Check.alive(name, "the tensor", x);
        mask(name, "the mask", mask);
        var shape = Arithmetic.broadcast(name, x.shape(), mask.shape());
        var flat = Views.reshape(Views.expanded(x, shape), shape.numel());
        return Views.reshape(scattering(name, flat, Views.expanded(mask, shape), source).written(flat),
                shape.toArray());
    }

    /** The write of a source where a mask is true into the same elements in one dimension. */
    static IndexWrites.Checked scattering(String name, Tensor flat, Tensor mask, Tensor source) {
        Check.sameType(name, flat, Check.alive(name, "the source", source));
        var places = places(name, mask);
        if (places.numel() > source.numel()) {
            throw new IllegalArgumentException(name + ": the mask has " + places.numel()
                    + " true elements, the source " + source.shape() + " only " + source.numel());
        }
        var used = Slices.narrow(Views.reshape(source, source.numel()), 0, 0, places.numel());
        return new IndexWrites.Checked(name, Picks.Write.SET, 0, places, used);
    }

    // ---- Where elements are not zero

    /** The indices of all elements that are not 0, a row for each in row-major order: int64 [count, rank]. */
    public static Tensor nonzero(Tensor x) {
        var places = places("nonzero", Check.alive("nonzero", "the tensor", x));
        var y = Tensor.empty(DType.INT64, Shape.of(places.numel(), x.rank()), "nonzero");
        var dims = x.shape().toArray();
        Storage.acquire("nonzero", places.storage(), y.storage(), null, null);
        try {
            Cutoffs.inParts(places.numel(), (from, count) -> {
                for (long i = from; i < from + count; i++) {
                    long place = places.storage().base().get(LONG, places.position() + 8 * i);
                    for (int d = dims.length - 1; d >= 0; d--) {
                        y.storage().base().set(LONG, y.position() + 8 * (i * dims.length + d), place % dims[d]);
                        place /= dims[d];
                    }
                }
            });
        } finally {
            Storage.release(places.storage(), y.storage(), null, null);
        }
        return y;
    }

    /** {@link #nonzero}, by another name. */
    public static Tensor argwhere(Tensor x) {
        return nonzero(Check.alive("argwhere", "the tensor", x));
    }

    /** The row-major indices of all elements that are not 0; int64, dense. */
    static Tensor places(String op, Tensor operand) {
        var x = truths(op, operand);
        x.storage().acquire(op);
        try {
            var segment = x.storage().base();
            int pieces = Math.clamp(x.numel() / PIECE, 1, PIECES);
            var counts = new long[pieces];
            inPieces(x.numel(), pieces, (piece, from, count) -> counts[piece] = Choices.count(segment,
                    x.position() + from, count));
            long total = 0;
            for (int i = 0; i < pieces; i++) {
                long before = total;
                total += counts[i];
                counts[i] = before;
            }
            var found = Tensor.empty(DType.INT64, Shape.of(total), op);
            inPieces(x.numel(), pieces, (piece, from, count) -> Choices.indices(segment, x.position() + from, count,
                    from, found.storage().base(), found.position() + 8 * counts[piece]));
            return found;
        } finally {
            x.storage().release();
        }
    }

    /** Dense bytes that are 0 where the elements are. */
    private static Tensor truths(String op, Tensor x) {
        if (x.dtype().bytes() == 1) {
            return Convert.contiguous(x.detach());
        }
        var truths = Tensor.empty(DType.BOOL, x.shape(), op);
        Storage.acquire(op, x.storage(), truths.storage(), null, null);
        try {
            var runs = Runs.over(x.shape(), x, truths);
            runs.inParts((at, count) -> {
                for (long k = 0; k < count; k++) {
                    truths.storage().base().set(BYTE, truths.position() + at[1] + k * runs.stride(1),
                            (byte) (isNotZero(x, x.position() + at[0] + k * runs.stride(0)) ? 1 : 0));
                }
            });
        } finally {
            Storage.release(x.storage(), truths.storage(), null, null);
        }
        return truths;
    }

    private interface Piece {
        void run(int piece, long from, long count);
    }

    /** Runs a fixed number of pieces, whatever the number of threads. */
    private static void inPieces(long n, int pieces, Piece work) {
        Team.parallel(pieces > 1 ? Cutoffs.parts(n) : 1, (part, parts) -> {
            for (int piece = part; piece < pieces; piece += parts) {
                long from = Part.start(piece, pieces, n, Cutoffs.GRAIN);
                work.run(piece, from, Part.start(piece + 1, pieces, n, Cutoffs.GRAIN) - from);
            }
        });
    }

    private static boolean isNotZero(Tensor x, long at) {
        var dtype = x.dtype();
        var segment = x.storage().base();
        return dtype.isFloatingPoint()
                ? Elements.getDouble(dtype, segment, at) != 0
                : Elements.getLong(dtype, segment, at) != 0;
    }
}
