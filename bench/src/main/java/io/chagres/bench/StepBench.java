package io.chagres.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does the reference network's training step cost beyond its matrix products? {@code fused} computes relu within the
 * product before it, {@code plain} as PyTorch's beginner writes it; {@code bareGemms} are the products alone. Run with
 * {@code -prof gc} to see the Java heap that a step takes.
 */
public class StepBench extends ScalingBenchmark {
    @Param({"64", "512"})
    public int batch;

    private ReferenceStep fused;
    private ReferenceStep plain;
    private BareGemms gemms;

    @Setup
    public void prepare() {
        fused = new ReferenceStep(batch, true);
        plain = new ReferenceStep(batch, false);
        gemms = new BareGemms(arena, batch);
        gemms.run();
    }

    @Benchmark
    public double fused() {
        return fused.run();
    }

    @Benchmark
    public double plain() {
        return plain.run();
    }

    @Benchmark
    public void bareGemms() {
        gemms.run();
    }

    @TearDown
    public void verify() {
        fused.verify();
        plain.verify();
        gemms.verify();
        fused.close();
        plain.close();
    }
}
