package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffineTest extends OpTest {
    private static final String LINEAR = "Affine.linear(Tensor, Tensor, Tensor)";
    private static final String BILINEAR = "Affine.bilinear(Tensor, Tensor, Tensor, Tensor)";
    private static final String LINEAR_RELU = "Affine.linearRelu(Tensor, Tensor, Tensor)";

    @Override
    Stream<Case> cases() {
        return Stream.of(
                withBias(Case.op(LINEAR, in -> Affine.linear(in[0], in[1], in[2]))
                        .expects(in -> affine(in[0], in[1], in[2]))),
                withoutBias(Case.op(LINEAR, "no bias", in -> Affine.linear(in[0], in[1], null))
                        .expects(in -> affine(in[0], in[1], Array.scalar(0)))),
                // inputs are positive and a row of the weight has one sign: the sums stay away from the kink
                withBias(Case.op(LINEAR_RELU, in -> Affine.linearRelu(in[0], in[1], in[2]))
                        .expects(in -> affine(in[0], in[1], in[2]).map(v -> v > 0 ? v : 0))
                        .drawn(Values.within(0.5, 1), Values.signByRow())),
                withoutBias(Case.op(LINEAR_RELU, "no bias", in -> Affine.linearRelu(in[0], in[1], null))
                        .expects(in -> affine(in[0], in[1], Array.scalar(0)).map(v -> v > 0 ? v : 0))
                        .drawn(Values.within(0.5, 1), Values.signByRow())),
                Case.op(BILINEAR, in -> Affine.bilinear(in[0], in[1], in[2], in[3]))
                        .expects(in -> bilinear(in[0], in[1], in[2], in[3])).optional(3)
                        .on(dims(3, 5), dims(3, 2), dims(4, 5, 2), dims(4)).on(dims(1), dims(1), dims(1, 1, 1), dims(1))
                        .on(dims(2, 3, 2), dims(2, 3, 4), dims(3, 2, 4), dims(3))
                        .on(dims(0, 2), dims(0, 3), dims(2, 2, 3), dims(2)),
                Case.op(BILINEAR, "no bias", in -> Affine.bilinear(in[0], in[1], in[2], null))
                        .expects(in -> bilinear(in[0], in[1], in[2], Array.scalar(0)))
                        .on(dims(3, 5), dims(3, 2), dims(4, 5, 2)));
    }

    /** y[..., o] = Σ a[..., i] w[o, i, j] b[..., j] + bias[o]. */
    private static Array bilinear(Array a, Array b, Array w, Array bias) {
        int last = a.dims().length - 1;
        return Array.generate(Array.with(a.dims(), last, w.dims()[0]), at -> {
            double sum = bias.at(at[last]);
            for (int i = 0; i < w.dims()[1]; i++) {
                for (int j = 0; j < w.dims()[2]; j++) {
                    sum += a.at(Array.with(at, last, i)) * w.at(at[last], i, j) * b.at(Array.with(at, last, j));
                }
            }
            return sum;
        });
    }

    @Test
    void bilinearTellsWhatDoesNotFit() {
        var a = Tensor.ones(3, 2);
        var w = Tensor.ones(4, 2, 5);
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Affine.bilinear(a, Tensor.ones(2, 5), w, null)),
                "bilinear", "[3, 2] and [2, 5]", "weight [4, 2, 5]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Affine.bilinear(a, a, w, null)), "bilinear",
                "[..., 2] and [..., 5] are needed");
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Affine.bilinear(a, Tensor.ones(3, 5), w, Tensor.ones(3))), "bilinear", "bias [3]", "[4]");
    }

    private static Case withBias(Case operation) {
        return operation.optional(2).on(dims(3, 5), dims(4, 5), dims(4)).on(dims(1, 1), dims(1, 1), dims(1))
                .on(dims(17, 3), dims(2, 3), dims(2)).on(dims(2, 3, 5), dims(4, 5), dims(4))
                .on(dims(5), dims(3, 5), dims(3)).on(dims(0, 5), dims(4, 5), dims(4))
                .on(dims(2, 1), dims(33, 1), dims(33));
    }

    private static Case withoutBias(Case operation) {
        return operation.on(dims(3, 5), dims(4, 5)).on(dims(1, 1), dims(1, 1)).on(dims(2, 3, 5), dims(4, 5))
                .on(dims(5), dims(3, 5)).on(dims(0, 5), dims(4, 5)).on(dims(1, 33), dims(2, 33));
    }

    /** y[..., o] = Σ x[..., i] w[o, i] + b[o]. */
    private static Array affine(Array x, Array w, Array b) {
        int last = x.dims().length - 1;
        return Array.generate(Array.with(x.dims(), last, w.dims()[0]), at -> {
            double sum = b.at(at[last]);
            for (int i = 0; i < w.dims()[1]; i++) {
                sum += x.at(Array.with(at, last, i)) * w.at(at[last], i);
            }
            return sum;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutInputFeaturesTheBiasRemains(boolean relu) {
        var x = Tensor.zeros(2, 0).requiresGrad(true);
        var w = Tensor.zeros(3, 0).requiresGrad(true);
        var b = Tensor.of(new float[]{1, -2, 3}).requiresGrad(true);
        var y = relu ? Affine.linearRelu(x, w, b) : Affine.linear(x, w, b);
        Checks.values(y, 1, relu ? 0 : -2, 3, 1, relu ? 0 : -2, 3);
        y.sum().backward();
        Checks.values(b.grad(), 2, relu ? 0 : 2, 2);
        Checks.shape(x.grad(), 2, 0);
        Checks.shape(w.grad(), 3, 0);
        Checks.values(relu ? Affine.linearRelu(x, w, null) : Affine.linear(x, w, null), 0, 0, 0, 0, 0, 0);
    }

    @Test
    void withoutOutputFeaturesInputsGetZeros() {
        var x = Tensor.ones(2, 3).requiresGrad(true);
        var w = Tensor.zeros(0, 3).requiresGrad(true);
        var y = Affine.linear(x, w, Tensor.zeros(0));
        Checks.shape(y, 2, 0);
        y.sum().backward();
        Checks.values(x.grad(), 0, 0, 0, 0, 0, 0);
        Checks.shape(w.grad(), 0, 3);
    }

    @Test
    void oneMatrixMayBeInputAndWeight() {
        var x = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2).requiresGrad(true);
        GradCheck.check(in -> Affine.linear(in[0], in[0], null), x);
        GradCheck.check(in -> Affine.linear(in[0], in[0], in[0].select(0, 1)), x);
    }

    @Test
    void sizesThatDoNotFitAreNamedWithAWayOut() {
        refused(Tensor.ones(64, 784), Tensor.ones(784, 128), null, "[64, 784]", "[784, 128]",
                "is the weight transposed");
        refused(Tensor.ones(64, 28, 28), Tensor.ones(128, 784), null, "[64, 28, 28]", "did you mean view(-1, 784)?");
        refused(Tensor.ones(64, 5), Tensor.ones(128, 7), null, "[64, 5]", "[128, 7]", "7 features");
        refused(Tensor.scalar(1), Tensor.ones(1, 1), null, "[]", "[1, 1]");
        refused(Tensor.ones(2, 3), Tensor.ones(3), null, "[3]", "1 dimensions", "2 are needed");
        refused(Tensor.ones(2, 3), Tensor.ones(4, 3, 1), null, "[4, 3, 1]", "3 dimensions");
        refused(Tensor.ones(2, 3), Tensor.ones(4, 3), Tensor.ones(3), "bias [3]", "[4] is needed");
        refused(Tensor.ones(2, 3), Tensor.ones(4, 3), Tensor.ones(1, 4), "bias [1, 4]", "[4] is needed");
    }

    private static void refused(Tensor x, Tensor w, Tensor b, String... facts) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Affine.linear(x, w, b)), "linear", facts);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Affine.linearRelu(x, w, b)), "linearRelu",
                facts);
    }
}
