package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.bench.Floats;
import io.chagres.runtime.ffi.Blas;
import io.chagres.runtime.plan.ConvolutionPlan.Part;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Convolutions as products: image by image, windows are laid out as the rows of a matrix [pixels, window], which OpenBLAS
 * multiplies; or such a matrix is computed, and its rows are added to where windows lie.
 */
final class ColumnsConvolution {
    private final ConvolutionSizes sizes;
    /** The size of images with what is around them. */
    private final int padded;
    /** The weight of each group as [window, out / groups]; in {@link Part#WEIGHT} those of all parts. */
    private final MemorySegment matrices;
    private final MemorySegment[] windows;
    private final MemorySegment[] images;

    ColumnsConvolution(ConvolutionSizes sizes, int parts, Arena arena) {
        this.sizes = sizes;
        padded = sizes.size() + 2 * sizes.padding();
        matrices = Floats.zeros(arena, (long) parts * sizes.elements(Part.WEIGHT));
        windows = new MemorySegment[parts];
        images = new MemorySegment[parts];
        for (int i = 0; i < parts; i++) {
            windows[i] = Floats.zeros(arena, (long) sizes.pixels() * sizes.window());
            images[i] = Floats.zeros(arena, (long) padded * padded * sizes.in());
        }
    }

    void begin(Part part, MemorySegment w) {
        if (part == Part.WEIGHT) {
            matrices.fill((byte) 0);
        } else {
            for (int i = 0; i < sizes.elements(Part.WEIGHT); i++) {
                Floats.set(matrices, place(i), Floats.get(w, i));
            }
        }
    }

    void end(Part part, MemorySegment w) {
        int elements = sizes.elements(Part.WEIGHT);
        for (int i = 0; i < elements && part == Part.WEIGHT; i++) {
            float sum = 0;
            for (int own = 0; own < images.length; own++) {
                sum += Floats.get(matrices, own * elements + place(i));
            }
            Floats.set(w, i, sum);
        }
    }

    /** Where an element of the weight lies in the matrices. */
    private int place(int i) {
        int taps = sizes.kernel() * sizes.kernel();
        int channel = i / sizes.window();
        int inner = i % taps * sizes.inEach() + i % sizes.window() / taps;
        return (channel / sizes.outEach() * sizes.window() + inner) * sizes.outEach() + channel % sizes.outEach();
    }

    void run(Part part, int own, int from, int to, MemorySegment x, MemorySegment y) {
        for (int image = from; image < to; image++) {
            if (part == Part.DATA) {
                images[own].fill((byte) 0);
            } else {
                move(x, image, images[own], true);
            }
            for (int group = 0; group < sizes.groups(); group++) {
                run(part, own, group, y, 4L * (image * sizes.pixels() * sizes.out() + group * sizes.outEach()));
            }
            if (part == Part.DATA) {
                move(x, image, images[own], false);
            }
        }
    }

    private void run(Part part, int own, int group, MemorySegment y, long at) {
        int pixels = sizes.pixels();
        int window = sizes.window();
        int out = sizes.outEach();
        long matrix = 4L * group * window * out;
        if (part != Part.DATA) {
            visit(windows[own], images[own], group, false);
        }
        switch (part) {
            case RESULT -> Blas.sgemm(1, false, false, pixels, out, window, 1, windows[own], 0, window, matrices,
                    matrix,
                    out, 0, y, at, sizes.out());
            case DATA -> Blas.sgemm(1, false, true, pixels, window, out, 1, y, at, sizes.out(), matrices, matrix, out,
                    0, windows[own], 0, window);
            case WEIGHT -> Blas.sgemm(1, true, false, window, out, pixels, 1, windows[own], 0, window, y, at,
                    sizes.out(),
                    1, matrices, matrix + 4L * own * sizes.elements(Part.WEIGHT), out);
        }
        if (part == Part.DATA) {
            visit(windows[own], images[own], group, true);
        }
    }

    /** Copies windows out of an image, or adds them to it; pixels beside each other lie so in both if there is one group. */
    private void visit(MemorySegment rows, MemorySegment image, int group, boolean adds) {
        int together = sizes.groups() == 1 ? sizes.kernel() : 1;
        int count = together * sizes.inEach();
        int at = 0;
        for (int pixel = 0; pixel < sizes.pixels(); pixel++) {
            int row = pixel / sizes.to() * sizes.stride();
            int column = pixel % sizes.to() * sizes.stride();
            for (int tap = 0; tap < sizes.kernel() * sizes.kernel(); tap += together) {
                int seen = ((row + tap / sizes.kernel()) * padded + column + tap % sizes.kernel()) * sizes.in()
                        + group * sizes.inEach();
                if (adds) {
                    add(rows, at, image, seen, count);
                } else {
                    copy(image, seen, rows, at, count);
                }
                at += count;
            }
        }
    }

    private static void copy(MemorySegment from, int at, MemorySegment to, int start, int n) {
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            store(load(from, at + i), to, start + i);
        }
        if (i < n) {
            var mask = below(n, i);
            store(load(from, at + i, mask), to, start + i, mask);
        }
    }

    private static void add(MemorySegment from, int at, MemorySegment to, int start, int n) {
        int i = 0;
        for (; i <= n - COUNT; i += COUNT) {
            store(load(from, at + i).add(load(to, start + i)), to, start + i);
        }
        if (i < n) {
            var mask = below(n, i);
            store(load(from, at + i, mask).add(load(to, start + i, mask)), to, start + i, mask);
        }
    }

    /** Between data and an image with what is around it. */
    private void move(MemorySegment x, int image, MemorySegment to, boolean in) {
        int row = sizes.size() * sizes.in();
        for (int r = 0; r < sizes.size(); r++) {
            long outer = 4L * (image * sizes.size() + r) * row;
            long inner = 4L * ((r + sizes.padding()) * padded + sizes.padding()) * sizes.in();
            MemorySegment.copy(in ? x : to, in ? outer : inner, in ? to : x, in ? inner : outer, 4L * row);
        }
    }
}
