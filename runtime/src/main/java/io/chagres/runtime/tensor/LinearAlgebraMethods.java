package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Cholesky;
import io.chagres.runtime.op.Determinant;
import io.chagres.runtime.op.Eigh;
import io.chagres.runtime.op.Inverse;
import io.chagres.runtime.op.Lstsq;
import io.chagres.runtime.op.Matmul;
import io.chagres.runtime.op.Qr;
import io.chagres.runtime.op.Solve;
import io.chagres.runtime.op.Svd;

/** Products and decompositions of matrices: one-line delegates to {@code runtime.op}. */
public sealed interface LinearAlgebraMethods permits Tensor {
    /** The matrix product of this [..., m, k] and another [..., k, n]; as {@code torch.matmul} for vectors and batches too. */
    default Tensor matmul(Tensor other) {
        return Matmul.matmul(self(), other);
    }

    /** The matrix products of this [N, m, k] and another [N, k, n]. */
    default Tensor bmm(Tensor other) {
        return Matmul.bmm(self(), other);
    }

    // ---- Decompositions

    /** The lower Cholesky factor of each matrix. */
    default Tensor cholesky() {
        return Cholesky.cholesky(self(), false);
    }

    /** The lower or upper Cholesky factor of each matrix. */
    default Tensor cholesky(boolean upper) {
        return Cholesky.cholesky(self(), upper);
    }

    /** Q and R of each matrix, in the reduced form. */
    default Qr.Result qr() {
        return Qr.qr(self(), Qr.Mode.REDUCED);
    }

    /** Singular values and vectors of each matrix. */
    default Svd.Result svd(boolean fullMatrices) {
        return Svd.svd(self(), fullMatrices);
    }

    /** The singular values of each matrix, in falling order. */
    default Tensor svdvals() {
        return Svd.svdvals(self());
    }

    /** Eigenvalues and eigenvectors of each symmetric matrix. */
    default Eigh.Result eigh() {
        return Eigh.eigh(self());
    }

    /** The eigenvalues of each symmetric matrix, in rising order. */
    default Tensor eigvalsh() {
        return Eigh.eigvalsh(self());
    }

    // ---- Systems of equations

    /** X with A · X = B, where A is this and B the right side. */
    default Tensor solve(Tensor right) {
        return Solve.solve(self(), right);
    }

    /** X that makes A · X - B smallest, where A is this and B the right side. */
    default Lstsq.Result lstsq(Tensor right) {
        return Lstsq.lstsq(self(), right);
    }

    /** The inverse of each matrix. */
    default Tensor inv() {
        return Inverse.inv(self());
    }

    /** The pseudoinverse of each matrix. */
    default Tensor pinv() {
        return Svd.pinv(self());
    }

    /** A power of each matrix, of its inverse if negative. */
    default Tensor matrixPower(long n) {
        return Inverse.matrixPower(self(), n);
    }

    /** The determinant of each matrix. */
    default Tensor det() {
        return Determinant.det(self());
    }

    /** The logarithm of the determinant of each matrix. */
    default Tensor logdet() {
        return Determinant.logdet(self());
    }

    /** Sign and logarithm of the size of the determinant of each matrix. */
    default Determinant.SignAndLog slogdet() {
        return Determinant.slogdet(self());
    }

    /** The rank of each matrix. */
    default Tensor matrixRank() {
        return Svd.matrixRank(self());
    }

    private Tensor self() {
        return (Tensor) this;
    }
}
