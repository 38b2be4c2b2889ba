package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.ffi.Lapack;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What operations on matrices and batches of them share. Rows lie one after the other here and columns in LAPACK, which so
 * sees each matrix transposed; operations are written for that, and copy nothing to turn it.
 */
final class Matrices {
    /** Matrices with more rows or columns are computed one after the other, each by the team. */
    private static final long LARGE = 256;
    /** Less work than this is done on one thread. */
    private static final double SMALL_WORK = 1e5;

    private Matrices() {
    }

    /** A tensor of matrices that can be computed with. */
    static Tensor some(String op, String role, Tensor x) {
        if (Check.real(op, role, x).rank() < 2) {
            throw new IllegalArgumentException(op + ": " + role + " " + x.shape() + " has " + x.rank()
                    + " dimensions; 2 are needed, or more for a batch");
        }
        Check.int32(op, x.shape(), x.size(-2));
        Check.int32(op, x.shape(), x.size(-1));
        return x;
    }

    static Tensor square(String op, String role, Tensor x) {
        if (some(op, role, x).size(-2) != x.size(-1)) {
            throw new IllegalArgumentException(op + ": " + role + " " + x.shape() + " is not square: " + x.size(-2)
                    + " rows of " + x.size(-1));
        }
        return x;
    }

    static boolean wide(Tensor x) {
        return x.dtype() == DType.FLOAT64;
    }

    /** How many matrices there are. */
    static long count(Tensor x) {
        return count(x.shape(), 2);
    }

    /** The product of all sizes but some at the end. */
    static long count(Shape shape, int own) {
        long count = 1;
        for (int d = 0; d < shape.rank() - own; d++) {
            count *= shape.dim(d);
        }
        return count;
    }

    /** The dimensions in front of the matrices, followed by others. */
    static Shape front(Tensor x, long... own) {
        var dims = Arrays.copyOf(x.shape().toArray(), x.rank() - 2 + own.length);
        System.arraycopy(own, 0, dims, x.rank() - 2, own.length);
        return Shape.of(dims);
    }

    /** A dense copy, not recorded. */
    static Tensor copy(String op, Tensor x) {
        return Convert.copyTo(op, x, Tensor.empty(x.dtype(), x.shape(), op));
    }

    static Tensor t(Tensor x) {
        return Views.transpose(x, -2, -1);
    }

    /** Where a matrix of so many elements begins in a dense tensor. */
    static long at(Tensor x, long matrix, long elements) {
        return x.position() + matrix * elements * x.dtype().bytes();
    }

    static MemorySegment base(Tensor x) {
        return x.storage().base();
    }

    /** How messages name one of the matrices. */
    static String name(Tensor x, long index) {
        return x.rank() == 2 ? "the matrix " + x.shape() : "matrix " + index + " of " + x.shape();
    }

    // ---- Work on each

    /** What is done with one matrix. It is given scratch memory and returns 0, or what is wrong with the matrix. */
    interface Step {
        int run(int threads, long matrix, MemorySegment scratch);
    }

    /** What to throw for a matrix that something is wrong with. */
    interface Complaint {
        RuntimeException of(long matrix, int info);
    }

    /** The first matrix that something was wrong with. */
    private static final class First {
        private long matrix = -1;
        private int info;

        synchronized void note(long index, int what) {
            if (matrix < 0 || index < matrix) {
                matrix = index;
                info = what;
            }
        }
    }

    /**
     * Does a step for each matrix. Small ones are shared out to the team.
     *
     * @param size the greater of their numbers of rows and columns
     * @param scratch how many bytes a step needs besides
     */
    static void each(String op, long matrices, long size, long scratch, Step step, Complaint complaint,
            Tensor... used) {
        var storages = Arrays.stream(used).map(Tensor::storage).toArray(Storage[]::new);
        int held = 0;
        try {
            for (; held < storages.length; held++) {
                storages[held].acquire(op);
            }
            var first = new First();
            double work = (double) size * size * size;
            if (matrices > 1 && size <= LARGE && work * matrices > SMALL_WORK) {
                long most = (long) Math.min(matrices, work * matrices / SMALL_WORK * 2);
                Team.parallel((int) Math.min(Integer.MAX_VALUE, most), (part, parts) -> run(
                        Part.start(part, parts, matrices, 1), Part.start(part + 1, parts, matrices, 1), false, scratch,
                        step, first));
            } else {
                run(0, matrices, size > LARGE, scratch, step, first);
            }
            if (first.matrix >= 0) {
                throw complaint.of(first.matrix, first.info);
            }
        } finally {
            for (int i = 0; i < held; i++) {
                storages[i].release();
            }
        }
    }

