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
        Check.numbers("addmm", "the summand", c);
        operands("addmm", a, 2, b, 2);
        Check.sameType("addmm", c, a);
        inner("addmm", a, b, a.size(1), b.size(0));
        return sum("addmm", c, beta, Matmul.matmul(a, b), alpha);
    }

    /** {@code beta · c + alpha · a · x} for a matrix [m, k] and a vector [k], as {@code torch.addmv}. */
    public static Tensor addmv(Tensor c, Tensor a, Tensor x, double beta, double alpha) {
        Check.numbers("addmv", "the summand", c);
        operands("addmv", a, 2, x, 1);
        Check.sameType("addmv", c, a);
        inner("addmv", a, x, a.size(1), x.size(0));
        return sum("addmv", c, beta, Matmul.matmul(a, x), alpha);
    }

    /** {@code beta · c + alpha · a · b} for [N, m, k] and [N, k, n], as {@code torch.baddbmm}; c is broadcast. */
    public static Tensor baddbmm(Tensor c, Tensor a, Tensor b, double beta, double alpha) {
        Check.numbers("baddbmm", "the summand", c);
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

    // ---- Products of other kinds

    /** {@link #outer}, by another name. */
    public static Tensor ger(Tensor a, Tensor b) {
        operands("ger", a, 1, b, 1);
        return outer(a, b);
    }

    /** All products of elements of two tensors, the elements of b in place of each of a, as {@code torch.kron}. */
    public static Tensor kron(Tensor a, Tensor b) {
        Check.alive("kron", "the first operand", a);
        Check.alive("kron", "the second operand", b);
        int rank = Math.max(a.rank(), b.rank());
        var as = new long[2 * rank];
        var bs = new long[2 * rank];
        var dims = new long[rank];
        for (int d = 0; d < rank; d++) {
            int own = d - (rank - a.rank());
            int other = d - (rank - b.rank());
            as[2 * d] = own < 0 ? 1 : a.size(own);
            as[2 * d + 1] = 1;
            bs[2 * d] = 1;
            bs[2 * d + 1] = other < 0 ? 1 : b.size(other);
            dims[d] = Check.product("kron", a.shape(), as[2 * d], bs[2 * d + 1]);
        }
        return Views.reshape(Arithmetic.mul(Views.reshape(a, as), Views.reshape(b, bs)), dims);
    }

    /**
     * The cross products of vectors of three elements along a dimension, as {@code torch.linalg.cross}; the other dimensions are
     * broadcast.
     *
     * @throws IllegalArgumentException if the dimension has another size, or one operand has more dimensions
     */
    public static Tensor cross(Tensor a, Tensor b, int dim) {
        Check.alive("cross", "the first operand", a);
        Check.alive("cross", "the second operand", b);
        if (a.rank() != b.rank()) {
            throw new IllegalArgumentException("cross: " + a.shape() + " and " + b.shape()
                    + " have different numbers of dimensions");
        }
        int axis = a.shape().axis("cross", dim);
        if (a.size(axis) != 3 || b.size(axis) != 3) {
            throw new IllegalArgumentException("cross: dimension " + dim + " of " + a.shape() + " and " + b.shape()
                    + "; vectors of three elements are needed");
        }
        Arithmetic.broadcast("cross", a.shape(), b.shape());
        var parts = new Tensor[3];
        for (int i = 0; i < 3; i++) {
            int j = (i + 1) % 3;
            int k = (i + 2) % 3;
            parts[i] = Arithmetic.sub(Arithmetic.mul(Slices.select(a, axis, j), Slices.select(b, axis, k)),
                    Arithmetic.mul(Slices.select(a, axis, k), Slices.select(b, axis, j)));
        }
        return Joins.stack(axis, parts);
    }

    /**
     * The product of several matrices, in the order that takes the fewest multiplications, as {@code torch.linalg.multi_dot};
     * the first one may be a vector, which is a row, and the last one, which is a column.
     *
     * @throws IllegalArgumentException if there are fewer than two, sizes do not fit, or types differ
     */
    public static Tensor multiDot(Tensor... tensors) {
        int count = Check.notNull("multiDot", "the array of matrices", tensors).length;
        if (count < 2) {
            throw new IllegalArgumentException("multiDot: " + count + " matrices; two or more are needed");
        }
        var all = new Tensor[count];
        var sizes = new long[count + 1];
        for (int i = 0; i < count; i++) {
            var x = Check.numbers("multiDot", "matrix " + i, tensors[i]);
            Check.sameType("multiDot", tensors[0], x);
            boolean end = i == 0 || i == count - 1;
            if (x.rank() != 2 && !(end && x.rank() == 1)) {
                throw new IllegalArgumentException("multiDot: matrix " + i + " " + x.shape() + " has " + x.rank()
                        + " dimensions, 2 are needed" + (end ? ", or 1" : ""));
            }
            all[i] = x.rank() == 2 ? x : Views.unsqueeze(x, i == 0 ? 0 : 1);
            if (i > 0) {
                inner("multiDot", tensors[i - 1], x, sizes[i], all[i].size(0));
            }
            sizes[i] = all[i].size(0);
            sizes[i + 1] = all[i].size(1);
        }
        var product = multiplied(all, cuts(sizes), 0, count - 1);
        product = tensors[0].rank() == 1 ? Views.squeeze(product, 0) : product;
        return tensors[count - 1].rank() == 1 ? Views.squeeze(product, -1) : product;
    }

    /** Behind which matrix to cut each stretch [first][last]. */
    private static int[][] cuts(long[] sizes) {
        int count = sizes.length - 1;
        var cuts = new int[count][count];
        var costs = new double[count][count];
        for (int length = 1; length < count; length++) {
            for (int first = 0; first + length < count; first++) {
                int last = first + length;
                costs[first][last] = Double.POSITIVE_INFINITY;
                for (int cut = first; cut < last; cut++) {
                    double cost = costs[first][cut] + costs[cut + 1][last]
                            + (double) sizes[first] * sizes[cut + 1] * sizes[last + 1];
                    if (cost < costs[first][last]) {
                        costs[first][last] = cost;
                        cuts[first][last] = cut;
                    }
                }
            }
        }
        return cuts;
    }

    private static Tensor multiplied(Tensor[] all, int[][] cuts, int first, int last) {
        if (first == last) {
            return all[first];
        }
        int cut = cuts[first][last];
        return Matmul.matmul(multiplied(all, cuts, first, cut), multiplied(all, cuts, cut + 1, last));
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
        Check.numbers(op, "the first operand", a);
        Check.numbers(op, "the second operand", b);
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
