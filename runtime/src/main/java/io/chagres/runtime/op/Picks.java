package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Picking;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Elements data[.., index[.., i, ..], ..] of one tensor beside the elements [.., i, ..] of another: read from the one into the
 * other, or written from the other into the one. Several writes to one element happen in the order of i, whatever the number
 * of threads. Indices are dense or expanded int64 and checked to be in range; the tensors have any strides.
 */
final class Picks {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    /** Elements of a row that all picks go through before the next ones, so that what they share stays in a cache. */
    private static final long BLOCK = 64;
    /** Rows of fewer bytes are moved element by element. */
    private static final long LONG_ROW = 64;

    /** What a write does with what is there. */
    enum Write {
        SET, ADD, MULTIPLY, MAX, MIN
    }

    private final Tensor data;
    private final Tensor other;
    private final Tensor index;
    /** All dimensions but the one along which is picked; operands data, other, index. */
    private final Runs rest;
    private final long count;
    private final long dataStep;
    private final long otherStep;
    private final long indexStep;

    private Picks(Tensor data, Tensor other, Tensor index, Runs rest, long count, long dataStep, long otherStep,
            long indexStep) {
        this.data = data;
        this.other = other;
        this.index = index;
        this.rest = rest;
        this.count = count;
        this.dataStep = dataStep;
        this.otherStep = otherStep;
        this.indexStep = indexStep;
    }

    /** Along one dimension of tensors of one rank; the index tensor's sizes count. */
    static Picks along(int axis, Tensor data, Tensor index, Tensor other) {
        var dims = index.shape().toArray();
        long count = dims[axis];
        dims[axis] = 1;
        return new Picks(data, other, index, new Runs(dims, bytes(data), bytes(other), bytes(index)), count,
                bytes(data)[axis], bytes(other)[axis], bytes(index)[axis]);
    }

    private static long[] bytes(Tensor x) {
        var strides = Views.strides(x);
        for (int d = 0; d < strides.length; d++) {
            strides[d] *= x.dtype().bytes();
        }
        return strides;
    }

    private void run(String op, Runnable work) {
        Storage.acquire(op, data.storage(), other.storage(), index.storage(), null);
        try {
            if (rest.numel() > 0 && count > 0) {
                work.run();
            }
        } finally {
            Storage.release(data.storage(), other.storage(), index.storage(), null);
        }
    }

    // ---- Reading

    /** other = data, at the indices. */
    void read(String op) {
        run(op, this::readInParts);
        other.storage().changed();
    }

    private void readInParts() {
        int most = Cutoffs.parts(rest.numel() * count);
        if (rest.numel() >= count) {
            long grain = rest.numel() >= (1 << 14) ? Cutoffs.GRAIN : 1;
            Team.parallel(most, (part, parts) -> read(Part.start(part, parts, rest.numel(), grain),
                    Part.start(part + 1, parts, rest.numel(), grain), 0, count));
        } else {
            long grain = count >= (1 << 14) ? Cutoffs.GRAIN : 1;
            Team.parallel(most, (part, parts) -> read(0, rest.numel(), Part.start(part, parts, count, grain),
                    Part.start(part + 1, parts, count, grain)));
        }
    }

    /** The picks [first, end) of the elements [from, to) of the rest. */
    private void read(long from, long to, long first, long end) {
        int width = data.dtype().bytes();
        long ds = rest.stride(0);
        long os = rest.stride(1);
        long is = rest.stride(2);
        rest.walk(from, to - from, (at, n) -> {
            long d = data.position() + at[0];
            long o = other.position() + at[1];
            long i = index.position() + at[2];
            if (is == 0 && ds == width && os == width && n * width >= LONG_ROW) {
                for (long k = first; k < end; k++) {
                    MemorySegment.copy(data.storage().base(), d + id(i, k) * dataStep, other.storage().base(),
                            o + k * otherStep, n * width);
                }
            } else if (goesAlongRest(n)) {
                for (long start = 0; start < n; start += BLOCK) {
                    long some = Math.min(BLOCK, n - start);
                    for (long k = first; k < end; k++) {
                        load(width, d + start * ds, ds, o + k * otherStep + start * os, os,
                                i + k * indexStep + start * is, is, some);
                    }
                }
            } else {
                for (long r = 0; r < n; r++) {
                    load(width, d + r * ds, 0, o + r * os + first * otherStep, otherStep,
                            i + r * is + first * indexStep, indexStep, end - first);
                }
            }
        });
    }

    /** Whether the inner loop goes along a run of the rest, rather than along the picks. */
    private boolean goesAlongRest(long run) {
        return run > 1 && (count == 1 || Math.abs(rest.stride(1)) <= Math.abs(otherStep)
                && Math.abs(rest.stride(2)) <= Math.abs(indexStep));
    }

    private long id(long at, long k) {
        return index.storage().base().get(LONG, at + k * indexStep);
    }

    private void load(int width, long d, long ds, long o, long os, long i, long is, long n) {
        Picking.load(width, data.storage().base(), d, ds, dataStep, index.storage().base(), i, is,
                other.storage().base(), o, os, n);
    }

