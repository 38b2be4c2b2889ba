package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Against plain Java that tries all places an image may have been cut from. */
class AugmentationTest {
    private static final int COUNT = 200;
    private static final int CHANNELS = 2;
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;

    private final float[] pixels = new float[COUNT * CHANNELS * HEIGHT * WIDTH];
    private final ImageDataset images = images();

    private ImageDataset images() {
        var random = new Random(1);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 1 + random.nextInt(255);
        }
        return ImageDataset.of(Tensor.of(pixels, COUNT, CHANNELS, HEIGHT, WIDTH).to(DType.UINT8),
                Tensor.of(new long[COUNT]));
    }

    /** All images of an epoch, in the order of the data set. */
    private static float[][] read(Dataset data, long epoch) {
        long[] rows = new long[(int) data.size()];
        Arrays.setAll(rows, i -> i);
        try (var inputs = Tensor.empty(DType.FLOAT32, data.inputShape().insert(0, rows.length).toArray());
                var labels = Tensor.empty(DType.INT64, rows.length)) {
            data.read(epoch, rows, 0, rows.length, inputs, labels);
            float[] all = inputs.toFloatArray();
            int size = all.length / rows.length;
            var images = new float[rows.length][];
            Arrays.setAll(images, i -> Arrays.copyOfRange(all, i * size, (i + 1) * size));
            return images;
        }
    }

    /** Image n from this place on, mirrored or not, normalised by 0.25 and 0.5 in the first channel, 0.5 and 2 in the second. */
    private float[] expected(int n, int height, int width, int top, int left, boolean mirrored, boolean normalized) {
        var part = new float[CHANNELS * height * width];
        for (int c = 0; c < CHANNELS; c++) {
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    int y = top + i;
                    int x = left + (mirrored ? width - 1 - j : j);
                    boolean inside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
                    double pixel = inside ? pixels[((n * CHANNELS + c) * HEIGHT + y) * WIDTH + x] / 255.0 : 0;
                    double mean = c == 0 ? 0.25 : 0.5;
                    double std = c == 0 ? 0.5 : 2;
                    part[(c * height + i) * width + j] = (float) (normalized ? (pixel - mean) / std : pixel);
                }
            }
        }
        return part;
    }

    /** How often each place (with mirrored as its last bit) was taken; every image must come from exactly one. */
    private int[] places(float[][] found, int height, int width, int padding, boolean flips, boolean normalized) {
        int down = HEIGHT + 2 * padding - height + 1;
        int right = WIDTH + 2 * padding - width + 1;
        int[] counts = new int[down * right * 2];
        for (int n = 0; n < found.length; n++) {
            int hits = 0;
            for (int place = 0; place < counts.length; place += flips ? 1 : 2) {
                float[] wanted = expected(n, height, width, place / 2 / right - padding, place / 2 % right - padding,
                        place % 2 == 1, normalized);
                if (Arrays.equals(wanted, found[n])) {
                    counts[place]++;
                    hits++;
                }
            }
            assertEquals(1, hits, "image " + n);
        }
        return counts;
    }

    @Test
    void cropsFlipsAndNormalisesAsPlainJava() {
        var normalize = new Normalize(List.of(0.25, 0.5), List.of(0.5, 2.0));
        for (int[] size : new int[][]{{5, 7, 2}, {3, 4, 0}, {6, 2, 1}, {9, 11, 2}, {1, 1, 0}, {8, 7, 4}}) {
            var crop = new RandomCrop(size[0], size[1], size[2]);
            boolean unique = size[0] * size[1] > 1; // a single pixel may be found in several places
            if (unique) {
                var data = images.with(3, new RandomHorizontalFlip(), normalize, crop);
                assertEquals(Shape.of(CHANNELS, size[0], size[1]), data.inputShape());
                places(read(data, 1), size[0], size[1], size[2], true, true);
                places(read(images.with(3, crop), 1), size[0], size[1], size[2], false, false);
            } else {
                assertEquals(COUNT, read(images.with(3, crop), 1).length);
            }
        }
    }

    @Test
    void allPlacesAreEquallyLikely() {
        var data = images.with(5, new RandomCrop(5, 7, 1), new RandomHorizontalFlip());
        int[] counts = new int[18];
        for (int epoch = 0; epoch < 45; epoch++) {
            int[] more = places(read(data, epoch), 5, 7, 1, true, false);
            Arrays.setAll(counts, i -> counts[i] + more[i]);
        }
        double mean = 45.0 * COUNT / 18; // 500: four standard deviations are 87
        for (int count : counts) {
            assertEquals(mean, count, 87, Arrays.toString(counts));
        }
        int[] never = places(read(images.with(5, new RandomHorizontalFlip(0)), 1), 5, 7, 0, true, false);
        int[] always = places(read(images.with(5, new RandomHorizontalFlip(1)), 1), 5, 7, 0, true, false);
        assertArrayEquals(new int[]{COUNT, 0}, never);
        assertArrayEquals(new int[]{0, COUNT}, always);
    }

    @Test
    void seedEpochAndRowDecideAlone() throws Exception {
        var augmentations = new Augmentation[]{new RandomCrop(5, 7, 2), new RandomHorizontalFlip()};
        var data = images.with(7, augmentations);
        float[][] first = read(data, 1);
        assertTrue(Arrays.deepEquals(first, read(data, 1)));
        assertTrue(Arrays.deepEquals(first, read(images.with(7, augmentations), 1)));
        assertFalse(Arrays.deepEquals(first, read(data, 2)));
        assertFalse(Arrays.deepEquals(first, read(images.with(8, augmentations), 1)));
        var row = Tensor.empty(DType.FLOAT32, 1, CHANNELS, HEIGHT, WIDTH);
        data.read(1, new long[]{150}, 0, 1, row, Tensor.empty(DType.INT64, 1));
        assertArrayEquals(first[150], row.toFloatArray());

        var alone = epochs(data);
        assertFalse(Arrays.equals(alone.get(0), alone.get(1)));
        try (var _ = Threads.share(1)) {
            assertTrue(Arrays.deepEquals(alone.toArray(), epochs(data).toArray()));
        }
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<List<float[]>> task = () -> epochs(data);
            for (var result : threads.invokeAll(Collections.nCopies(4, task))) {
                assertTrue(Arrays.deepEquals(alone.toArray(), result.get().toArray()));
            }
        }
    }

    /** The inputs of two shuffled epochs, each as one array. */
    private static List<float[]> epochs(Dataset data) {
        var epochs = new ArrayList<float[]>();
        try (var loader = DataLoader.of(data).batchSize((int) data.size()).shuffle(2)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                for (var batch : loader) {
                    epochs.add(batch.inputs().toFloatArray());
                }
            }
        }
        return epochs;
    }

    @Test
    void withoutAnythingRandomItIsTheSameInEachEpoch() {
        var data = images.with(new Normalize(List.of(0.25, 0.5), List.of(0.5, 2.0)));
        float[][] read = read(data, 1);
        assertTrue(Arrays.deepEquals(read, read(data, 2)));
        for (int n = 0; n < COUNT; n++) {
            assertArrayEquals(expected(n, HEIGHT, WIDTH, 0, 0, false, true), read[n]);
        }
        float[][] plain = read(data.with(1), 1);
        assertArrayEquals(expected(0, HEIGHT, WIDTH, 0, 0, false, false), plain[0], 1e-7f);
    }

    @Test
    void aSteadyStepAllocatesNoMoreThanWithout() {
        var data = images.with(1, new RandomCrop(5, 7, 2), new RandomHorizontalFlip());
        long without = heapBytesPerStep(images);
        long with = heapBytesPerStep(data);
        assertTrue(with <= without + 16, with + " heap bytes a step, " + without + " without augmentation");
    }

    private static long heapBytesPerStep(Dataset data) {
        try (var loader = DataLoader.of(data).batchSize(10).shuffle(1)) {
            for (int epoch = 0; epoch < 300; epoch++) {
                loader.forEach(_ -> {
                });
            }
            long nativeBytes = Memory.liveBytes();
            Memory.resetPeak();
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long heapBytes = threads.getCurrentThreadAllocatedBytes();
            for (int epoch = 0; epoch < 50; epoch++) {
                loader.forEach(_ -> {
                });
            }
            long perStep = (threads.getCurrentThreadAllocatedBytes() - heapBytes) / (50 * loader.batches());
            assertTrue(Memory.peakBytes() <= nativeBytes);
            return perStep;
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertRefused("RandomCrop: 0 x 3 pixels, padding 1", () -> new RandomCrop(0, 3, 1));
        assertRefused("padding -1", () -> new RandomCrop(3, -1));
        assertRefused("probability 1.5", () -> new RandomHorizontalFlip(1.5));
        assertRefused("probability NaN", () -> new RandomHorizontalFlip(Double.NaN));
        assertRefused("a positive std", () -> new Normalize(0.5, 0));
        assertRefused("a positive std", () -> new Normalize(List.of(0.5), List.of(1.0, 1.0)));
        assertRefused("is larger than images [2, 5, 7] with padding 1", () -> images.with(1, new RandomCrop(8, 1)));
        assertRefused("has 1 channels, images [2, 5, 7] have 2", () -> images.with(new Normalize(0.5, 1)));
        assertRefused("one of a kind", () -> images.with(1, new RandomCrop(5, 1), new RandomCrop(5, 2)));
        assertRefused("images of FLOAT32 [1, 1, 2, 2]",
                () -> ImageDataset.of(Tensor.zeros(1, 1, 2, 2), Tensor.of(new long[1])));
        assertRefused("classes of FLOAT32 [1]",
                () -> ImageDataset.of(Tensor.zeros(1, 1, 2, 2).to(DType.UINT8), Tensor.zeros(1)));
        assertRefused("1 images, but 2 classes",
                () -> ImageDataset.of(Tensor.zeros(1, 1, 2, 2).to(DType.UINT8), Tensor.of(new long[2])));
    }

    private static void assertRefused(String message, Runnable what) {
        var e = assertThrows(IllegalArgumentException.class, what::run);
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
