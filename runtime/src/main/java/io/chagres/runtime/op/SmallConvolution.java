package io.chagres.runtime.op;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.plan.ConvolutionPlan.Sizes;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Convolutions of sequences and images of few channels, which leave most of a vector of channels empty: here vectors are of
 * pixels, or of what lies beside each other in a window. {@code Conv2dBench} and {@code Conv2dDataBench} measure where that is
 * faster than the library. Nothing is recorded; results do not depend on the number of threads.
 */
final class SmallConvolution {
    /** Results are computed here from one channel, if they have at most so many and at least so many columns. */
    private static final long MOST_PLANES = Kernels.CHANNELS;
    private static final long LEAST_COLUMNS = 20;
    /** Data is computed here if it has at most so many channels, and rows of windows fill so much of two vectors of 16. */
    private static final long MOST_CHANNELS = 6;
    private static final int VECTORS = 32;
    private static final double FILLED = 0.6;
    private static final long LEAST_DEPTH = 8;

    /** The most elements of one image, and of some of them together unless one has more. */
    private static final long MOST = 1 << 20;
    private static final long CACHED = 1 << 13;
    private static final long LINE = 64;
    /** So many multiply-adds take about as long as reading and writing an element. */
    private static final long PRODUCTS = 16;

    /** For weights, which all threads read, and for what each has of its own. */
    private static final ThreadLocal<Room> ROOM = ThreadLocal.withInitial(Room::new);
    private static final ThreadLocal<Room> DATA_ROOM = ThreadLocal.withInitial(Room::new);
    private static final boolean HAS_VECTORS = Kernels.best().name().startsWith("vector");

    private final Sizes sizes;
    private final int rows;
    private final int columns;
    private final int kernelRows;
    private final int kernelColumns;
    private final int in;
    private final int out;
    private final int outRows;
    private final int outColumns;
    private final int strideOfRows;
    private final int strideOfColumns;
    private final int dilationOfRows;
    private final int dilationOfColumns;
    private final int above;
    private final int left;
    /** The sizes of an image with what is around it. */
    private final int paddedRows;
    private final int paddedColumns;

    /** Arrays that a thread computes in. */
    private static final class Room {
        private float[] floats = {};
        private int[] from = {};
        private int[] to = {};

        private float[] floats(int count) {
            if (floats.length < count) {
                floats = new float[count];
            }
            return floats;
        }

        private void places(int count) {
            if (from.length < count) {
                from = new int[count];
                to = new int[count];
            }
        }
    }

    private SmallConvolution(Sizes sizes) {
        this.sizes = sizes;
        rows = first(sizes.from(), 1);
        columns = last(sizes.from());
        kernelRows = first(sizes.kernel(), 1);
        kernelColumns = last(sizes.kernel());
        in = (int) sizes.in();
        out = (int) sizes.out();
        outRows = first(sizes.to(), 1);
        outColumns = last(sizes.to());
        strideOfRows = first(sizes.stride(), 1);
        strideOfColumns = last(sizes.stride());
        dilationOfRows = first(sizes.dilation(), 1);
        dilationOfColumns = last(sizes.dilation());
        above = first(sizes.before(), 0);
        left = last(sizes.before());
        paddedRows = Math.max(above + rows, (outRows - 1) * strideOfRows + (kernelRows - 1) * dilationOfRows + 1);
        paddedColumns = Math.max(left + columns,
                (outColumns - 1) * strideOfColumns + (kernelColumns - 1) * dilationOfColumns + 1);
    }

    private static int first(long[] of, int none) {
        return of.length == 1 ? none : (int) of[0];
    }

    private static int last(long... of) {
        return (int) of[of.length - 1];
    }

    /** Whether images are small enough to count in int, with what is around them. */
    private static boolean fits(Sizes sizes) {
        int n = sizes.from().length;
        if (!HAS_VECTORS || n > 2 || sizes.groups() != 1) {
            return false;
        }
        double image = sizes.in();
        double result = sizes.out();
        double weight = sizes.in() * (double) sizes.out();
        for (int d = 0; d < n; d++) {
            double seen = (sizes.to()[d] - 1.0) * sizes.stride()[d] + (sizes.kernel()[d] - 1.0) * sizes.dilation()[d]
                    + 1;
            image *= Math.max((double) sizes.before()[d] + sizes.from()[d], seen);
            result *= sizes.to()[d];
            weight *= sizes.kernel()[d];
        }
        return image <= MOST && result <= MOST && weight <= MOST;
    }

