package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** How far apart or alike vectors are: all pairs of rows, as {@code torch.cdist}, or each with its own. */
public final class Distances {
    /** Rows of the second operand that are read for several rows of the first. */
    private static final int BLOCK = 16;

    private Distances() {
    }

    /** Euclidean distances; see {@link #cdist(Tensor, Tensor, double)}. */
    public static Tensor cdist(Tensor a, Tensor b) {
        return cdist(a, b, 2);
    }

    /**
     * The distances [..., P, R] of the rows of a [..., P, M] from those of b [..., R, M], in the p-norm; the dimensions in front
     * are broadcast. Differences are taken first, so that near rows have exact distances, and equal ones 0, where the gradient
     * is 0 too.
     *
     * @param p 0 (the number of unequal elements) to infinity (the greatest difference)
     * @throws IllegalArgumentException if p is negative or NaN, there are fewer than two dimensions, rows have different
     *         lengths, or types are not FLOAT32 or FLOAT64 and equal
     */
    public static Tensor cdist(Tensor a, Tensor b, double p) {
        Check.real("cdist", "the first operand", a);
        Check.real("cdist", "the second operand", b);
        Check.sameType("cdist", a, b);
        if (!(p >= 0)) {
            throw new IllegalArgumentException("cdist: p is " + p + "; 0 or more is needed");
        }
        if (a.rank() < 2 || b.rank() < 2 || a.size(-1) != b.size(-1)) {
            throw new IllegalArgumentException("cdist: rows of " + a.shape() + " and of " + b.shape()
                    + "; matrices are needed, with rows of one length");
        }
        var front = Solve.together("cdist", a, b, 2);
        if (p != 2) {
            var apart = Arithmetic.sub(Views.unsqueeze(a, -2), Views.unsqueeze(b, -3));
            return apart.size(-1) == 0
                    ? Reduce.sum(apart, -1, false)
                    : Norms.vectorNorm(apart, p, new int[]{-1}, false);
        }
        var x = Solve.spread(a, front).detach().contiguous();
        var z = Solve.spread(b, front).detach().contiguous();
        var shape = Shape.of(front).insert(front.length, a.size(-2)).insert(front.length + 1, b.size(-2));
        var y = Tensor.empty(a.dtype(), shape, "cdist");
        Storage.acquire("cdist", x.storage(), z.storage(), y.storage(), null);
        try {
            if (y.numel() > 0) {
                compute(x, z, y);
            }
        } finally {
            Storage.release(x.storage(), z.storage(), y.storage(), null);
        }
        return Autograd.record(EUCLIDEAN, y, a, b);
    }

    private static void compute(Tensor x, Tensor z, Tensor y) {
        int m = Check.int32("cdist", x.shape(), x.size(-1));
        long rows = x.size(-2);
        long others = z.size(-2);
        long blocks = (rows + BLOCK - 1) / BLOCK;
        long count = y.numel() / (rows * others) * blocks;
        double work = (double) y.numel() * Math.max(1, m);
        Team.parallel(Cutoffs.parts((long) Math.min(work, Long.MAX_VALUE)), (part, parts) -> {
            var block = new double[BLOCK][m];
            var other = new double[m];
            long end = Part.start(part + 1, parts, count, 1);
            for (long i = Part.start(part, parts, count, 1); i < end; i++) {
                long matrix = i / blocks;
                long first = i % blocks * BLOCK;
                int some = (int) Math.min(BLOCK, rows - first);
                for (int r = 0; r < some; r++) {
                    load(x, (matrix * rows + first + r) * m, block[r], m);
                }
                for (long j = 0; j < others; j++) {
                    load(z, (matrix * others + j) * m, other, m);
                    for (int r = 0; r < some; r++) {
                        long at = (matrix * rows + first + r) * others + j;
                        Elements.putDouble(y.dtype(), y.storage().base(), y.position() + at * y.dtype().bytes(),
                                distance(block[r], other, m));
                    }
                }
            }
        });
    }

    private static void load(Tensor x, long at, double[] to, int n) {
        Lines.load(x.dtype(), x.storage().base(), x.position() + at * x.dtype().bytes(), 1, to, 0, n);
    }

    private static double distance(double[] a, double[] b, int n) {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < n; i += 2) {
            double first = a[i] - b[i];
            double second = a[i + 1] - b[i + 1];
            even += first * first;
            odd += second * second;
        }
        if (i < n) {
            even += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(even + odd);
    }

