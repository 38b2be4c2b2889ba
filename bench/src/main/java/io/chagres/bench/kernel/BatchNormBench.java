package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.Lanes.COUNT;
import static io.chagres.bench.kernel.Lanes.FLOATS;
import static io.chagres.bench.kernel.Lanes.below;
import static io.chagres.bench.kernel.Lanes.load;
import static io.chagres.bench.kernel.Lanes.store;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Channels of images brought to mean 0 and variance 1 over the batch, then scaled and shifted, as in training (Ioffe and Szegedy,
 * 2015). Shapes are images x channels x height x width.
 */
public class BatchNormBench extends KernelBenchmark {
    private static final float EPSILON = 1e-5f;

    @Param({"1x1x2x4", "2x4x8x8", "8x16x16x16", "64x32x14x14", "64x64x28x28", "32x64x56x56"})
    public String shape;

    private int images;
    private int channels;
    private int pixels;
    private float[] x;
    private float[] y;
    private float[] weight;
    private float[] bias;
    private MemorySegment xOffHeap;
    private MemorySegment yOffHeap;
    private Tensor xTensor;
    private Tensor weightTensor;
    private Tensor biasTensor;
    private Tensor runningMean;
    private Tensor runningVar;

    /** Numbers uniform in [-4, 4). */
    @Override
    void prepare(Generator generator) {
        int[] sizes = sizes(shape);
        images = sizes[0];
        channels = sizes[1];
        pixels = sizes[2] * sizes[3];
        x = random(images * channels * pixels, generator);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 4;
        }
        y = output(x.length);
        weight = random(channels, generator);
        bias = random(channels, generator);
        xOffHeap = offHeap(x);
        yOffHeap = outputOffHeap(x.length);
        xTensor = tensor(x, images, channels, sizes[2], sizes[3]);
        weightTensor = tensor(weight, channels);
        biasTensor = tensor(bias, channels);
        runningMean = tensor(new float[channels], channels);
        runningVar = tensor(new float[channels], channels);
    }

    /** Where a channel of an image starts. */
    private int plane(int image, int channel) {
        return (image * channels + channel) * pixels;
    }

    private int count() {
        return images * pixels;
    }

    @Benchmark
    public float[] naive() {
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int image = 0; image < images; image++) {
                for (int i = 0; i < pixels; i++) {
                    sum += x[plane(image, channel) + i];
                }
            }
            double mean = sum / count();
            double squares = 0;
            for (int image = 0; image < images; image++) {
                for (int i = 0; i < pixels; i++) {
                    double difference = x[plane(image, channel) + i] - mean;
                    squares += difference * difference;
                }
            }
            double deviation = Math.sqrt(squares / count() + EPSILON);
            for (int image = 0; image < images; image++) {
                for (int i = 0; i < pixels; i++) {
                    int at = plane(image, channel) + i;
                    y[at] = (float) ((x[at] - mean) / deviation) * weight[channel] + bias[channel];
                }
            }
        }
        return y;
    }

    private float scale(double squares, int channel) {
        return (float) (weight[channel] / Math.sqrt(squares / count() + EPSILON));
    }

    @Benchmark
    public float[] arrays() {
        inParts(channels, count(), (_, from, to) -> {
            for (int channel = from; channel < to; channel++) {
                double sum = 0;
                for (int image = 0; image < images; image++) {
                    sum += Reductions.sum(x, plane(image, channel), pixels);
                }
                float mean = (float) (sum / count());
                double squares = 0;
                for (int image = 0; image < images; image++) {
                    squares += Reductions.squares(x, plane(image, channel), pixels, mean);
                }
                float scale = scale(squares, channel);
                for (int image = 0; image < images; image++) {
                    int start = plane(image, channel);
                    normalize(x, y, start, start + pixels, mean, scale, bias[channel]);
                }
            }
        });
        return y;
    }

    private static void normalize(float[] x, float[] y, int from, int to, float mean, float scale, float shift) {
        for (int i = from; i < to; i++) {
            y[i] = Math.fma(x[i] - mean, scale, shift);
        }
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(channels, count(), (_, from, to) -> {
            for (int channel = from; channel < to; channel++) {
                double sum = 0;
                for (int image = 0; image < images; image++) {
                    sum += Reductions.sum(xOffHeap, plane(image, channel), pixels);
                }
                float mean = (float) (sum / count());
                double squares = 0;
                for (int image = 0; image < images; image++) {
                    squares += Reductions.squares(xOffHeap, plane(image, channel), pixels, mean);
                }
                float scale = scale(squares, channel);
                for (int image = 0; image < images; image++) {
                    int start = plane(image, channel);
                    normalize(xOffHeap, yOffHeap, start, start + pixels, mean, scale, bias[channel]);
                }
            }
        });
        return yOffHeap;
    }

    private static void normalize(MemorySegment x, MemorySegment y, int from, int to, float mean, float scale,
            float shift) {
        float[] piece = Scratch.mine().a;
        for (int i = from; i < to; i += Scratch.PIECE) {
            int count = Scratch.length(to - i);
            Scratch.load(x, i, piece, count);
            normalize(piece, piece, 0, count, mean, scale, shift);
            Scratch.store(piece, y, i, count);
        }
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(channels, count(), (_, from, to) -> {
            for (int channel = from; channel < to; channel++) {
                double sum = 0;
                for (int image = 0; image < images; image++) {
                    sum += Lanes.sum(xOffHeap, plane(image, channel), pixels);
                }
                float mean = (float) (sum / count());
                double squares = 0;
                for (int image = 0; image < images; image++) {
                    squares += Lanes.squares(xOffHeap, plane(image, channel), pixels, mean);
                }
                float scale = scale(squares, channel);
                for (int image = 0; image < images; image++) {
                    int start = plane(image, channel);
                    normalizeVectors(xOffHeap, yOffHeap, start, start + pixels, mean, scale, bias[channel]);
                }
            }
        });
        return yOffHeap;
    }

    private static void normalizeVectors(MemorySegment x, MemorySegment y, int from, int to, float mean, float scale,
            float shift) {
        FloatVector scales = FloatVector.broadcast(FLOATS, scale);
        FloatVector shifts = FloatVector.broadcast(FLOATS, shift);
        int i = from;
        for (; i <= to - COUNT; i += COUNT) {
            store(load(x, i).sub(mean).fma(scales, shifts), y, i);
        }
        if (i < to) {
            var mask = below(to, i);
            store(load(x, i, mask).sub(mean).fma(scales, shifts), y, i, mask);
        }
    }

    /** Updates the running statistics too. */
    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(xTensor.batchNorm(runningMean, runningVar, weightTensor, biasTensor, true, 0.1, EPSILON));
        }
    }

    @Override
    double[] expected() {
        var expected = new double[x.length];
        for (int channel = 0; channel < channels; channel++) {
            double mean = 0;
            for (int i = 0; i < count(); i++) {
                mean += x[at(i, channel)] / (double) count();
            }
            double variance = 0;
            for (int i = 0; i < count(); i++) {
                variance += (x[at(i, channel)] - mean) * (x[at(i, channel)] - mean) / count();
            }
            for (int i = 0; i < count(); i++) {
                double normal = (x[at(i, channel)] - mean) / Math.sqrt(variance + EPSILON);
                expected[at(i, channel)] = normal * weight[channel] + bias[channel];
            }
        }
        return expected;
    }

    /** The i-th element of a channel. */
    private int at(int i, int channel) {
        return plane(i / pixels, channel) + i % pixels;
    }

    /** Numbers below 4 are divided by a deviation of about 2, weighted and shifted by at most 1: a few roundings of 4. */
    @Override
    Tolerance tolerance() {
        return new Tolerance(1e-5, 4e-6);
    }
}
