package io.chagres.bench;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost that operands of element-wise functions lie otherwise than the result: transposed, as every other element of a
 * larger tensor, or broadcast? Where as much memory is read, no more than three times the dense case.
 */
public class StridedBench extends ScalingBenchmark {
    @Param({"64x64", "300x500", "1024x1024", "2048x2048"})
    public String shape;

    private Tensor x;
    private Tensor other;
    private Tensor transposed;
    private Tensor otherTransposed;
    private Tensor sliced;
    private Tensor row;
    private Tensor column;

    @Setup
    public void prepare() {
        int by = shape.indexOf('x');
        long rows = Long.parseLong(shape.substring(0, by));
        long columns = Long.parseLong(shape.substring(by + 1));
        var generator = new Generator(rows * columns);
        x = Tensor.randn(generator, rows, columns).keep();
        other = Tensor.randn(generator, rows, columns).keep();
        transposed = x.t().contiguous().t();
        otherTransposed = other.t().contiguous().t();
        sliced = x.unsqueeze(2).expand(rows, columns, 2).contiguous().select(2, 0);
        row = Tensor.randn(generator, columns).keep();
        column = Tensor.randn(generator, rows, 1).keep();
    }

    private static Tensor seen(Tensor result) {
        return result;
    }

    private static Tensor add(Tensor a, Tensor b) {
        try (var _ = Scope.open()) {
            return seen(a.add(b));
        }
    }

    private static Tensor relu(Tensor a) {
        try (var _ = Scope.open()) {
            return seen(a.relu());
        }
    }

    @Benchmark
    public Tensor addDense() {
        return add(x, other);
    }

    @Benchmark
    public Tensor addTransposed() {
        return add(transposed, other);
    }

    @Benchmark
    public Tensor addBothTransposed() {
        return add(transposed, otherTransposed);
    }

    /** Reads twice as much memory. */
    @Benchmark
    public Tensor addSliced() {
        return add(sliced, other);
    }

    @Benchmark
    public Tensor addRow() {
        return add(x, row);
    }

    @Benchmark
    public Tensor addColumn() {
        return add(x, column);
    }

    @Benchmark
    public Tensor reluDense() {
        return relu(x);
    }

    @Benchmark
    public Tensor reluTransposed() {
        return relu(transposed);
    }

    /** Reads twice as much memory. */
    @Benchmark
    public Tensor reluSliced() {
        return relu(sliced);
    }

    @TearDown
    public void verify() {
        try (var _ = Scope.open()) {
            var sum = x.add(other);
            require("add", sum.equal(transposed.add(other)) && sum.equal(transposed.add(otherTransposed))
                    && sum.equal(sliced.add(other)));
            require("relu", x.relu().equal(transposed.relu()) && x.relu().equal(sliced.relu()));
            require("broadcast", x.add(row).equal(x.add(row.expand(x.shape().toArray()).contiguous()))
                    && x.add(column).equal(x.add(column.expand(x.shape().toArray()).contiguous())));
        }
    }

    private static void require(String what, boolean right) {
        if (!right) {
            throw new AssertionError(what + " of strided operands differs from that of dense ones");
        }
    }
}