    private static void run(long from, long to, boolean large, long scratch, Step step, First first) {
        if (from == to) {
            return;
        }
        var workspace = Workspace.take(Math.max(64, scratch));
        try {
            var memory = workspace.segment().asSlice(0, Math.max(64, scratch));
            for (long matrix = from; matrix < to; matrix++) {
                int threads = Team.enter();
                try {
                    int info = step.run(large ? threads : 1, matrix, memory);
                    if (info != 0) {
                        first.note(matrix, info);
                    }
                } finally {
                    Team.exit();
                }
            }
        } finally {
            workspace.giveBack();
        }
    }

    /** Cuts scratch memory into pieces at multiples of 64 bytes. */
    static final class Pieces {
        private final MemorySegment memory;
        private long used;

        Pieces(MemorySegment memory) {
            this.memory = memory;
        }

        MemorySegment next(long bytes) {
            var piece = memory.asSlice(used, bytes);
            used += rounded(bytes);
            return piece;
        }

        static long rounded(long... bytes) {
            long sum = 0;
            for (long each : bytes) {
                sum += (each + 63) / 64 * 64;
            }
            return sum;
        }
    }

    /** Whether all elements of a dense stretch are finite. LAPACK may never end if they are not. */
    static boolean finite(Tensor x, long at, long count) {
        boolean finite = true;
        var base = base(x);
        if (wide(x)) {
            for (long i = 0; i < count && finite; i++) {
                finite = Double.isFinite(base.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at + 8 * i));
            }
        } else {
            for (long i = 0; i < count && finite; i++) {
                finite = Float.isFinite(base.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4 * i));
            }
        }
        return finite;
    }

    static ArithmeticException notFinite(String op, Tensor x, long matrix) {
        return new ArithmeticException(op + ": " + name(x, matrix) + " has elements that are infinite or NaN");
    }

    // ---- Several results as one

    /**
     * A part of what an operation with several results computes for each matrix: an operation has one recorded result, so they
     * lie there side by side.
     */
    static Tensor part(Tensor packed, long from, long... dims) {
        long length = 1;
        for (long dim : dims) {
            length *= dim;
        }
        var part = Slices.narrow(packed, -1, from, length);
        var shape = Arrays.copyOf(packed.shape().toArray(), packed.rank() - 1 + dims.length);
        System.arraycopy(dims, 0, shape, packed.rank() - 1, dims.length);
        return Views.view(part, shape);
    }

    /** An operation without a gradient, which says so. */
    static Op withoutGradient(String name, String wayOut) {
        return new Op(name) {
            @Override
            public int keeps() {
                return NOTHING;
            }

            @Override
            public void backward(Gradients flow) {
                throw new UnsupportedOperationException(name + " has no gradient here; " + wayOut);
            }

            @Override
            public void recordedBackward(Gradients flow) {
                backward(flow);
            }
        };
    }

    // ---- LU

    /**
     * The factors of the transposed matrices, in place of the matrices, and the exchanges of rows: 32-bit integers counted from
     * 1.
     */
    static int factor(boolean wide, int n, Tensor lu, long matrix, MemorySegment pivots) {
        return Lapack.getrf(wide, n, base(lu), at(lu, matrix, (long) n * n), Math.max(1, n), pivots);
    }

    static ArithmeticException singular(String op, Tensor a, long matrix, int pivot) {
        return new ArithmeticException(
                op + ": " + name(a, matrix) + " is singular: pivot " + pivot + " of its LU decomposition is 0");
    }
}
