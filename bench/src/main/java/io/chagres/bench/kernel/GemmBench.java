package io.chagres.bench.kernel;

import io.chagres.bench.Product;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The matrix product. Shapes are m x k x n: squares, layers of a perceptron and of a transformer, one row alone, and a convolution
 * of 3 x 3 pixels as a product. Weights are [k, n], or with {@code -p weights=nk} as {@code Linear} has them, [n, k], and read
 * transposed.
 */
public class GemmBench extends KernelBenchmark {
    @Param({"8x8x8", "32x32x32", "64x64x64", "512x512x512", "1024x1024x1024", "64x784x128", "64x128x64", "64x64x10",
            "512x784x128", "1x768x768", "128x768x3072", "12544x27x64"})
    public String shape;

    @Param({"kn"})
    public String weights;

    private Product product;
    private Product onHeap;
    private float[] a;
    private float[] b;
    private float[] c;
    private Tensor aTensor;
    private Tensor bTensor;
    private BlockedGemm blocked;
    private VectorGemm vectors;

    @Override
    void prepare(Generator generator) {
        int[] sizes = sizes(shape);
        int m = sizes[0];
        int k = sizes[1];
        int n = sizes[2];
        boolean transB = weights.equals("nk");
        a = random(m * k, generator);
        b = random(k * n, generator);
        c = output(m * n);
        product = new Product(m, k, n, false, transB, offHeap(a), offHeap(b), outputOffHeap(m * n));
        onHeap = new Product(m, k, n, false, transB, MemorySegment.ofArray(a), MemorySegment.ofArray(b),
                MemorySegment.ofArray(c));
        aTensor = tensor(a, m, k);
        bTensor = transB ? tensor(b, n, k).t() : tensor(b, k, n);
        blocked = new BlockedGemm(m, threads);
        vectors = new VectorGemm(m, threads);
    }

    /** Multiply-adds that a row of the result takes. */
    private int workOfRow() {
        return product.k() * product.n();
    }

    @Benchmark
    public float[] naive() {
        NaiveGemm.multiply(product.m(), product.k(), product.n(), a, b, 0, product.transB(), c);
        return c;
    }

    @Benchmark
    public float[] arrays() {
        inParts(product.m(), workOfRow(), (part, from, to) -> blocked.run(onHeap, part, from, to));
        return c;
    }

    @Benchmark
    public MemorySegment segments() {
        inParts(product.m(), workOfRow(), (part, from, to) -> blocked.run(product, part, from, to));
        return product.c();
    }

    @Benchmark
    public MemorySegment vector() {
        inParts(product.m(), workOfRow(), (part, from, to) -> vectors.run(product, part, from, to));
        return product.c();
    }

    @Benchmark
    public MemorySegment openBlas() {
        return product.openBlas();
    }

    @Benchmark
    public MemorySegment oneDnn() {
        return product.oneDnn();
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(aTensor.matmul(bTensor));
        }
    }

    @Override
    double[] expected() {
        return NaiveGemm.exact(1, product.m(), product.k(), product.n(), a, b, product.transB());
    }

    @Override
    Tolerance tolerance() {
        return NaiveGemm.tolerance(product.k());
    }
}