    // ---- The result

    /**
     * y = x * w + bias, and relu of it if so wanted, if it is faster here; all are float32 and not empty, x and y have their
     * channels innermost, w and bias (or null) are dense.
     */
    static boolean result(Sizes sizes, Tensor x, Tensor w, Tensor bias, boolean relu, Tensor y, String op) {
        int last = sizes.to().length - 1;
        if (sizes.in() != 1 || sizes.out() > MOST_PLANES || sizes.to()[last] < LEAST_COLUMNS
                || sizes.stride()[last] != 1 || !fits(sizes)) {
            return false;
        }
        var biasStorage = bias == null ? null : bias.storage();
        Storage.acquire(op, x.storage(), w.storage(), biasStorage, y.storage());
        try {
            new SmallConvolution(sizes).result(x, w, bias, relu, y);
        } finally {
            Storage.release(x.storage(), w.storage(), biasStorage, y.storage());
        }
        return true;
    }

    private void result(Tensor x, Tensor w, Tensor bias, boolean relu, Tensor y) {
        int taps = kernelRows * kernelColumns;
        int block = Kernels.CHANNELS;
        var room = ROOM.get();
        float[] panel = room.floats(Math.ceilDiv(out, block) * block * (taps + 1));
        Arrays.fill(panel, 0);
        for (int c = 0; c < out; c++) {
            int at = c / block * block * (taps + 1) + c % block;
            panel[at] = bias == null ? 0 : get(bias, c);
            for (int t = 0; t < taps; t++) {
                panel[at + (t + 1) * block] = get(w, c * taps + t);
            }
        }
        var at = new int[taps];
        for (int t = 0; t < taps; t++) {
            at[t] = Float.BYTES * (t / kernelColumns * dilationOfRows * paddedColumns
                    + t % kernelColumns * dilationOfColumns);
        }
        long bytesEach = rounded(Float.BYTES * ((long) paddedRows * paddedColumns + Kernels.SLACK));
        int most = Cutoffs.mostWholes(sizes.batch(), each());
        var workspace = Workspace.take(bytesEach * most);
        try {
            Cutoffs.inWholes(most, sizes.batch(), (part, from, count) -> {
                var image = workspace.segment().asSlice(bytesEach * part, bytesEach);
                image.fill((byte) 0);
                for (long i = from; i < from + count; i++) {
                    move(x, i, image, 0, true);
                    Kernels.best().planes(image, 0, (long) Float.BYTES * strideOfRows * paddedColumns, at, panel, relu,
                            y.storage().base(), y.position() + Float.BYTES * i * outRows * outColumns * out, out,
                            outRows, outColumns);
                }
            });
        } finally {
            workspace.giveBack();
        }
    }

    /** Parts of a workspace begin at cache lines. One workspace serves all parts, so that its size does not depend on their timing. */
    private static long rounded(long bytes) {
        return bytes + LINE - 1 & -LINE;
    }

    private long each() {
        return Math.max(1, (long) outRows * outColumns * out * in * kernelRows * kernelColumns / PRODUCTS);
    }

    /** Rows of an image, into what is padded or out of it. */
    private void move(Tensor x, long image, MemorySegment padded, long offset, boolean inwards) {
        long bytes = (long) Float.BYTES * columns * in;
        for (int row = 0; row < rows; row++) {
            long dense = x.position() + (image * rows + row) * bytes;
            long inner = offset + (long) Float.BYTES * ((row + above) * paddedColumns + left) * in;
            if (inwards) {
                MemorySegment.copy(x.storage().base(), dense, padded, inner, bytes);
            } else {
                MemorySegment.copy(padded, inner, x.storage().base(), dense, bytes);
            }
        }
    }

    private static float get(Tensor x, int i) {
        return x.storage().base().get(ValueLayout.JAVA_FLOAT_UNALIGNED, x.position() + (long) Float.BYTES * i);
    }

    // ---- The data

