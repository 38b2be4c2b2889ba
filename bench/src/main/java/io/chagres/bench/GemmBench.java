package io.chagres.bench;

import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Which library multiplies matrices of a shape fastest, and how far behind is Java? Shapes are m x k x n. Weights are stored
 * as [k, n], or as {@code Linear} has them, [n, k], and read transposed.
 */
public class GemmBench extends ScalingBenchmark {
    @Param({"8x8x8", "32x32x32", "64x64x64", "64x784x128", "64x128x64", "64x64x10", "512x784x128", "512x512x512",
            "1024x1024x1024"})
    public String shape;

    @Param({"kn", "nk"})
    public String weights;

    private Product product;
    private BlockedGemm blocked;
    private VectorGemm vector;

    @Setup
    public void prepare() {
        product = Product.random(arena, shape, weights.equals("nk"));
        blocked = new BlockedGemm(product, threads);
        vector = new VectorGemm(product, threads);
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
    public MemorySegment javaBlocked() {
        Team.parallel(threads, blocked);
        return product.c();
    }

    @Benchmark
    public MemorySegment javaVector() {
        Team.parallel(threads, vector);
        return product.c();
    }

    @TearDown
    public void verify() {
        product.verify();
    }
}
