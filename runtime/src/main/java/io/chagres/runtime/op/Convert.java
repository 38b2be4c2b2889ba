package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Moves;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Layout;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;
import java.util.function.LongUnaryOperator;

/** Copies, fills and conversions between types. */
public final class Convert {
    private Convert() {
    }

    // ---- Copies

    /** See {@link Tensor#contiguous}. */
    public static Tensor contiguous(Tensor x) {
        if (Check.alive("contiguous", "the tensor", x).isContiguous()) {
            return x;
        }
        return Autograd.record(COPY, copyTo("contiguous", x, Tensor.empty(x.dtype(), x.shape(), "contiguous")), x);
    }

    /** See {@link Tensor#channelsLast}. */
    public static Tensor channelsLast(Tensor x) {
        if (Check.alive("channelsLast", "the tensor", x).isChannelsLast()) {
            return x;
        }
        var y = Tensor.empty(x.dtype(), x.shape(), Layout.channelsLast(x.shape().toArray()), "channelsLast");
        return Autograd.record(COPY, copyTo("channelsLast", x, y), x);
    }

    /** As it is if its elements lie densely with the channels innermost or in row-major order; else a row-major copy. */
    static Tensor denseImages(Tensor x) {
        return x.isChannelsLast() ? x : contiguous(x);
    }

    /** Whether the elements lie without gaps, in whatever order of the dimensions. */
    static boolean isDense(Tensor x) {
        if (x.isContiguous()) {
            return true;
        }
        if (x.numel() == 0) {
            return false;
        }
        // by rising strides, each steps over all that the smaller ones reach
        long reached = 1;
        long taken = 0;
        for (int step = 0; step < x.rank(); step++) {
            int next = -1;
            for (int d = 0; d < x.rank() && next < 0; d++) {
                if ((taken >>> d & 1) == 0 && x.size(d) > 1 && x.stride(d) == reached) {
                    next = d;
                }
            }
            if (next < 0) {
                break;
            }
            taken |= 1L << next;
            reached *= x.size(next);
        }
        return reached == x.numel();
    }

    /** Memory for elements in the shape of a tensor, and in its order if it is dense; else row-major. */
    static Tensor emptyAs(Tensor x, DType dtype, String name) {
        return x.isContiguous() || !isDense(x)
                ? Tensor.empty(dtype, x.shape(), name)
                : Tensor.empty(dtype, x.shape(), (Layout.Strided) x.layout(), name);
    }

    /** A tensor whose elements lie densely in the order of {@link #emptyAs}; a copy, if need be. */
    static Tensor denseAs(Tensor order, Tensor x) {
        if (order.isContiguous() || !isDense(order)) {
            return contiguous(x);
        }
        return liesAs(order, x)
                ? x
                : Autograd.record(COPY, copyTo("contiguous", x, emptyAs(order, x.dtype(), "contiguous")), x);
    }

    private static boolean liesAs(Tensor order, Tensor x) {
        for (int d = 0; d < x.rank(); d++) {
            if (x.size(d) != 1 && x.stride(d) != order.stride(d)) {
                return false;
            }
        }
        return true;
    }

    /** See {@link Tensor#clone}. */
    public static Tensor clone(Tensor x) {
        Check.alive("clone", "the tensor", x);
        return Autograd.record(COPY, copyTo("clone", x, Tensor.empty(x.dtype(), x.shape(), "clone")), x);
    }

    /** See {@link Tensor#to}. Gradients go back through conversions between floating point types. */
    public static Tensor to(Tensor x, DType dtype) {
        if (Check.alive("to", "the tensor", x).dtype() == Check.notNull("to", "the type", dtype)) {
            return x;
        }
        var y = copyTo("to", x, emptyAs(x, dtype, "to"));
        return dtype.isFloatingPoint() ? Autograd.record(COPY, y, x) : y;
    }

    private static final Op COPY = Op.composed("copy", Op.NOTHING,
            flow -> flow.give(0, to(flow.gradOutput(), flow.input(0).dtype())));

    /** See {@link Tensor#copyFrom}; not recorded. */
    public static Tensor copy(Tensor source, Tensor target) {
        Check.sameShape("copyFrom", Check.present("copyFrom", "the source", source),
                Check.present("copyFrom", "the target", target));
        return copyTo("copyFrom", source, writable("copyFrom", target));
    }

    /** Copies all elements, converting them; not recorded. */
    static Tensor copyTo(String op, Tensor x, Tensor y) {
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            if (x.numel() > 0) {
                copyElements(op, x, y);
            }
            y.storage().changed();
            return y;
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
    }

    private static void copyElements(String op, Tensor x, Tensor y) {
        boolean dense = x.isContiguous() && y.isContiguous();
        if (shareMemory(x, y)) {
            if (dense && x.dtype() == y.dtype()) {
                MemorySegment.copy(x.storage().base(), x.position(), y.storage().base(), y.position(),
                        x.shape().bytes(x.dtype())); // which is right for overlapping memory too
            } else {
                Copies.run(copyTo(op, x, Tensor.empty(x.dtype(), x.shape(), op)), y);
            }
        } else if (dense) {
            int xBytes = x.dtype().bytes();
            int yBytes = y.dtype().bytes();
            Cutoffs.inParts(x.numel(), (from, count) -> Casts.run(x.dtype(), x.storage().base(),
                    x.position() + from * xBytes, y.dtype(), y.storage().base(), y.position() + from * yBytes, count));
        } else {
            Copies.run(x, y);
        }
    }

