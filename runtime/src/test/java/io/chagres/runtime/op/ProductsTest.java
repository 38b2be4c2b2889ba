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

    @Test
    @Covers({"Products.ger(Tensor, Tensor)", "Products.kron(Tensor, Tensor)", "Products.cross(Tensor, Tensor, int)"})
    void ofOtherKinds() {
        var a = Tensor.of(new double[]{1, 2, 3, 4}, 2, 2);
        var x = Tensor.of(new double[]{5, 6});
        Checks.values(x.ger(x), 25, 30, 30, 36);
        Checks.values(Tensor.eye(2).to(DType.FLOAT64).kron(a), 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4);
        Checks.values(x.kron(a), 5, 10, 6, 12, 15, 20, 18, 24);
        Checks.shape(random(2, 1, 3).kron(random(4, 5)), 2, 4, 15);
        Checks.values(Tensor.of(new long[]{1, 2}).kron(Tensor.of(new long[]{1, 10})), 1, 10, 2, 20);
        var i = Tensor.of(new double[]{1, 0, 0});
        var j = Tensor.of(new double[]{0, 1, 0});
        Checks.values(i.cross(j), 0, 0, 1);
        Checks.values(j.cross(i), 0, 0, -1);
        Checks.shape(random(3, 4).cross(random(3, 1), 0), 3, 4);
        GradCheck.checkSecond(in -> in[0].cross(in[1], 1), random(2, 3), random(1, 3));
        GradCheck.checkSecond(in -> in[0].kron(in[1]), random(2, 3), random(2, 2));
        Checks.message(assertThrows(IllegalArgumentException.class, () -> x.cross(x)), "cross", "[2]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> i.cross(random(2, 3))), "cross", "[2, 3]");
    }

    @Test
    @Covers("Products.multiDot(Tensor[])")
    void ofSeveralMatrices() {
        var a = random(10, 3);
        var b = random(3, 20);
        var c = random(20, 2);
        var d = random(2, 5);
        same(a.matmul(b).matmul(c).matmul(d), Tensor.multiDot(a, b, c, d));
        same(a.matmul(b), Tensor.multiDot(a, b));
        same(b.select(1, 0).matmul(b).matmul(c), Tensor.multiDot(b.select(1, 0), b, c));
        same(b.select(1, 0).matmul(b).matmul(c.select(1, 1)), Tensor.multiDot(b.select(1, 0), b, c.select(1, 1)));
        same(a.matmul(b), Tensor.einsum("ij,jk->ik", a, b));
        GradCheck.checkSecond(in -> Tensor.multiDot(in), random(2, 3), random(3, 1), random(1, 2));
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.multiDot(a)), "multiDot", "1");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.multiDot(a, c)), "multiDot",
                "[10, 3] x [20, 2]");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Tensor.multiDot(a, b.select(0, 1), c)),
                "multiDot", "matrix 1 [20]");
    }

    @Test
    void ofIntegers() {
        long large = 1L << 62;
        var a = Tensor.of(new long[]{1, 2, 3, 4, 5, large}, 2, 3);
        var b = Tensor.of(new long[]{1, 0, -1, 2, 1, 2}, 3, 2);
        assertArrayEquals(new long[]{2, 10, -1 + large, 10 + 2 * large}, a.matmul(b).toLongArray());
        assertArrayEquals(new long[]{1, 4}, a.matmul(Tensor.of(new long[]{1, 0, 0})).toLongArray());
        assertArrayEquals(new long[]{14}, a.select(0, 0).dot(a.select(0, 0)).toLongArray());
        Checks.values(a.to(DType.INT8).matmul(b.to(DType.INT8)), 2, 10, -1, 10);
        Checks.type(DType.INT8, a.to(DType.INT8).mm(b.to(DType.INT8)));
        var many = Tensor.arange(24).view(2, 3, 4);
        var real = many.to(DType.FLOAT64);
        same(real.matmul(real.transpose(1, 2)), many.matmul(many.transpose(1, 2)).to(DType.FLOAT64));
        same(real.matmul(real.select(0, 1).t()), many.matmul(many.select(0, 1).t()).to(DType.FLOAT64));
        same(real.select(0, 0).matmul(real.transpose(1, 2)),
                many.select(0, 0).matmul(many.transpose(1, 2)).to(DType.FLOAT64));
        same(real.bmm(real.transpose(1, 2)), many.bmm(many.transpose(1, 2)).to(DType.FLOAT64));
        Checks.shape(Tensor.arange(0).view(2, 0).matmul(Tensor.arange(0).view(0, 3)), 2, 3);
        Checks.values(Tensor.einsum("ij,ij->i", a.narrow(1, 0, 2), a.narrow(1, 0, 2)), 5, 41);
        var truth = Tensor.of(new boolean[]{true}, 1, 1);
        Checks.message(assertThrows(IllegalArgumentException.class, () -> truth.matmul(truth)), "matmul", "BOOL");
        Checks.message(assertThrows(IllegalArgumentException.class, () -> a.matmul(a)), "matmul", "[2, 3] x [2, 3]");
    }

    @Test
    void ofShortFloats() {
        for (var dtype : new DType[]{DType.FLOAT16, DType.BFLOAT16}) {
            var a = random(2, 5, 7).detach().to(dtype);
            var b = random(2, 7, 3).detach().to(dtype);
            for (boolean batch : new boolean[]{true, false}) {
                var x = batch ? a : a.select(0, 0);
                var y = batch ? b : b.select(0, 0);
                var product = x.matmul(y);
                Checks.type(dtype, product);
                assertArrayEquals(x.to(DType.FLOAT32).matmul(y.to(DType.FLOAT32)).to(dtype).toFloatArray(),
                        product.toFloatArray());
            }
            Checks.type(dtype, a.bmm(b));
            var leaf = a.clone().requiresGrad(true);
            leaf.matmul(b).sum().backward();
            Checks.type(dtype, leaf.grad());
            assertArrayEquals(b.to(DType.FLOAT32).sum(2, false).unsqueeze(1).expand(2, 5, 7).toFloatArray(),
                    leaf.grad().toFloatArray(), 0.05f);
        }
    }

    private static void refused(String equation, Tensor... operands) {
        Checks.message(assertThrows(IllegalArgumentException.class, () -> Einsum.einsum(equation, operands)), "einsum",
                equation);
    }
}