    /** x = the transposed convolution of y and w, if it is faster here; otherwise as {@link #result}. */
    static boolean data(Sizes sizes, Tensor y, Tensor w, Tensor x, String op) {
        int last = sizes.to().length - 1;
        double run = (double) sizes.in() * sizes.kernel()[last];
        if (sizes.in() > MOST_CHANNELS || sizes.out() < LEAST_DEPTH || sizes.dilation()[last] != 1
                || run / (VECTORS * Math.ceil(run / VECTORS)) < FILLED || !fits(sizes)) {
            return false;
        }
        Storage.acquire(op, y.storage(), w.storage(), x.storage(), null);
        try {
            new SmallConvolution(sizes).data(y, w, x);
        } finally {
            Storage.release(y.storage(), w.storage(), x.storage(), null);
        }
        return true;
    }

    /** Each pixel of the result adds to the rows of its window. */
    private void data(Tensor y, Tensor w, Tensor x) {
        int run = kernelColumns * in;
        int length = kernelRows * out * run + Kernels.SLACK;
        float[] panel = ROOM.get().floats(length);
        var weight = w.storage().base();
        int next = 0;
        for (int i = 0; i < kernelRows; i++) {
            for (int c = 0; c < out; c++) {
                for (int j = 0; j < kernelColumns; j++) {
                    for (int k = 0; k < in; k++) {
                        long at = (((long) c * in + k) * kernelRows + i) * kernelColumns + j;
                        panel[next++] = weight.get(ValueLayout.JAVA_FLOAT_UNALIGNED, w.position() + Float.BYTES * at);
                    }
                }
            }
        }
        Arrays.fill(panel, length - Kernels.SLACK, length, 0);
        int some = (int) Math.max(1, CACHED / Math.max((long) outRows * outColumns * out,
                (long) paddedRows * paddedColumns * in));
        boolean dense = above == 0 && left == 0 && paddedRows == rows && paddedColumns == columns;
        long bytesEach = rounded((long) Float.BYTES * paddedRows * paddedColumns * in * some);
        int most = Cutoffs.mostWholes(sizes.batch(), each());
        var workspace = dense ? null : Workspace.take(bytesEach * most);
        try {
            Cutoffs.inWholes(most, sizes.batch(), (part, from, count) -> {
                var images = dense ? null : workspace.segment().asSlice(bytesEach * part, bytesEach);
                int placed = 0;
                for (long i = from; i < from + count; i += some) {
                    int now = (int) Math.min(some, from + count - i);
                    if (now != placed) {
                        places(DATA_ROOM.get(), now);
                        placed = now;
                    }
                    add(y, panel, x, i, now, images);
                }
            });
        } finally {
            if (workspace != null) {
                workspace.giveBack();
            }
        }
    }

    /** Adds what some images get; in their padded forms if there is room for these, else at once in x. */
    private void add(Tensor y, float[] panel, Tensor x, long image, int count, MemorySegment padded) {
        int size = paddedRows * paddedColumns * in;
        int pixels = count * outRows * outColumns;
        var room = DATA_ROOM.get();
        float[] results = room.floats(pixels * out);
        MemorySegment.copy(y.storage().base(), ValueLayout.JAVA_FLOAT_UNALIGNED,
                y.position() + Float.BYTES * image * outRows * outColumns * out, results, 0, pixels * out);
        long bytes = (long) Float.BYTES * size * count;
        var images = padded == null ? x.storage().base() : padded;
        long offset = padded == null ? x.position() + Float.BYTES * image * size : 0;
        images.asSlice(offset, bytes).fill((byte) 0);
        for (int i = 0; i < kernelRows; i++) {
            Kernels.best().addWindows(results, room.from, panel, i * out * kernelColumns * in, out, kernelColumns * in,
                    images, offset + (long) Float.BYTES * i * dilationOfRows * paddedColumns * in, room.to, 0, pixels);
        }
        for (int i = 0; i < count && padded != null; i++) {
            move(x, image + i, images, (long) Float.BYTES * i * size, false);
        }
    }

    /** Column after column, so that windows that follow each other do not overlap: memory just written is not read at once. */
    private void places(Room room, int images) {
        int size = paddedRows * paddedColumns * in;
        room.places(images * outRows * outColumns);
        int p = 0;
        for (int column = 0; column < outColumns; column++) {
            for (int i = 0; i < images; i++) {
                for (int row = 0; row < outRows; row++) {
                    room.from[p] = ((i * outRows + row) * outColumns + column) * out;
                    room.to[p++] = i * size + (row * strideOfRows * paddedColumns + column * strideOfColumns) * in;
                }
            }
        }
    }
}
