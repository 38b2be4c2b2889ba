package io.chagres.runtime.property;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Chains of views are what the same chains of copies are, and what is written through them goes to the right places only. */
class ViewsTest {
    @Provide
    Arbitrary<List<Step<View>>> chains() {
        return Step.programs(View.class, 0, 8);
    }

    @Provide
    Arbitrary<int[]> shapes() {
        return Step.shapes(4, 0, 5);
    }

    /** The numbers from 0 on, so that each tells where it comes from. */
    private static Both counted(DType dtype, int... dims) {
        var values = IntStream.range(0, Plain.numel(dims)).asDoubleStream().toArray();
        return new Both(Tensor.of(values).view(Both.longs(dims)).to(dtype), Plain.of(dims, values));
    }

    private static Both chain(Both x, List<Step<View>> steps) {
        for (var step : steps) {
            x = View.apply(step, x);
            x.check(0, steps.toString());
        }
        return x;
    }

    @Property(tries = 600, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void viewsAreWhatCopiesAre(@ForAll("shapes") int[] dims, @ForAll("chains") List<Step<View>> steps) {
        try (var _ = Scope.open()) {
            var leaf = counted(DType.FLOAT64, dims);
            leaf.tensor().requiresGrad(true);
            var seen = leaf;
            var copied = leaf;
            for (var step : steps) {
                var next = View.apply(step, seen);
                next.check(0, steps.toString());
                if (next != seen) { // what strides do not allow is left out on both sides
                    var copy = View.apply(step, copied);
                    copied = new Both(copy.tensor().clone(), copy.plain().copy());
                }
                seen = next;
            }
            assertArrayEquals(copied.tensor().toDoubleArray(), seen.tensor().toDoubleArray());
            var expected = new double[Plain.numel(dims)];
            var weights = new double[seen.plain().numel()];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = 1 + i % 7;
                expected[(int) seen.plain().get(i).value()] += weights[i];
            }
            var start = Tensor.of(weights).view(Both.longs(seen.dims()));
            for (var y : List.of(seen.tensor(), copied.tensor())) {
                leaf.tensor().zeroGrad();
                if (y != leaf.tensor()) {
                    y.backward(start);
                    assertArrayEquals(expected, leaf.tensor().grad().toDoubleArray());
                }
            }
        }
    }

    /** The tensor is in the middle of a larger one, of which nothing else must change. */
    @Property(tries = 600, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void writesGoToTheRightPlacesOnly(@ForAll("shapes") int[] dims, @ForAll("chains") List<Step<View>> steps,
            @ForAll DType dtype) {
        try (var _ = Scope.open()) {
            var larger = IntStream.concat(IntStream.of(3), Arrays.stream(dims).map(d -> d + 1)).toArray();
            var whole = new Both(Tensor.zeros(dtype, Both.longs(larger)), Plain.of(larger,
                    new double[Plain.numel(larger)]));
            var middle = whole.tensor().select(0, 1);
            for (int d = 0; d < dims.length; d++) {
                middle = middle.narrow(d, 0, dims[d]);
            }
            var inside = new Both(middle, whole.plain().view(dims, index -> Plain.insert(index, 0, 1)));
            var seen = chain(inside, steps);
            if (seen.plain().sharesElements()) {
                boolean repeats = IntStream.range(0, seen.rank())
                        .anyMatch(d -> seen.dims()[d] > 1 && seen.tensor().stride(d) == 0);
                if (repeats) {
                    assertThrows(IllegalArgumentException.class, () -> seen.tensor().fill(1));
                }
                return;
            }
            var values = IntStream.range(0, seen.plain().numel()).mapToDouble(i -> (i + 1) % 2).toArray();
            var source = Plain.of(seen.dims(), values);
            seen.tensor().copyFrom(Tensor.of(values).view(Both.longs(seen.dims())).to(dtype));
            seen.plain().assign(source);
            seen.check(0, "what was written");
            whole.check(0, "what it was written to");
            seen.tensor().fill(1);
            seen.plain().assign(Plain.of(new int[0], 1));
            whole.check(0, "what was filled");
        }
    }

    @Property(tries = 400, seed = Step.SEED, edgeCases = EdgeCasesMode.NONE)
    void recordedWritesHaveGradients(@ForAll("shapes") int[] dims, @ForAll("chains") List<Step<View>> steps,
            @ForAll int how) {
        try (var _ = Scope.open()) {
            int numel = Plain.numel(dims);
            var leaf = counted(DType.FLOAT64, dims).tensor().requiresGrad(true);
            // the last derivative is that of the number which is written
            var before = Plain.generate(dims, index -> Dual.leaf(Plain.position(dims, index),
                    Plain.position(dims, index), numel + 1));
            var whole = new Both(leaf.mul(1.0), before);
            var seen = chain(whole, steps);
            if (seen.plain().sharesElements()) {
                return;
            }
            var number = Tensor.of(new double[]{2.5}).view().requiresGrad(true);
            var dual = new Plain[]{Plain.generate(new int[0], _ -> Dual.leaf(2.5, numel, numel + 1))};
            switch (Math.floorMod(how, 4)) {
                case 0 -> {
                    seen.tensor().copyFrom(number.expand(Both.longs(seen.dims())));
                    seen.plain().assign(dual[0]);
                }
                case 1 -> {
                    seen.tensor().mulInPlace(number);
                    seen.plain().assign(seen.plain().with(dual[0], Dual::times));
                }
                case 2 -> {
                    seen.tensor().addInPlace(number);
                    seen.plain().assign(seen.plain().with(dual[0], Dual::plus));
                }
                default -> {
                    seen.tensor().fill(3);
                    seen.plain().assign(Plain.of(new int[0], 3));
                }
            }
            whole.check(0, "what it was written to");
            var again = chain(whole, steps);
            var weights = new double[numel];
            var expected = new double[numel + 1];
            for (int i = 0; i < numel; i++) {
                weights[i] = 1 + i % 7;
                add(expected, whole.plain().get(i), weights[i]);
            }
            for (int i = 0; i < again.plain().numel(); i++) {
                add(expected, again.plain().get(i), 1);
                add(expected, seen.plain().get(i), 2);
            }
            var loss = whole.tensor().mul(Tensor.of(weights).view(Both.longs(dims))).sum().add(again.tensor().sum())
                    .add(seen.tensor().sum().mul(2.0));
            loss.backward();
            var gradient = leaf.grad() == null ? new double[numel] : leaf.grad().toDoubleArray();
            assertArrayEquals(Arrays.copyOf(expected, numel), gradient, 1e-9);
            assertEquals(expected[numel], number.grad() == null ? 0 : number.grad().item(), 1e-9);
        }
    }

    private static void add(double[] gradients, Dual value, double weight) {
        for (int leaf = 0; leaf < gradients.length; leaf++) {
            gradients[leaf] += weight * value.slope(leaf);
        }
    }
}
