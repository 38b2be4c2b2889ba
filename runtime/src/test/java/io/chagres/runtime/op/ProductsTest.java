package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ProductsTest {
    private static Tensor random(long... dims) {
        return Tensor.randn(DType.FLOAT64, new Generator(dims.length), dims).requiresGrad(true);
    }

    private static void same(Tensor expected, Tensor actual) {
        Checks.shape(actual, expected.shape().toArray());
        assertArrayEquals(expected.toDoubleArray(), actual.toDoubleArray(), 1e-12);
    }

    @Test
    @Covers({"Products.mm(Tensor, Tensor)", "Products.mv(Tensor, Tensor)", "Products.dot(Tensor, Tensor)",
            "Products.outer(Tensor, Tensor)", "Products.inner(Tensor, Tensor)", "Products.vecdot(Tensor, Tensor, int)",
            "Products.trace(Tensor)"})
    void ofVectorsAndMatrices() {
        var a = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2);
        var x = Tensor.of(new double[]{5, 6});
        Checks.values(Products.mm(a, a), 7, 10, 15, 22);
        Checks.values(Products.mv(a, x), 17, 39);
        Checks.values(Products.dot(x, x), 61);
        Checks.values(Products.outer(x, Tensor.of(new double[]{1, 2, 3})), 5, 10, 15, 6, 12, 18);
        Checks.values(Products.inner(a, x), 17, 39);
        Checks.values(Products.inner(a, a), 5, 11, 11, 25);
        Checks.values(Products.vecdot(a, x, -1), 17, 39);
        Checks.values(Products.vecdot(a, a, 0), 10, 20);
        Checks.values(Products.trace(a), 5);
        GradCheck.check(in -> Products.outer(Products.mv(in[0], in[1]), in[1]), random(3, 4), random(4));
        GradCheck.checkSecond(in -> Products.inner(in[0], in[1]), random(2, 3), random(4, 2, 3));
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Products.mm(a, x)), "mm", "[2]");
        Checks.message(
                assertThrows(IllegalArgumentException.class, () -> Products.mv(a, Tensor.ones(DType.FLOAT64, 3))),
                "mv", "[2, 2] x [3]");
    }

    @Test
    @Covers({"Products.addmm(Tensor, Tensor, Tensor, double, double)",
            "Products.addmv(Tensor, Tensor, Tensor, double, double)",
            "Products.baddbmm(Tensor, Tensor, Tensor, double, double)"})
    void withASummand() {
        var a = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2);
        var x = Tensor.of(new double[]{5, 6});
        Checks.values(Products.addmm(x, a, a, 2, 0.5), 13.5, 17, 17.5, 23);
        Checks.values(Products.addmm(x.mul(Double.NaN), a, a, 0, 1), 7, 10, 15, 22);
        Checks.values(Products.addmv(x, a, x, 1, 1), 22, 45);
        Checks.values(Products.baddbmm(x, a.unsqueeze(0), a.unsqueeze(0), 1, 1), 12, 16, 20, 28);
        Checks.message(assertThrows(IllegalArgumentException.class,
                () -> Products.addmm(Tensor.ones(DType.FLOAT64, 3), a, a, 1, 1)), "addmm", "[3]", "[2, 2]");
        GradCheck.checkSecond(in -> Products.addmm(in[0], in[1], in[2], 2, 3), random(2), random(3, 4), random(4, 2));
    }

    @Test
    @Covers({"Products.tensordot(Tensor, Tensor, int)", "Products.tensordot(Tensor, Tensor, int[], int[])"})
    void overDimensions() {
        var a = random(2, 3, 4);
        var b = random(3, 4, 5);
        same(Einsum.einsum("ijk,jkl->il", a, b), Products.tensordot(a, b, 2));
        same(Einsum.einsum("ijk,lkm->ijlm", a, b), Products.tensordot(a, b, new int[]{2}, new int[]{1}));
        same(Products.outer(a.flatten(), b.flatten()).view(2, 3, 4, 3, 4, 5), Products.tensordot(a, b, 0));
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Products.tensordot(a, b, 1)), "tensordot",
                "[2, 3, 4]", "[3, 4, 5]");
    }

    @Test
    @Covers("Einsum.einsum(String, Tensor[])")
    void einsum() {
        var a = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2);
        Checks.values(Einsum.einsum("ii", a), 5);
        Checks.values(Einsum.einsum("ii->i", a), 1, 4);
        Checks.values(Einsum.einsum("ji", a), 1, 3, 2, 4);
        Checks.values(Einsum.einsum("ij->", a), 10);
        Checks.values(Einsum.einsum("ij, jk", a, a), 7, 10, 15, 22);
        Checks.values(Einsum.einsum("ij,ij->i", a, a), 5, 25);
        var x = random(2, 3, 4);
        var y = random(2, 4, 5);
        same(x.matmul(y), Einsum.einsum("...ij,...jk->...ik", x, y));
        same(x.transpose(1, 2), Einsum.einsum("...ij->...ji", x));
        same(x.matmul(y.select(0, 1)), Einsum.einsum("...j,jk", x, y.select(0, 1)));
        same(x.matmul(y).matmul(random(5, 2)), Einsum.einsum("bij,bjk,kl->bil", x, y, random(5, 2)));
        GradCheck.checkSecond(in -> Einsum.einsum("bij,bjk->ki", in[0], in[1]), random(2, 3, 1), random(2, 4, 2));
        refused("ij,jk", a);
        refused("i", a);
        refused("i1", a);
        refused("ij->ik", a);
        refused("ij->ii", a);
        refused("ij,jk", a, Tensor.ones(DType.FLOAT64, 3, 2));
    }

    private static void refused(String equation, Tensor... operands) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Einsum.einsum(equation, operands)), "einsum",
                equation);
    }
}
