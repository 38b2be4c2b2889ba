package io.chagres.runtime.autograd;

import static io.chagres.runtime.autograd.Numbers.message;
import static io.chagres.runtime.autograd.Numbers.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class FunctionalTest {
    private static Tensor of(double... values) {
        return Tensor.of(values);
    }

    @Test
    void jacobianOfAProductAndOfALinearFunction() {
        var a = Tensor.of(new double[]{1, 2, 3, 4, 5, 6}, 2, 3);
        var jacobian = Functional.jacobian(x -> a.matmul(x), of(7, 8, 9));
        assertArrayEquals(new long[]{2, 3}, jacobian.shape().toArray());
        values(jacobian, 1, 2, 3, 4, 5, 6);
        var square = Functional.jacobian(Tensor::square, Tensor.of(new double[]{1, 2, 3, 4}, 2, 2));
        assertArrayEquals(new long[]{2, 2, 2, 2}, square.shape().toArray());
        values(square, 2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 8);
        values(Functional.jacobian(x -> of(1, 2), of(3)), 0, 0);
        assertEquals(0, Functional.jacobian(Tensor::square, Tensor.of(new double[0])).numel());
    }

    @Test
    void hessianOfARationalFunction() {
        // f = a²b + 1/b: [[2b, 2a], [2a, 2/b³]]
        var hessian = Functional.hessian(
                x -> x.select(0, 0).square().mul(x.select(0, 1)).add(x.select(0, 1).reciprocal()), of(3, 2));
        values(hessian, 4, 6, 6, 0.25);
        message(IllegalArgumentException.class, () -> Functional.hessian(Tensor::square, of(1, 2)), "hessian: ", "[2]");
        values(Functional.hessian(Tensor::sum, of(1, 2)), 0, 0, 0, 0);
    }

    @Test
    void productsWithVectors() {
        var x = of(1, 2);
        var w = of(3, 5);
        // f = (x₀ w₀, x₀ x₁)
        java.util.function.Function<Tensor[], Tensor> f = in -> {
            var y = Tensor.of(new double[2]);
            y.select(0, 0).copyFrom(in[0].select(0, 0).mul(in[1].select(0, 0)));
            y.select(0, 1).copyFrom(in[0].select(0, 0).mul(in[0].select(0, 1)));
            return y;
        };
        var vjp = Functional.vjp(f, of(10, 100), x, w);
        values(vjp.output(), 3, 2);
        values(vjp.product().get(0), 10 * 3 + 100 * 2, 100);
        values(vjp.product().get(1), 10, 0);
        var jvp = Functional.jvp(f, List.of(of(1, 10), of(100, 1000)), x, w);
        values(jvp.output(), 3, 2);
        values(jvp.single(), 3 + 100, 2 + 10);
        message(IllegalArgumentException.class, () -> Functional.jvp(f, List.of(of(1, 10)), x, w), "jvp: 1 vectors",
                "2");
        message(IllegalArgumentException.class, () -> Functional.jvp(f, List.of(of(1), w), x, w), "jvp: ", "[1]",
                "[2]");
    }

    /** The product with the Hessian agrees with the Hessian itself. */
    @Test
    void hessianVectorProduct() {
        var x = Tensor.of(new double[]{0.5, -0.3, 0.8, 0.2}, 2, 2);
        var v = Tensor.of(new double[]{1, -2, 0.5, 3}, 2, 2);
        java.util.function.UnaryOperator<Tensor> f = in -> in.matmul(in).tanh().softmax(1).mul(in.exp()).sum();
        var whole = Functional.hessian(f, x).view(4, 4).matmul(v.view(4));
        var product = Functional.hvp(in -> f.apply(in[0]), List.of(v), x);
        assertArrayEquals(whole.toDoubleArray(), product.single().toDoubleArray(), 1e-10);
        assertEquals(f.apply(x).item(), product.output().item(), 1e-12);
        values(Functional.hvp(in -> in[0].sum(), List.of(v), x).single(), 0, 0, 0, 0);
    }

    @Test
    void inputsAreNotTouched() {
        var x = Numbers.leaf(1, 2);
        var y = x.mul(3);
        Functional.hessian(in -> in.square().sum(), y);
        Functional.jacobian(in -> in.mul(x), y);
        org.junit.jupiter.api.Assertions.assertNull(x.grad());
        y.sum().backward();
        values(x.grad(), 3, 3);
    }
}
