package io.chagres.bench;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Kernels.Binary;
import io.chagres.runtime.kernel.Kernels.Unary;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From how many elements on is a pass over memory faster on two threads than on one? The answer is {@code Cutoffs} in
 * {@code runtime.op}, and the like in {@code nn.optim.Optimizer}.
 */
public class CutoffBench extends ScalingBenchmark {
    private static final long GRAIN = 64;
    private static final int COLUMNS = 128;

    @Param({"1024", "2048", "4096", "8192", "16384", "32768", "65536", "131072", "262144", "524288", "1048576"})
    public int floats;

    private final Part relu = this::reluPart;
    private final Part add = this::addPart;
    private final Part columnSum = this::columnSumPart;
    private MemorySegment x;
    private MemorySegment other;
    private MemorySegment y;
    private MemorySegment sums;

    @Setup
    public void prepare() {
        var generator = new Generator(floats);
        x = Floats.random(arena, floats, generator);
        other = Floats.random(arena, floats, generator);
        y = Floats.unset(arena, floats);
        sums = Floats.unset(arena, COLUMNS);
    }

    private void reluPart(int part, int parts) {
        long from = Part.start(part, parts, floats, GRAIN);
        long to = Part.start(part + 1, parts, floats, GRAIN);
        Kernels.best().unary(Unary.RELU, x, 4 * from, y, 4 * from, to - from);
    }

    private void addPart(int part, int parts) {
        long from = Part.start(part, parts, floats, GRAIN);
        long to = Part.start(part + 1, parts, floats, GRAIN);
        Kernels.best().binary(Binary.ADD, x, 4 * from, 1, other, 4 * from, 1, y, 4 * from, to - from);
    }

    private void columnSumPart(int part, int parts) {
        int from = (int) Part.start(part, parts, COLUMNS, GRAIN);
        int to = (int) Part.start(part + 1, parts, COLUMNS, GRAIN);
        Kernels.best().columnSum(x, 0, floats / COLUMNS, COLUMNS, from, to, sums, 0, false);
    }

    @Benchmark
    public MemorySegment relu() {
        Team.parallel(threads, relu);
        return y;
    }

    @Benchmark
    public MemorySegment add() {
        Team.parallel(threads, add);
        return y;
    }

    @Benchmark
    public MemorySegment columnSum() {
        Team.parallel(threads, columnSum);
        return sums;
    }

    @TearDown
    public void verify() {
        relu();
        for (int i = 0; i < floats; i++) {
            Floats.requireClose("relu", Floats.get(y, i), Math.max(Floats.get(x, i), 0), 0);
        }
        add();
        for (int i = 0; i < floats; i++) {
            Floats.requireClose("add", Floats.get(y, i), Floats.get(x, i) + Floats.get(other, i), 0);
        }
        columnSum();
        for (int column = 0; column < COLUMNS; column++) {
            double sum = 0;
            for (int i = column; i < floats / COLUMNS * COLUMNS; i += COLUMNS) {
                sum += Floats.get(x, i);
            }
            Floats.requireClose("columnSum", Floats.get(sums, column), sum, 1e-6 * floats / COLUMNS);
        }
    }
}
