package io.chagres.bench.kernel;

import static io.chagres.bench.kernel.ConvolutionSizes.both;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.plan.ConvolutionPlan;
import io.chagres.runtime.plan.ConvolutionPlan.Part;
import io.chagres.runtime.plan.Place;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * A convolution or one of its gradients. Shapes are images x channels x height and width x channels of the result x kernel x
 * stride x padding x groups: LeNet-5's layers, layers of a ResNet-18 for images of 32 x 32 pixels, and a layer that goes channel by
 * channel. Data and results have their channels innermost, the weight is [out, in / groups, height, width] for everybody.
 */
public abstract class Conv2dBenchmark extends KernelBenchmark {
    @Param({"64x1x28x6x5x1x2x1", "64x6x14x16x5x1x0x1", "32x3x32x64x3x1x1x1", "2x64x32x64x3x1x1x1",
            "32x64x32x64x3x1x1x1", "32x64x32x128x3x2x1x1", "32x128x16x128x3x1x1x1", "32x256x8x256x3x1x1x1",
            "32x512x4x512x3x1x1x1", "32x96x32x96x3x1x1x96"})
    public String shape;

    private final Part part;
    private ConvolutionSizes sizes;
    private float[] x;
    private float[] w;
    private float[] y;
    private MemorySegment xOffHeap;
    private MemorySegment wOffHeap;
    private MemorySegment yOffHeap;
    private Tensor xTensor;
    private Tensor wTensor;
    private Tensor yTensor;
    /** Whose gradients are computed. */
    private Tensor result;
    private ColumnsConvolution columns;
    private DirectConvolution direct;

    Conv2dBenchmark(Part part) {
        this.part = part;
    }

    @Override
    void prepare(Generator generator) {
        sizes = ConvolutionSizes.of(shape);
        x = operand(Part.DATA, generator);
        w = operand(Part.WEIGHT, generator);
        y = operand(Part.RESULT, generator);
        xOffHeap = offHeap(Part.DATA, x);
        wOffHeap = offHeap(Part.WEIGHT, w);
        yOffHeap = offHeap(Part.RESULT, y);
        xTensor = tensor(x, sizes.batch(), sizes.size(), sizes.size(), sizes.in()).permute(0, 3, 1, 2);
        wTensor = tensor(w, sizes.out(), sizes.inEach(), sizes.kernel(), sizes.kernel());
        yTensor = tensor(y, sizes.batch(), sizes.to(), sizes.to(), sizes.out()).permute(0, 3, 1, 2);
        if (part != Part.RESULT) {
            (part == Part.DATA ? xTensor : wTensor).requiresGrad(true);
            result = closed(conv2d());
        }
        columns = new ColumnsConvolution(sizes, threads, arena);
        direct = new DirectConvolution(sizes, threads);
    }

    private float[] operand(Part of, Generator generator) {
        return of == part ? output(sizes.elements(of)) : random(sizes.elements(of), generator);
    }

    private MemorySegment offHeap(Part of, float[] values) {
        return of == part ? outputOffHeap(values.length) : offHeap(values);
    }

    private Tensor conv2d() {
        return xTensor.conv2d(wTensor, null, both(sizes.stride()), both(sizes.padding()), both(1), sizes.groups());
    }

    private MemorySegment computed() {
        return switch (part) {
            case DATA -> xOffHeap;
            case WEIGHT -> wOffHeap;
            case RESULT -> yOffHeap;
        };
    }

    @Benchmark
    public float[] naive() {
        switch (part) {
            case DATA -> {
                Arrays.fill(x, 0);
                sizes.each((i, j, k) -> x[i] += w[j] * y[k]);
                return x;
            }
            case WEIGHT -> {
                Arrays.fill(w, 0);
                sizes.each((i, j, k) -> w[j] += x[i] * y[k]);
                return w;
            }
            default -> {
                Arrays.fill(y, 0);
                sizes.each((i, j, k) -> y[k] += x[i] * w[j]);
                return y;
            }
        }
    }

    @Benchmark
    public MemorySegment im2col() {
        columns.begin(part, wOffHeap);
        inParts(sizes.batch(), sizes.work(),
                (own, from, to) -> columns.run(part, own, from, to, xOffHeap, yOffHeap));
        columns.end(part, wOffHeap);
        return computed();
    }

    @Benchmark
    public MemorySegment vector() {
        direct.begin(part, wOffHeap);
        inParts(sizes.batch(), sizes.work(),
                (own, from, to) -> direct.run(part, own, from, to, xOffHeap, yOffHeap));
        direct.end(part, wOffHeap);
        return computed();
    }

    @Benchmark
    public MemorySegment oneDnn() {
        if (!ConvolutionPlan.run(part, sizes.forPlan(), new Place(xOffHeap, 0), new Place(wOffHeap, 0), null,
                new Place(yOffHeap, 0), ConvolutionPlan.Tail.NONE, null)) {
            throw new IllegalStateException("oneDNN has no kernel for " + shape);
        }
        return computed();
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return switch (part) {
                case DATA -> seen(gradient(xTensor).permute(0, 2, 3, 1));
                case WEIGHT -> seen(gradient(wTensor));
                case RESULT -> seen(conv2d().permute(0, 2, 3, 1));
            };
        }
    }

    private Tensor gradient(Tensor operand) {
        return Autograd.grad(List.of(result), List.of(operand), List.of(yTensor), true, false, false).getFirst();
    }

    @Override
    double[] expected() {
        var expected = new double[sizes.elements(part)];
        switch (part) {
            case DATA -> sizes.each((i, j, k) -> expected[i] += (double) w[j] * y[k]);
            case WEIGHT -> sizes.each((i, j, k) -> expected[j] += (double) x[i] * y[k]);
            case RESULT -> sizes.each((i, j, k) -> expected[k] += (double) x[i] * w[j]);
        }
        return expected;
    }

    @Override
    Tolerance tolerance() {
        return NaiveGemm.tolerance(sizes.depth(part));
    }
}