    private static final Op EUCLIDEAN = Op.composed("cdist", 0b11 | Op.OUTPUT, flow -> {
        // dA_i = Σ_j w_ij (A_i - B_j) with w = dY / Y, which is 0 where the rows are equal
        var a = flow.input(0);
        var b = flow.input(1);
        var y = flow.output();
        var equal = Compare.eq(y.detach(), 0);
        var w = Where.maskedFill(Arithmetic.div(flow.gradOutput(), Where.maskedFill(y, equal, 1)), equal, 0);
        if (flow.wants(0)) {
            flow.give(0, Reduce.sumTo(pull(w, a, b), a.shape()));
        }
        if (flow.wants(1)) {
            flow.give(1, Reduce.sumTo(pull(Views.transpose(w, -2, -1), b, a), b.shape()));
        }
    });

    private static Tensor pull(Tensor w, Tensor to, Tensor from) {
        return Arithmetic.sub(Arithmetic.mul(to, Reduce.sum(w, -1, true)), Matmul.matmul(w, from));
    }

    // ---- One by one

    /** {@link #cosineSimilarity(Tensor, Tensor, int, double)} along dimension 1 with 1e-8. */
    public static Tensor cosineSimilarity(Tensor a, Tensor b) {
        return cosineSimilarity(a, b, 1, 1e-8);
    }

    /**
     * a · b / (max(‖a‖, epsilon) max(‖b‖, epsilon)) along a dimension, which goes, as {@code torch.nn.functional.cosine_similarity}; the
     * operands are broadcast. As there, gradients are those of the norms even where epsilon is greater.
     *
     * @param dim a dimension of the shape that the operands are broadcast to
     * @throws IllegalArgumentException if shapes cannot be broadcast, or both have integers
     */
    public static Tensor cosineSimilarity(Tensor a, Tensor b, int dim, double epsilon) {
        var name = "cosineSimilarity";
        var shape = together(name, a, b);
        var dtype = DType.promote(a.dtype(), b.dtype());
        var x = a.to(dtype).expand(shape.toArray());
        var axes = Axes.one(name, x, dim);
        var z = b.to(dtype).expand(shape.toArray());
        var product = Arithmetic.mul(unit(name, x, axes, epsilon), unit(name, z, axes, epsilon));
        return Reduce.sum(product, dim, false);
    }

    private static Tensor unit(String name, Tensor x, Axes axes, double epsilon) {
        var norm = Norms.norm(name, x, 2, axes, true);
        Tensor more;
        try (var _ = Autograd.noGrad()) {
            more = Arithmetic.sub(Bounds.clampMin(norm, epsilon), norm);
        }
        return Arithmetic.div(x, Arithmetic.add(norm, more));
    }

    /** {@link #pairwiseDistance(Tensor, Tensor, double, double, boolean)} with p = 2 and 1e-6. */
    public static Tensor pairwiseDistance(Tensor a, Tensor b) {
        return pairwiseDistance(a, b, 2, 1e-6, false);
    }

    /**
     * The p-norm of a - b + epsilon along the last dimension, which goes, or stays with size 1, as
     * {@code torch.nn.functional.pairwise_distance}; the operands are broadcast.
     *
     * @throws IllegalArgumentException if shapes cannot be broadcast or have no dimensions, both operands have integers, or p is NaN
     */
    public static Tensor pairwiseDistance(Tensor a, Tensor b, double p, double epsilon, boolean keepDim) {
        var name = "pairwiseDistance";
        if (together(name, a, b).rank() == 0) {
            throw new IllegalArgumentException(name + ": " + a.shape() + " and " + b.shape()
                    + " are numbers; vectors along the last dimension are needed");
        }
        var apart = Arithmetic.add(Arithmetic.sub(a, b), epsilon);
        return Norms.norm(name, apart, p, Axes.one(name, apart, -1), keepDim);
    }

    private static Shape together(String name, Tensor a, Tensor b) {
        Check.alive(name, "the first operand", a);
        Check.alive(name, "the second operand", b);
        if (!DType.promote(a.dtype(), b.dtype()).isFloatingPoint()) {
            throw new IllegalArgumentException(name + ": " + a.dtype() + " " + a.shape() + " and " + b.dtype() + " "
                    + b.shape() + "; a floating point type is needed, to(DType.FLOAT32) converts");
        }
        return Arithmetic.broadcast(name, a.shape(), b.shape());
    }
}