    // ---- Writing

    /**
     * data = other, at the indices, or what else is written there.
     *
     * @param extent indices are less than this
     */
    void write(String op, Write how, long extent) {
        run(op, () -> writeInParts(how, extent));
        data.storage().changed();
    }

    /** Each element has one part that writes to it. */
    private void writeInParts(Write how, long extent) {
        int most = Cutoffs.parts(rest.numel() * count);
        if (most <= 1 || rest.numel() >= 2 * Cutoffs.GRAIN) {
            long grain = rest.numel() >= (1 << 14) ? Cutoffs.GRAIN : 1;
            Team.parallel(most, (part, parts) -> write(how, Part.start(part, parts, rest.numel(), grain),
                    Part.start(part + 1, parts, rest.numel(), grain), 0, Long.MAX_VALUE));
        } else {
            Team.parallel(most, (part, parts) -> write(how, 0, rest.numel(), Part.start(part, parts, extent, 1),
                    Part.start(part + 1, parts, extent, 1)));
        }
    }

    /** The elements [from, to) of the rest, at indices in [low, high) only. */
    private void write(Write how, long from, long to, long low, long high) {
        var dtype = data.dtype();
        int width = dtype.bytes();
        long ds = rest.stride(0);
        long os = rest.stride(1);
        long is = rest.stride(2);
        rest.walk(from, to - from, (at, n) -> {
            long d = data.position() + at[0];
            long o = other.position() + at[1];
            long i = index.position() + at[2];
            if (is == 0 && ds == width && os == width && n * width >= LONG_ROW
                    && (how == Write.SET || how == Write.ADD && dtype == DType.FLOAT32)) {
                writeRows(how, d, o, i, n, low, high);
            } else if (goesAlongRest(n)) {
                for (long start = 0; start < n; start += BLOCK) {
                    long some = Math.min(BLOCK, n - start);
                    for (long k = 0; k < count; k++) {
                        store(how, d + start * ds, ds, o + k * otherStep + start * os, os,
                                i + k * indexStep + start * is, is, some, low, high);
                    }
                }
            } else {
                for (long r = 0; r < n; r++) {
                    store(how, d + r * ds, 0, o + r * os, otherStep, i + r * is, indexStep, count, low, high);
                }
            }
        });
    }

    private void writeRows(Write how, long d, long o, long i, long n, long low, long high) {
        for (long k = 0; k < count; k++) {
            long id = id(i, k);
            if (id < low || id >= high) {
                continue;
            }
            if (how == Write.SET) {
                MemorySegment.copy(other.storage().base(), o + k * otherStep, data.storage().base(),
                        d + id * dataStep, n * data.dtype().bytes());
            } else {
                Kernels.best().axpy(1, other.storage().base(), o + k * otherStep, data.storage().base(),
                        d + id * dataStep, n);
            }
        }
    }

    private void store(Write how, long d, long ds, long o, long os, long i, long is, long n, long low, long high) {
        var to = data.storage().base();
        var from = other.storage().base();
        var ids = index.storage().base();
        if (how == Write.SET) {
            Picking.store(data.dtype().bytes(), to, d, ds, dataStep, ids, i, is, low, high, from, o, os, n);
        } else if (how == Write.ADD && data.dtype() == DType.FLOAT32) {
            Picking.addFloats(to, d, ds, dataStep, ids, i, is, low, high, from, o, os, n);
        } else if (how == Write.ADD && data.dtype() == DType.FLOAT64) {
            Picking.addDoubles(to, d, ds, dataStep, ids, i, is, low, high, from, o, os, n);
        } else {
            combine(how, d, ds, o, os, i, is, n, low, high);
        }
    }

    private void combine(Write how, long d, long ds, long o, long os, long i, long is, long n, long low, long high) {
        var dtype = data.dtype();
        var to = data.storage().base();
        var from = other.storage().base();
        for (long k = 0; k < n; k++) {
            long id = index.storage().base().get(LONG, i + k * is);
            if (id < low || id >= high) {
                continue;
            }
            long at = d + k * ds + id * dataStep;
            if (dtype.isFloatingPoint()) {
                double a = Elements.getDouble(dtype, to, at);
                double b = Elements.getDouble(dtype, from, o + k * os);
                Elements.putDouble(dtype, to, at, switch (how) {
                    case SET -> b;
                    case ADD -> a + b;
                    case MULTIPLY -> a * b;
                    case MAX -> Math.max(a, b);
                    case MIN -> Math.min(a, b);
                });
            } else {
                long a = Elements.getLong(dtype, to, at);
                long b = Elements.getLong(dtype, from, o + k * os);
                Elements.putLong(dtype, to, at, switch (how) {
                    case SET -> b;
                    case ADD -> a + b;
                    case MULTIPLY -> a * b;
                    case MAX -> Math.max(a, b);
                    case MIN -> Math.min(a, b);
                });
            }
        }
    }
}
