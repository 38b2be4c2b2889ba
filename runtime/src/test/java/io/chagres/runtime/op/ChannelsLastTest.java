package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels that lie innermost stay there through element-wise functions and their gradients, and change no value. */
class ChannelsLastTest {
    private static final List<UnaryOperator<Tensor>> ONE = List.of(Tensor::relu, Tensor::exp, Tensor::neg,
            Tensor::square,
            x -> x.mul(3), x -> x.clamp(-0.5, 0.5), Tensor::sigmoid, x -> x.relu().mul(2).relu());
    private static final List<BinaryOperator<Tensor>> TWO = List.of(Tensor::add, Tensor::mul, Tensor::maximum,
            (x, y) -> x.add(y).relu(), (x, y) -> x.mul(y.mean(new int[]{2, 3}, true)),
            (x, y) -> x.add(y.select(0, 0)).relu());

    private static Tensor random(DType dtype, int seed) {
        return Tensor.randn(dtype, new Generator(seed), 3, 5, 4, 7);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void functionsOfOne(DType dtype) {
        for (var f : ONE) {
            check((x, _) -> f.apply(x), dtype);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void functionsOfTwo(DType dtype) {
        for (var f : TWO) {
            check(f, dtype);
        }
    }

    private static void check(BinaryOperator<Tensor> f, DType dtype) {
        var a = random(dtype, 1).requiresGrad(true);
        var b = random(dtype, 2).requiresGrad(true);
        var weights = random(dtype, 3);
        var expected = f.apply(a, b);
        expected.mul(weights).sum().backward();
        for (boolean both : new boolean[]{true, false}) {
            var x = a.detach().channelsLast().requiresGrad(true);
            var y = (both ? b.detach().channelsLast() : b.detach().clone()).requiresGrad(true);
            var result = f.apply(x, y);
            assertTrue(result.isChannelsLast());
            assertFalse(result.isContiguous());
            assertArrayEquals(expected.toDoubleArray(), result.toDoubleArray(), 1e-6);
            result.mul(weights).sum().backward();
            assertArrayEquals(a.grad().toDoubleArray(), x.grad().toDoubleArray(), 1e-5);
            if (b.grad() != null) {
                assertArrayEquals(b.grad().toDoubleArray(), y.grad().toDoubleArray(), 1e-5);
            }
        }
    }

    @Test
    void theFirstDenseOperandDecides() {
        var plain = random(DType.FLOAT32, 1);
        var last = plain.channelsLast();
        assertTrue(last.add(plain).isChannelsLast());
        assertTrue(plain.add(last).isContiguous());
        assertTrue(Tensor.ones(1).expand(3, 5, 4, 7).add(last).isChannelsLast());
        assertTrue(last.to(DType.FLOAT64).isChannelsLast());
        var turned = plain.permute(3, 1, 0, 2);
        assertEquals(turned.layout(), turned.neg().layout());
        assertTrue(turned.narrow(0, 0, 2).neg().isContiguous());
        assertTrue(last.gt(0).isChannelsLast());
        assertTrue(last.clone().isContiguous());
        assertEquals(plain.sum().item(), last.sum().item(), 1e-4);
    }
}
