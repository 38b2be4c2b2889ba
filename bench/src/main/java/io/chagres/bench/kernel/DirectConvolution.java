package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.ConvolutionTiles.HEIGHT;
import static io.chagres.bench.kernel.Lanes.COUNT;

import io.chagres.bench.Floats;
import io.chagres.runtime.plan.ConvolutionPlan.Part;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolutions without columns: vectors are of channels, six pixels by two vectors stay in registers. The gradient of the data
 * is a convolution of the result's gradient; with strides, one for each of the places that a pixel can have between windows.
 */
final class DirectConvolution {
    /**
     * Windows and their targets: element t of window p is at pixels[p] + at[t] of a source image, and is multiplied by elements of
     * the weight at weights[t], which is that of the first target channel.
     */
    private record Pass(int[] pixels, int[] at, int[] targets, int[] weights) {
    }

    private final ConvolutionSizes sizes;
    /** Channel by channel. */
    private final boolean deep;
    private final int parts;
    private List<Pass> passes;
    private int sourceChannels;
    private int targetChannels;
    /** Floats of a block of target channels, and of all of them. */
    private int block;
    private int width;
    private int sourceSize;
    private int sourcePadding;
    private int padded;
    private int weightStride;
    private float[][] panels;
    private float[][] images;
    private float[][] tiles;
    /** In {@link Part#WEIGHT}: sums of each part, and the gradient of the result, blocks of channels one after the other. */
    private float[][] sums;
    private float[][] results;

    DirectConvolution(ConvolutionSizes sizes, int parts) {
        this.sizes = sizes;
        this.parts = parts;
        deep = sizes.groups() > 1;
        if (deep && (sizes.groups() != sizes.in() || sizes.in() != sizes.out())) {
            throw new IllegalArgumentException("not written for groups but of one channel: " + sizes);
        }
    }

    /** Makes everything at the first call; lays out the weight at each. */
    void begin(Part part, MemorySegment w) {
        if (passes == null) {
            prepare(part);
        }
        if (part == Part.WEIGHT) {
            for (float[] sum : sums) {
                Arrays.fill(sum, 0);
            }
            return;
        }
        for (int i = 0; i < panels.length; i++) {
            pack(w, passes.get(i).weights, panels[i]);
        }
    }

    private void prepare(Part part) {
        boolean data = part == Part.DATA;
        int taps = sizes.kernel() * sizes.kernel();
        sourceChannels = data ? sizes.out() : sizes.in();
        targetChannels = data ? sizes.in() : sizes.out();
        sourceSize = data ? sizes.to() : sizes.size();
        sourcePadding = data ? sizes.kernel() : sizes.padding();
        padded = sourceSize + 2 * sourcePadding;
        weightStride = data && !deep ? taps : sizes.window();
        block = targetChannels <= COUNT || deep ? COUNT : 2 * COUNT;
        width = (targetChannels + block - 1) / block * block;
        passes = new ArrayList<>();
        if (data) {
            for (int place = 0; place < sizes.stride() * sizes.stride(); place++) {
                passes.add(between(place / sizes.stride(), place % sizes.stride()));
            }
        } else {
            passes.add(forward());
        }
        images = new float[parts][padded * padded * sourceChannels + COUNT];
        tiles = new float[parts][HEIGHT * block];
        if (part == Part.WEIGHT) {
            sums = new float[parts][(passes.getFirst().at.length + HEIGHT) * width];
            results = new float[parts][sizes.pixels() * width];
        } else {
            panels = new float[passes.size()][];
            for (int i = 0; i < panels.length; i++) {
                panels[i] = new float[passes.get(i).at.length * width];
            }
        }
    }

