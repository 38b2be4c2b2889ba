package io.chagres.runtime.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.op.Affine;
import io.chagres.runtime.op.CrossEntropy;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A tensor that backward reads must not be changed in between: that is noticed where it matters, and only there. */
class InPlaceTest {
    private static final Tensor OTHER = Tensor.ones(2, 2);

    static Stream<Arguments> operationsThatReadTheirOperand() {
        return Stream.of(of("mul", x -> x.mul(OTHER)), of("mul", x -> OTHER.mul(x)), of("square", Tensor::square),
                of("div", x -> OTHER.div(x)), of("abs", Tensor::abs), of("log", Tensor::log),
                of("matmul", x -> x.matmul(OTHER)), of("matmul", x -> OTHER.matmul(x)),
                of("linear", x -> Affine.linear(x, OTHER, null)), of("linear", x -> Affine.linear(OTHER, x, null)),
                of("linearRelu", x -> Affine.linearRelu(x, OTHER, OTHER.select(0, 0))));
    }

    static Stream<Arguments> operationsThatReadTheirResult() {
        return Stream.of(of("exp", Tensor::exp), of("sqrt", Tensor::sqrt), of("reciprocal", Tensor::reciprocal),
                of("sigmoid", Tensor::sigmoid), of("tanh", Tensor::tanh), of("relu", Tensor::relu),
                of("softmax", x -> x.softmax(1)), of("logSoftmax", x -> x.logSoftmax(1)),
                of("div", x -> x.div(OTHER)), of("linearRelu", x -> Affine.linearRelu(x, OTHER, null)));
    }

    static Stream<Arguments> operationsThatReadNeither() {
        return Stream.of(of("add", x -> x.add(OTHER)), of("sub", x -> OTHER.sub(x)), of("neg", Tensor::neg),
                of("sum", Tensor::sum), of("mean", x -> x.mean(0, false)), of("transpose", Tensor::t),
                of("view", x -> x.view(4)), of("narrow", x -> x.narrow(0, 1, 1)),
                of("expand", x -> x.expand(3, 2, 2)), of("contiguous", x -> x.t().contiguous()),
                of("crossEntropy", x -> CrossEntropy.crossEntropy(x, Tensor.of(new long[]{0, 1}), -100, true)));
    }

    private static Arguments of(String name, UnaryOperator<Tensor> operation) {
        return Arguments.of(name, operation);
    }

    @ParameterizedTest
    @MethodSource("operationsThatReadTheirOperand")
    void aChangedOperandIsNoticed(String name, UnaryOperator<Tensor> operation) {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(2, 2).requiresGrad(true);
            var operand = x.mul(1.5);
            var loss = operation.apply(operand).sum();
            operand.detach().select(0, 1).fill(7); // through a view of a part of it
            noticed(name, "operand", loss);
        }
    }

    @ParameterizedTest
    @MethodSource("operationsThatReadTheirResult")
    void aChangedResultIsNoticed(String name, UnaryOperator<Tensor> operation) {
        try (var _ = Scope.open()) {
            var result = operation.apply(Tensor.ones(2, 2).requiresGrad(true));
            var loss = result.sum();
            result.detach().copyFrom(OTHER);
            noticed(name, "result", loss);
        }
    }

    private static void noticed(String name, String which, Tensor loss) {
        var message = assertThrows(IllegalStateException.class, loss::backward).getMessage();
        for (var part : new String[]{"backward: the " + which, name + " was changed in place", "[2, 2]"}) {
            assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
        }
    }

    @ParameterizedTest
    @MethodSource("operationsThatReadNeither")
    void changesThatDoNotMatterAreAllowed(String name, UnaryOperator<Tensor> operation) {
        try (var _ = Scope.open()) {
            var x = Tensor.ones(2, 2).requiresGrad(true);
            operation.apply(x.mul(1.5)).sum().backward();
            float[] expected = x.grad().toFloatArray();
            x.zeroGrad();
            var operand = x.mul(1.5);
            var result = operation.apply(operand);
            var loss = result.sum();
            operand.detach().fill(7);
            loss.backward();
            assertArrayEquals(expected, x.grad().toFloatArray(), name);
        }
    }

    @Test
    void aParameterChangedByAnOptimizerIsNoticed() {
        var w = Tensor.ones(2, 2).requiresGrad(true);
        var x = Tensor.ones(3, 2).requiresGrad(true);
        var loss = Affine.linear(x, w, null).sum();
        try (var _ = Autograd.noGrad()) {
            w.fill(2);
        }
        noticed("linear", "operand 1", loss);
    }

    @Test
    void movingATensorOutOfItsScopeIsNoChange() {
        var x = Tensor.ones(2, 2).requiresGrad(true);
        try (var outer = Scope.open()) {
            Tensor kept;
            Tensor moved;
            try (var _ = Scope.open()) {
                kept = x.mul(2);
                moved = x.matmul(OTHER);
                var loss = kept.square().sum().add(moved.square().sum());
                kept.keep();
                moved.moveTo(outer);
                loss.backward();
            }
            assertArrayEquals(new float[]{16, 16, 16, 16}, x.grad().toFloatArray());
            kept.close();
        }
    }
}