    /** Whether bytes between the first and the last element of one lie between those of the other. */
    static boolean shareMemory(Tensor x, Tensor y) {
        if (x.numel() == 0 || y.numel() == 0) {
            return false;
        }
        long xFirst = x.storage().base().address() + x.position();
        long yFirst = y.storage().base().address() + y.position();
        return xFirst < yFirst + reach(y) && yFirst < xFirst + reach(x);
    }

    private static long reach(Tensor x) {
        long last = 0;
        for (int d = 0; d < x.rank(); d++) {
            last += (x.size(d) - 1) * x.stride(d);
        }
        return (last + 1) * x.dtype().bytes();
    }

    // ---- Fills, in place

    /** See {@link Tensor#fill(double)}. */
    public static Tensor fill(Tensor x, double value) {
        return fillWith(writable("fill", x), Elements.bits(x.dtype(), value));
    }

    /** See {@link Tensor#fill(long)}. */
    public static Tensor fill(Tensor x, long value) {
        return fillWith(writable("fill", x), Elements.bits(x.dtype(), value));
    }

    private static Tensor fillWith(Tensor x, long bits) {
        x.storage().acquire("fill");
        try {
            if (x.numel() > 0) {
                fillBits(x, bits);
            }
            x.storage().changed();
            return x;
        } finally {
            x.storage().release();
        }
    }

    private static void fillBits(Tensor x, long bits) {
        int bytes = x.dtype().bytes();
        var segment = x.storage().base();
        if (x.isContiguous()) {
            Cutoffs.inParts(x.numel(),
                    (from, count) -> Moves.fill(bytes, bits, segment, x.position() + from * bytes, count));
            return;
        }
        var value = Tensor.empty(x.dtype(), Shape.of(), "fill");
        Moves.fill(bytes, bits, value.storage().base(), value.position(), 1);
        Copies.run(value.viewAs(x.shape(), Layout.of(x.shape().toArray(), new long[x.rank()]), 0), x);
    }

    /** Sets each element, in row-major order, to what a function of its index gives. */
    public static Tensor fill(Tensor x, LongToDoubleFunction value) {
        writable("fill", x);
        Check.notNull("fill", "the function", value);
        if (x.storage().isForeign()) { // which the function could close
            return copyTo("fill", fill(Tensor.empty(x.dtype(), x.shape(), "fill"), value), x);
        }
        x.storage().acquire("fill");
        try {
            if (x.numel() > 0) {
                each(x, value);
            }
            x.storage().changed();
            return x;
        } finally {
            x.storage().release();
        }
    }

    /** {@link #fill(Tensor, LongToDoubleFunction)} of a dense int64 tensor. */
    static Tensor fillLongs(Tensor x, LongUnaryOperator value) {
        x.storage().acquire("fill");
        try {
            for (long i = 0; i < x.numel(); i++) {
                Elements.putLong(x.dtype(), x.storage().base(), x.position() + i * x.dtype().bytes(),
                        value.applyAsLong(i));
            }
            x.storage().changed();
            return x;
        } finally {
            x.storage().release();
        }
    }

    private static void each(Tensor x, LongToDoubleFunction value) {
        var walk = new Strides(x.shape(), x);
        var segment = x.storage().base();
        int bytes = x.dtype().bytes();
        long i = 0;
        do {
            long at = x.position() + walk.at[0] * bytes;
            for (long j = 0; j < walk.runLength(); j++) {
                Elements.putDouble(x.dtype(), segment, at + j * walk.runStride(0) * bytes, value.applyAsDouble(i++));
            }
        } while (walk.advance());
    }

    /** Fails if a tensor cannot be changed in place. */
    static Tensor writable(String op, Tensor x) {
        if (Autograd.isRecording() && changeable(op, x).requiresGrad()) {
            throw new IllegalStateException(op + ": " + x.shape()
                    + " requires a gradient and would be changed in place; do it under Autograd.noGrad()");
        }
        return changeable(op, x);
    }

    /** Fails if a tensor cannot be changed in place, whatever the tape says. */
    static Tensor changeable(String op, Tensor x) {
        if (Check.present(op, "the tensor", x).storage().isReadOnly()) {
            throw new IllegalArgumentException(op + ": " + x.shape() + " of " + x.storage().origin() + " is read only");
        }
        if (repeats(x)) {
            throw new IllegalArgumentException(op + ": " + x.shape()
                    + " is expanded, so that elements share memory; write to what it was expanded from, or to a copy");
        }
        return x;
    }

    private static boolean repeats(Tensor x) {
        for (int d = 0; d < x.rank() && !x.isContiguous(); d++) {
            if (x.stride(d) == 0 && x.size(d) > 1) {
                return true;
            }
        }
        return false;
    }

    /** The element at a row-major index; for what is rare. */
    public static double element(Tensor x, long index) {
        x.storage().acquire("element");
        try {
            return Elements.getDouble(x.dtype(), x.storage().base(),
                    x.position() + offset(x, index) * x.dtype().bytes());
        } finally {
            x.storage().release();
        }
    }

    /** {@link #element} of integers, with every digit; fractions are cut off. */
    public static long elementAsLong(Tensor x, long index) {
        x.storage().acquire("element");
        try {
            return Elements.getLong(x.dtype(), x.storage().base(), x.position() + offset(x, index) * x.dtype().bytes());
        } finally {
            x.storage().release();
        }
    }

    /** Fails if the memory of a tensor is gone, or another thread's. */
    public static void checkAlive(Tensor x) {
        Check.alive("element", "the tensor", x);
    }

    private static long offset(Tensor x, long index) {
        long offset = 0;
        long rest = Objects.checkIndex(index, x.numel());
        for (int d = x.rank() - 1; d >= 0; d--) {
            long size = x.shape().dim(d);
            offset += rest % size * ((Layout.Strided) x.layout()).stride(d);
            rest /= size;
        }
        return offset;
    }
}
