package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Vectors that are compared one by one. */
class DistancesTest extends OpTest {
    @Override
    Stream<Case> cases() {
        return Stream.of(
                Case.op("Distances.cosineSimilarity(Tensor, Tensor)", in -> Distances.cosineSimilarity(in[0], in[1]))
                        .expects(in -> cosines(1, in)).promotes().on(dims(3, 5), dims(3, 5))
                        .on(dims(1, 4, 3), dims(2, 1, 1))
                        .on(dims(0, 2), dims(1, 2)).on(dims(1, 1), dims(1, 1)),
                Case.op("Distances.cosineSimilarity(Tensor, Tensor, int, double)", "dim 0",
                        in -> Distances.cosineSimilarity(in[0], in[1], 0, 1e-6)).expects(in -> cosines(0, in))
                        .promotes().on(dims(5), dims(5)).on(dims(4, 3), dims(3)),
                Case.op("Distances.cosineSimilarity(Tensor, Tensor, int, double)", "dim -1",
                        in -> Distances.cosineSimilarity(in[0], in[1], -1, 0)).expects(in -> cosines(1, in)).promotes()
                        .on(dims(2, 7), dims(7)),
                Case.op("Distances.pairwiseDistance(Tensor, Tensor)", in -> Distances.pairwiseDistance(in[0], in[1]))
                        .expects(in -> norms(2, 1e-6, false, in)).promotes().on(dims(3, 5), dims(3, 5))
                        .on(dims(4), dims(4)).on(dims(2, 3, 1), dims(3, 4)).on(dims(0, 3), dims(0, 3)),
                pairs(1, 1e-6, true), pairs(3, 0.25, false), pairs(Double.POSITIVE_INFINITY, 0, false));
    }

    private static Case pairs(double p, double epsilon, boolean keepDim) {
        return Case
                .op("Distances.pairwiseDistance(Tensor, Tensor, double, double, boolean)", "p = " + p,
                        in -> Distances.pairwiseDistance(in[0], in[1], p, epsilon, keepDim))
                .expects(in -> norms(p, epsilon, keepDim, in)).promotes().on(dims(3, 5), dims(3, 5))
                .on(dims(5), dims(2, 5));
    }

    private static double over(int axis, int[] at, int n, Array a, Array b, DoubleBinaryOperator term) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            var from = Array.insert(at, axis, i);
            sum += term.applyAsDouble(a.at(from), b.at(from));
        }
        return sum;
    }

    private static Array cosines(int axis, Array... in) {
        var shape = Functions.shape(in);
        int n = shape[axis];
        return Array.generate(Array.remove(shape, axis), at -> over(axis, at, n, in[0], in[1], (a, b) -> a * b)
                / Math.sqrt(over(axis, at, n, in[0], in[0], (a, b) -> a * b)
                        * over(axis, at, n, in[1], in[1], (a, b) -> a * b)));
    }

    private static Array norms(double p, double epsilon, boolean keepDim, Array... in) {
        var shape = Functions.shape(in);
        int last = shape.length - 1;
        var apart = Array.generate(shape, at -> Math.abs(in[0].at(at) - in[1].at(at) + epsilon));
        return Array.generate(keepDim ? Array.with(shape, last, 1) : Array.remove(shape, last), at -> {
            double sum = 0;
            for (int i = 0; i < shape[last]; i++) {
                double d = apart.at(keepDim ? Array.with(at, last, i) : Array.insert(at, last, i));
                sum = Double.isInfinite(p) ? Math.max(sum, d) : sum + Math.pow(d, p);
            }
            return Double.isInfinite(p) ? sum : Math.pow(sum, 1 / p);
        });
    }

    // ---- Numbers that PyTorch computes

    private static final double[] A = {1, 2, 3, 0, 0, 0, 1e-9, 0, 0};
    private static final double[] B = {3, -2, 1, 1, 2, 3, 2, 0, 1};

    @Test
    void shortVectorsHaveTheGradientsOfTheirNorms() {
        var a = Tensor.of(A).view(3, 3).requiresGrad(true);
        var b = Tensor.of(B).view(3, 3).requiresGrad(true);
        var y = Distances.cosineSimilarity(a, b);
        assertArrayEquals(new double[]{0.142857142857, 0, 0.0894427191}, y.toDoubleArray(), 1e-11);
        y.sum().backward();
        var ofA = new double[]{0.20408163265306123, -0.163265306122449, 0.04081632653061225, 26726124.191242438,
                53452248.382484876, 80178372.57372732, 80498447.18999243, 0, 44721359.549995795};
        var found = a.grad().toDoubleArray();
        for (int i = 0; i < ofA.length; i++) {
            assertArrayEquals(new double[]{ofA[i]}, new double[]{found[i]}, 1e-13 * Math.max(1, ofA[i]));
        }
        assertArrayEquals(new double[]{0.040816326531, 0.163265306122, 0.204081632653, 0, 0, 0, 0.00894427191, 0,
                -0.01788854382}, b.grad().toDoubleArray(), 1e-11);
    }

    @Test
    void distancesAsInPyTorch() {
        var a = Tensor.of(A).view(3, 3).requiresGrad(true);
        var b = Tensor.of(B).view(3, 3);
        var y = Distances.pairwiseDistance(a, b);
        assertArrayEquals(new double[]{4.898980302063, 3.741655783207, 2.236066634965}, y.toDoubleArray(), 1e-11);
        y.sum().backward();
        assertArrayEquals(new double[]{-0.40824801829836155, 0.8164966489690568, 0.408248426546584,
                -0.2672610891916452, -0.5345224456446469, -0.8017838020976484, -0.8944272803531386,
                4.472138640071082e-07, -0.4472134167932442}, a.grad().toDoubleArray(), 1e-14);
        a.zeroGrad();
        var same = Distances.pairwiseDistance(a, a.detach(), 2, 0, false);
        Checks.values(same, 0, 0, 0);
        same.sum().backward();
        Checks.values(a.grad(), new double[9]);
    }

    // ---- Mistakes

    @Test
    void whatDoesNotFit() {
        var x = Tensor.ones(2, 3);
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Distances.cosineSimilarity(x, Tensor.ones(4))), "cosineSimilarity", "[2, 3]", "[4]");
        Checks.message(assertThrows(IndexOutOfBoundsException.class,
                () -> Distances.cosineSimilarity(x, x, 2, 1e-8)), "cosineSimilarity", "2");
        var whole = x.to(DType.INT64);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Distances.cosineSimilarity(whole, whole)),
                "cosineSimilarity", "INT64 [2, 3]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Distances.pairwiseDistance(whole, whole)),
                "pairwiseDistance", "INT64 [2, 3]");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Distances.pairwiseDistance(Tensor.ones(), Tensor.ones())), "pairwiseDistance", "numbers");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Distances.pairwiseDistance(x, x, Double.NaN, 0, false)), "pairwiseDistance", "NaN");
    }
}
