package io.chagres.bench;

import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Do the two libraries share one team in peace? Then {@code alternating}, one product by each, takes hardly longer than
 * {@code openBlas} and {@code oneDnn} together. On one thread there is nothing to share: that is the control.
 */
public class AlternatingBench extends ScalingBenchmark {
    @Param({"64x784x128", "512x784x128", "1024x1024x1024"})
    public String shape;

    private Product product;

    @Setup
    public void prepare() {
        product = Product.random(arena, shape, false);
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
    public MemorySegment alternating() {
        product.openBlas();
        return product.oneDnn();
    }

    @TearDown
    public void verify() {
        product.verify();
    }
}
