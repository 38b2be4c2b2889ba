package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** Products of vectors and matrices by their own names, made of {@link Matmul}. */
public final class Products {
    private Products() {
    }

    /** The product of two matrices [m, k] and [k, n], as {@code torch.mm}; nothing is broadcast. */
    public static Tensor mm(Tensor a, Tensor b) {
        operands("mm", a, 2, b, 2);
        inner("mm", a, b, a.size(1), b.size(0));
        return Matmul.matmul(a, b);
    }

    /** The product of a matrix [m, k] and a vector [k], as {@code torch.mv}. */
    public static Tensor mv(Tensor a, Tensor x) {
        operands("mv", a, 2, x, 1);
        inner("mv", a, x, a.size(1), x.size(0));
        return Matmul.matmul(a, x);
    }

    /** The sum of products of two vectors [k], as {@code torch.dot}. */
    public static Tensor dot(Tensor a, Tensor b) {
        operands("dot", a, 1, b, 1);
        inner("dot", a, b, a.size(0), b.size(0));
        return Matmul.matmul(a, b);
    }

    /** All products of elements of two vectors, [m, n], as {@code torch.outer}. */
    public static Tensor outer(Tensor a, Tensor b) {
        operands("outer", a, 1, b, 1);
        return Arithmetic.mul(Views.unsqueeze(a, 1), Views.unsqueeze(b, 0));
    }

    /** The sums of products along the last dimension of both, as {@code torch.inner}; with a number, all multiples. */
    public static Tensor inner(Tensor a, Tensor b) {
        operands("inner", a, -1, b, -1);
        if (a.rank() == 0 || b.rank() == 0) {
            return Arithmetic.mul(a, b);
        }
        inner("inner", a, b, a.size(-1), b.size(-1));
        return contracted("inner", a, new int[]{a.rank() - 1}, b, new int[]{b.rank() - 1});
    }

    /** The sums of products along one dimension of two tensors, which are broadcast, as {@code torch.linalg.vecdot}. */
    public static Tensor vecdot(Tensor a, Tensor b, int dim) {
        operands("vecdot", a, -1, b, -1);
        Arithmetic.broadcast("vecdot", a.shape(), b.shape()).axis("vecdot", dim);
        return Reduce.sum(Arithmetic.mul(a, b), dim, false);
    }

    /** {@code beta · c + alpha · a · b} for matrices [m, k] and [k, n], as {@code torch.addmm}; c is broadcast to [m, n]. */
    public static Tensor addmm(Tensor c, Tensor a, Tensor b, double beta, double alpha) {
        Check.real("addmm", "the summand", c);
        operands("addmm", a, 2, b, 2);
        Check.sameType("addmm", c, a);
        inner("addmm", a, b, a.size(1), b.size(0));
        return sum("addmm", c, beta, Matmul.matmul(a, b), alpha);
    }

    /** {@code beta · c + alpha · a · x} for a matrix [m, k] and a vector [k], as {@code torch.addmv}. */
    public static Tensor addmv(Tensor c, Tensor a, Tensor x, double beta, double alpha) {
        Check.real("addmv", "the summand", c);
        operands("addmv", a, 2, x, 1);
        Check.sameType("addmv", c, a);
        inner("addmv", a, x, a.size(1), x.size(0));
        return sum("addmv", c, beta, Matmul.matmul(a, x), alpha);
    }

    /** {@code beta · c + alpha · a · b} for [N, m, k] and [N, k, n], as {@code torch.baddbmm}; c is broadcast. */
    public static Tensor baddbmm(Tensor c, Tensor a, Tensor b, double beta, double alpha) {
        Check.real("baddbmm", "the summand", c);
        operands("baddbmm", a, 3, b, 3);
        Check.sameType("baddbmm", c, a);
        inner("baddbmm", a, b, a.size(2), b.size(1));
        if (a.size(0) != b.size(0)) {
            throw new IllegalArgumentException("baddbmm: " + a.size(0) + " matrices " + a.shape() + " and " + b.size(0)
                    + " " + b.shape());
        }
        return sum("baddbmm", c, beta, Matmul.bmm(a, b), alpha);
    }

    /** A summand times 0 does not count, even if it is NaN. */
    private static Tensor sum(String op, Tensor c, double beta, Tensor product, double alpha) {
        int missing = product.rank() - c.rank();
        for (int d = 0; d < c.rank() || missing < 0; d++) {
            if (missing < 0 || c.size(d) != 1 && c.size(d) != product.size(d + missing)) {
                throw new IllegalArgumentException(
                        op + ": the summand " + c.shape() + " cannot be broadcast to the product " + product.shape());
            }
        }
        var scaled = alpha == 1 ? product : product.mul(alpha);
        return beta == 0 ? scaled : Arithmetic.add(beta == 1 ? c : c.mul(beta), scaled);
    }

