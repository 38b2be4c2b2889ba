package io.chagres.bench;

import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What does a product cost that is written as it is defined? For {@link GemmBench}'s shapes, the largest left out. */
public class NaiveGemmBench extends ScalingBenchmark {
    @Param({"8x8x8", "32x32x32", "64x64x64", "64x784x128", "64x128x64", "64x64x10", "512x784x128", "512x512x512"})
    public String shape;

    @Param({"kn", "nk"})
    public String weights;

    private Product product;
    private NaiveGemm naive;

    @Setup
    public void prepare() {
        product = Product.random(arena, shape, weights.equals("nk"));
        naive = new NaiveGemm(product);
    }

    @Benchmark
    public MemorySegment javaNaive() {
        Team.parallel(threads, naive);
        return product.c();
    }

    @TearDown
    public void verify() {
        product.verify();
    }
}
