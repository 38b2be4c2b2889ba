package io.chagres.bench.kernel;

import io.chagres.bench.Product;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Many products of one shape at once. Shapes are products x m x k x n: little ones, and attention's scores and weighted values,
 * for 12 heads of 64 columns.
 */
public class BatchedGemmBench extends KernelBenchmark {
    @Param({"8x8x8x8", "64x16x16x16", "96x64x64x64", "96x128x64x128", "96x128x128x64", "12x512x64x512"})
    public String shape;

    private int batch;
    private int m;
    private int k;
    private int n;
    private float[] a;
    private float[] b;
    private float[] c;
    private MemorySegment cOffHeap;
    private Tensor aTensor;
    private Tensor bTensor;
    private Product[] products;
    private Product[] onHeap;
    private BlockedGemm blocked;
    private VectorGemm vectors;

    @Override
    void prepare(Generator generator) {
        int[] sizes = sizes(shape);
        batch = sizes[0];
        m = sizes[1];
        k = sizes[2];
        n = sizes[3];
        a = random(batch * m * k, generator);
        b = random(batch * k * n, generator);
        c = output(batch * m * n);
        cOffHeap = outputOffHeap(c.length);
        products = products(offHeap(a), offHeap(b), cOffHeap);
        onHeap = products(MemorySegment.ofArray(a), MemorySegment.ofArray(b), MemorySegment.ofArray(c));
        aTensor = tensor(a, batch, m, k);
        bTensor = tensor(b, batch, k, n);
        blocked = new BlockedGemm(m, threads);
        vectors = new VectorGemm(m, threads);
    }

    private Product[] products(MemorySegment as, MemorySegment bs, MemorySegment cs) {
        var all = new Product[batch];
        for (int i = 0; i < batch; i++) {
            all[i] = new Product(m, k, n, false, false, matrix(as, i, m * k), matrix(bs, i, k * n),
                    matrix(cs, i, m * n));
        }
        return all;
    }

    private static MemorySegment matrix(MemorySegment all, int index, int elements) {
        return all.asSlice(4L * index * elements, 4L * elements);
    }

    @Benchmark
    public float[] naive() {
        for (int i = 0; i < batch; i++) {
            NaiveGemm.multiply(m, k, n, a, b, i, false, c);
        }
        return c;
    }

    @Benchmark
    public float[] arrays() {
        runParts(blocked, onHeap);
        return c;
    }

    @Benchmark
    public MemorySegment segments() {
        runParts(blocked, products);
        return cOffHeap;
    }

    @Benchmark
    public MemorySegment vector() {
        runParts(vectors, products);
        return cOffHeap;
    }

    private void runParts(TiledGemm gemm, Product[] all) {
        inParts(batch, m * k * n, (part, from, to) -> {
            for (int i = from; i < to; i++) {
                gemm.run(all[i], part, 0, m);
            }
        });
    }

    /** One call for each product. */
    @Benchmark
    public MemorySegment openBlas() {
        for (var product : products) {
            product.openBlas();
        }
        return cOffHeap;
    }

    @Benchmark
    public Tensor chagres() {
        try (var _ = Scope.open()) {
            return seen(aTensor.bmm(bTensor));
        }
    }

    @Override
    double[] expected() {
        return NaiveGemm.exact(batch, m, k, n, a, b, false);
    }

    @Override
    Tolerance tolerance() {
        return NaiveGemm.tolerance(k);
    }
}
