package io.chagres.runtime.op;

import static io.chagres.runtime.op.Matrices.t;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Determinants, and their logarithms where they would overflow. */
public final class Determinant {
    private Determinant() {
    }

    /**
     * A determinant as sign and logarithm: det = sign · exp(logabsdet).
     *
     * @param sign 1, -1, or 0 for a singular matrix; it has no gradient
     * @param logabsdet the logarithm of the determinant's size, -Infinity for a singular matrix
     */
    public record SignAndLog(Tensor sign, Tensor logabsdet) {
    }

    /** What is made of the diagonal of U and the number of exchanges. */
    private enum Form {
        DET, SIGN, LOG
    }

    /**
     * The determinant of each matrix of a [..., n, n], as {@code torch.linalg.det}; that of [0, 0] is 1. The gradient at a
     * singular matrix is its adjugate's, but cannot be recorded there.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     */
    public static Tensor det(Tensor a) {
        Matrices.square("det", "the matrix", a);
        var y = Tensor.empty(a.dtype(), Matrices.front(a), "det");
        run("det", a, y, null, null);
        return Autograd.record(DET, y, a);
    }

    private static final Op DET = Op.composed("det", 0b1 | Op.OUTPUT, flow -> {
        // forward: y = det A, so dA = dy · y · A⁻ᵀ
        var a = flow.input(0);
        var y = flow.output();
        if (hasZero(y)) {
            flow.give(0, Arithmetic.mul(over(flow.gradOutput()), Svd.cofactors(a)));
        } else {
            flow.give(0, Arithmetic.mul(over(Arithmetic.mul(flow.gradOutput(), y)), t(Inverse.inv(a))));
        }
    });

    private static boolean hasZero(Tensor y) {
        for (long i = 0; i < y.numel(); i++) {
            if (Convert.element(y, i) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Numbers, one for each matrix, as matrices of one element. */
    static Tensor over(Tensor x) {
        return Views.unsqueeze(Views.unsqueeze(x, -1), -1);
    }

    /**
     * Sign and logarithm of the size of each determinant of a [..., n, n], as {@code torch.linalg.slogdet}.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     */
    public static SignAndLog slogdet(Tensor a) {
        Matrices.square("slogdet", "the matrix", a);
        var sign = Tensor.empty(a.dtype(), Matrices.front(a), "slogdet");
        var log = Tensor.empty(a.dtype(), Matrices.front(a), "slogdet");
        run("slogdet", a, null, sign, log);
        return new SignAndLog(sign, Autograd.record(SLOGDET, log, a));
    }

    /**
     * The logarithm of each determinant of a [..., n, n], as {@code torch.logdet}: -Infinity for a singular matrix, NaN if the
     * determinant is negative.
     *
     * @throws IllegalArgumentException if the matrices are not square, or not FLOAT32 or FLOAT64
     */
    public static Tensor logdet(Tensor a) {
        Matrices.square("logdet", "the matrix", a);
        var sign = Tensor.empty(a.dtype(), Matrices.front(a), "logdet");
        var log = Tensor.empty(a.dtype(), Matrices.front(a), "logdet");
        run("logdet", a, null, sign, log);
        int bytes = log.dtype().bytes();
        for (long i = 0; i < log.numel(); i++) {
            if (Convert.element(sign, i) < 0) {
                Elements.putDouble(log.dtype(), log.storage().base(), log.position() + i * bytes, Double.NaN);
            }
        }
        return Autograd.record(LOGDET, log, a);
    }

    private static final Op SLOGDET = logarithm("slogdet");
    private static final Op LOGDET = logarithm("logdet");

    /** forward: y = log |det A|, so dA = dy · A⁻ᵀ. */
    private static Op logarithm(String name) {
        return Op.composed(name, 0b1, flow -> flow.give(0,
                Arithmetic.mul(over(flow.gradOutput()), t(Inverse.inv(flow.input(0))))));
    }

    /** Fills what is not null with determinants, signs, and logarithms of sizes. */
    private static void run(String op, Tensor a, Tensor det, Tensor sign, Tensor log) {
        int n = (int) a.size(-1);
        var lu = Matrices.copy(op, a);
        boolean wide = Matrices.wide(a);
        Matrices.each(op, Matrices.count(a), n, 4L * n, (threads, i, scratch) -> {
            var pivots = scratch.asSlice(0, 4L * n);
            if (n > 0) {
                Matrices.factor(wide, n, lu, i, pivots);
            }
            put(det, i, of(Form.DET, lu, n, i, pivots));
            put(sign, i, of(Form.SIGN, lu, n, i, pivots));
            put(log, i, of(Form.LOG, lu, n, i, pivots));
            return 0;
        }, null, lu, det != null ? det : sign, log != null ? log : lu);
    }

    private static void put(Tensor y, long i, double value) {
        if (y != null) {
            Elements.putDouble(y.dtype(), y.storage().base(), y.position() + i * y.dtype().bytes(), value);
        }
    }

    private static double of(Form form, Tensor lu, int n, long matrix, MemorySegment pivots) {
        double result = form == Form.LOG ? 0 : 1;
        for (int j = 0; j < n; j++) {
            double u = Elements.getDouble(lu.dtype(), lu.storage().base(),
                    Matrices.at(lu, matrix, (long) n * n) + j * (n + 1L) * lu.dtype().bytes());
            if (form == Form.LOG) {
                result += Math.log(Math.abs(u));
            } else {
                boolean exchanged = pivots.getAtIndex(ValueLayout.JAVA_INT, j) != j + 1;
                result *= (form == Form.DET ? u : Math.signum(u)) * (exchanged ? -1 : 1);
            }
        }
        return result;
    }
}