    /** The sum of a matrix's main diagonal, as {@code torch.trace}. */
    public static Tensor trace(Tensor a) {
        Check.alive("trace", "the matrix", a);
        Check.rank("trace", "the matrix", a, 2);
        return Reduce.sum(Slices.diagonal(a, 0, 0, 1));
    }

    /**
     * The sums of products over the last dimensions of one tensor and the first of another, as {@code torch.tensordot}.
     *
     * @param dims how many
     * @throws IllegalArgumentException if there are not so many, or their sizes differ
     */
    public static Tensor tensordot(Tensor a, Tensor b, int dims) {
        operands("tensordot", a, -1, b, -1);
        if (dims < 0 || dims > a.rank() || dims > b.rank()) {
            throw new IllegalArgumentException(
                    "tensordot: " + dims + " dimensions of " + a.shape() + " and " + b.shape());
        }
        var as = new int[dims];
        var bs = new int[dims];
        Arrays.setAll(as, i -> a.rank() - dims + i);
        Arrays.setAll(bs, i -> i);
        return contracted("tensordot", a, as, b, bs);
    }

    /** {@link #tensordot(Tensor, Tensor, int)} over pairs of dimensions; what is left of a stands in front of what is of b. */
    public static Tensor tensordot(Tensor a, Tensor b, int[] aDims, int[] bDims) {
        operands("tensordot", a, -1, b, -1);
        if (Check.notNull("tensordot", "the array of dimensions", aDims).length != Check.notNull("tensordot",
                "the other array of dimensions", bDims).length) {
            throw new IllegalArgumentException("tensordot: dimensions " + Arrays.toString(aDims) + " and "
                    + Arrays.toString(bDims) + " are not as many");
        }
        return contracted("tensordot", a, aDims, b, bDims);
    }

    private static Tensor contracted(String op, Tensor a, int[] aDims, Tensor b, int[] bDims) {
        var as = axes(op, a, aDims);
        var bs = axes(op, b, bDims);
        long inner = 1;
        for (int i = 0; i < as.length; i++) {
            if (a.size(as[i]) != b.size(bs[i])) {
                throw new IllegalArgumentException(op + ": dimension " + as[i] + " of " + a.shape() + " and dimension "
                        + bs[i] + " of " + b.shape() + " have different sizes");
            }
            inner *= a.size(as[i]);
        }
        var left = rest(a, as);
        var right = rest(b, bs);
        var rows = Views.reshape(Views.permute(a, joined(left, as)), sizes(a, left), inner);
        var cols = Views.reshape(Views.permute(b, joined(bs, right)), inner, sizes(b, right));
        var dims = new long[left.length + right.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i < left.length ? a.size(left[i]) : b.size(right[i - left.length]);
        }
        return Views.reshape(Matmul.matmul(rows, cols), dims);
    }

    private static int[] axes(String op, Tensor x, int[] dims) {
        var axes = new int[dims.length];
        for (int i = 0; i < dims.length; i++) {
            axes[i] = x.shape().axis(op, dims[i]);
            for (int j = 0; j < i; j++) {
                if (axes[j] == axes[i]) {
                    throw new IllegalArgumentException(op + ": dimension " + dims[i] + " of " + x.shape()
                            + " is named twice in " + Arrays.toString(dims));
                }
            }
        }
        return axes;
    }

    private static int[] rest(Tensor x, int[] axes) {
        var rest = new int[x.rank() - axes.length];
        int to = 0;
        for (int d = 0; d < x.rank(); d++) {
            int axis = d;
            if (Arrays.stream(axes).noneMatch(other -> other == axis)) {
                rest[to++] = d;
            }
        }
        return rest;
    }

    private static int[] joined(int[] first, int[] second) {
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static long sizes(Tensor x, int[] axes) {
        long product = 1;
        for (int axis : axes) {
            product *= x.size(axis);
        }
        return product;
    }

    private static void operands(String op, Tensor a, int aRank, Tensor b, int bRank) {
        Check.real(op, "the first operand", a);
        Check.real(op, "the second operand", b);
        Check.sameType(op, a, b);
        if (aRank >= 0) {
            Check.rank(op, "the first operand", a, aRank);
            Check.rank(op, "the second operand", b, bRank);
        }
    }

    private static void inner(String op, Tensor a, Tensor b, long left, long right) {
        if (left != right) {
            throw new IllegalArgumentException(op + ": inner dimensions differ: " + a.shape() + " x " + b.shape());
        }
    }
}