    private Pass forward() {
        int[] pixels = new int[sizes.pixels()];
        int[] targets = new int[pixels.length];
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (p / sizes.to() * padded + p % sizes.to()) * sizes.stride() * sizes.in();
            targets[p] = p * sizes.out();
        }
        int taps = sizes.kernel() * sizes.kernel();
        int[] at = new int[sizes.window()];
        int[] weights = new int[at.length];
        for (int t = 0; t < at.length; t++) {
            int tap = t / sizes.inEach();
            at[t] = (tap / sizes.kernel() * padded + tap % sizes.kernel()) * sizes.in() + t % sizes.inEach();
            weights[t] = t % sizes.inEach() * taps + tap;
        }
        return new Pass(pixels, at, targets, weights);
    }

    /** For the pixels of the data that lie so many rows and columns, modulo the stride, behind where windows begin. */
    private Pass between(int row, int column) {
        int stride = sizes.stride();
        int kernel = sizes.kernel();
        var pixels = new ArrayList<Integer>();
        var targets = new ArrayList<Integer>();
        for (int target = 0; target < sizes.size() * sizes.size(); target++) {
            int y = target / sizes.size() + sizes.padding() - row;
            int x = target % sizes.size() + sizes.padding() - column;
            if (y % stride == 0 && x % stride == 0) {
                pixels.add(((Math.floorDiv(y, stride) + kernel) * padded + Math.floorDiv(x, stride) + kernel)
                        * sizes.out());
                targets.add(target * sizes.in());
            }
        }
        var at = new ArrayList<Integer>();
        var weights = new ArrayList<Integer>();
        for (int i = row; i < kernel; i += stride) {
            for (int j = column; j < kernel; j += stride) {
                for (int c = 0; c < sizes.outEach(); c++) {
                    at.add(c - (i / stride * padded + j / stride) * sizes.out());
                    weights.add(c * sizes.window() + i * kernel + j);
                }
            }
        }
        return new Pass(ints(pixels), ints(at), ints(targets), ints(weights));
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private void pack(MemorySegment w, int[] weights, float[] panel) {
        int i = 0;
        for (int from = 0; from < (deep ? COUNT : width); from += block) {
            for (int weight : weights) {
                for (int c = from; c < from + (deep ? width : block); c++) {
                    panel[i++] = c < targetChannels ? Floats.get(w, (long) c * weightStride + weight) : 0;
                }
            }
        }
    }

    void run(Part part, int own, int from, int to, MemorySegment x, MemorySegment y) {
        var source = part == Part.DATA ? y : x;
        var target = part == Part.DATA ? x : y;
        int row = sourceSize * sourceChannels;
        int elements = sizes.elements(part == Part.DATA ? Part.DATA : Part.RESULT) / sizes.batch();
        for (int image = from; image < to; image++) {
            for (int r = 0; r < sourceSize; r++) {
                MemorySegment.copy(source, ValueLayout.JAVA_FLOAT, 4L * (image * sourceSize + r) * row, images[own],
                        ((r + sourcePadding) * padded + sourcePadding) * sourceChannels, row);
            }
            if (part == Part.WEIGHT) {
                addProducts(own, y, image);
                continue;
            }
            for (int i = 0; i < panels.length; i++) {
                multiply(own, passes.get(i), panels[i], target, image * elements);
            }
        }
    }

    private void multiply(int own, Pass pass, float[] panel, MemorySegment y, int base) {
        if (deep) {
            for (int p = 0; p < pass.pixels.length; p += 4) {
                ConvolutionTiles.deep(images[own], pass.pixels, p, pass.at, panel, width, targetChannels, y,
                        pass.targets, base);
            }
            return;
        }
        int last = pass.pixels.length - 1;
        for (int from = 0; from < width; from += block) {
            for (int p = 0; p <= last; p += HEIGHT) {
                if (block == COUNT) {
                    ConvolutionTiles.one(images[own], pass.pixels, p, last, pass.at, panel, from * pass.at.length,
                            tiles[own]);
                } else {
                    ConvolutionTiles.two(images[own], pass.pixels, p, last, pass.at, panel, from * pass.at.length,
                            tiles[own]);
                }
                ConvolutionTiles.put(tiles[own], block, Math.min(HEIGHT, last + 1 - p),
                        Math.min(block, targetChannels - from), y, pass.targets, p, base + from);
            }
        }
    }

    private void addProducts(int own, MemorySegment y, int image) {
        var pass = passes.getFirst();
        int pixels = pass.pixels.length;
        int each = deep ? width : block;
        for (int from = 0; from < width; from += each) {
            int columns = Math.min(each, targetChannels - from);
            for (int p = 0; p < pixels; p++) {
                MemorySegment.copy(y, ValueLayout.JAVA_FLOAT, 4L * ((image * pixels + p) * targetChannels + from),
                        results[own], (from * pixels + p * each), columns);
            }
        }
        if (deep) {
            for (int t = 0; t < pass.at.length; t++) {
                ConvolutionTiles.addDeep(images[own], pass.pixels, pass.at[t], results[own], width, sums[own],
                        t * width);
            }
            return;
        }
        int rows = pass.at.length + HEIGHT;
        for (int from = 0; from < width; from += block) {
            for (int t = 0; t < pass.at.length; t += HEIGHT) {
                int sum = from * rows + t * block;
                if (block == COUNT) {
                    ConvolutionTiles.addOne(images[own], pass.pixels, pass.at, t, results[own], from * pixels,
                            sums[own], sum);
                } else {
                    ConvolutionTiles.addTwo(images[own], pass.pixels, pass.at, t, results[own], from * pixels,
                            sums[own], sum);
                }
            }
        }
    }

    /** Gives the sums of the weight's gradient. */
    void end(Part part, MemorySegment w) {
        if (part != Part.WEIGHT) {
            return;
        }
        int[] weights = passes.getFirst().weights;
        int each = deep ? width : block;
        int rows = deep ? weights.length : weights.length + HEIGHT;
        for (int c = 0; c < targetChannels; c++) {
            for (int t = 0; t < weights.length; t++) {
                float sum = 0;
                for (int own = 0; own < parts; own++) {
                    sum += sums[own][c / each * each * rows + t * each + c % each];
                }
                Floats.set(w, (long) c * weightStride + weights[t], sum);
            }
        }
    }
}
