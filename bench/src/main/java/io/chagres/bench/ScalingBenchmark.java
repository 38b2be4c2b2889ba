package io.chagres.bench;

import org.openjdk.jmh.annotations.Param;

/** A benchmark that asks for both, one thread and two. */
public abstract class ScalingBenchmark extends TeamBenchmark {
    @Param({"1", "2"})
    public int threads;

    @Override
    protected final int threads() {
        return threads;
    }
}
