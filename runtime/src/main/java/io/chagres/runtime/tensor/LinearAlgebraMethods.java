package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Cholesky;
import io.chagres.runtime.op.Determinant;
import io.chagres.runtime.op.Distances;
import io.chagres.runtime.op.Eigh;
import io.chagres.runtime.op.Inverse;
import io.chagres.runtime.op.Lstsq;
import io.chagres.runtime.op.Matmul;
import io.chagres.runtime.op.Products;
import io.chagres.runtime.op.Qr;
import io.chagres.runtime.op.Solve;
import io.chagres.runtime.op.Statistics;
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

    /** The product of two matrices. */
    default Tensor mm(Tensor other) {
        return Products.mm(self(), other);
    }

    /** The product of this matrix and a vector. */
    default Tensor mv(Tensor vector) {
        return Products.mv(self(), vector);
    }

    /** The sum of products of two vectors. */
    default Tensor dot(Tensor other) {
        return Products.dot(self(), other);
    }

    /** All products of elements of two vectors. */
    default Tensor outer(Tensor other) {
        return Products.outer(self(), other);
    }

    /** The sums of products along the last dimension of both. */
    default Tensor inner(Tensor other) {
        return Products.inner(self(), other);
    }

    /** The sums of products over the last dimensions of this and the first of another. */
    default Tensor tensordot(Tensor other, int dims) {
        return Products.tensordot(self(), other, dims);
    }

    /** {@code beta · this + alpha · a · b} for matrices. */
    default Tensor addmm(Tensor a, Tensor b, double beta, double alpha) {
        return Products.addmm(self(), a, b, beta, alpha);
    }

    /** {@code beta · this + alpha · a · b} for batches of matrices. */
    default Tensor baddbmm(Tensor a, Tensor b, double beta, double alpha) {
        return Products.baddbmm(self(), a, b, beta, alpha);
    }

    /** The sum of this matrix's main diagonal. */
    default Tensor trace() {
        return Products.trace(self());
    }

    /** {@link #outer}, by another name. */
    default Tensor ger(Tensor other) {
        return Products.ger(self(), other);
    }

    /** All products of elements, those of the other in place of each element of this. */
    default Tensor kron(Tensor other) {
        return Products.kron(self(), other);
    }

    /** The cross products of vectors of three elements along the last dimension. */
    default Tensor cross(Tensor other) {
        return Products.cross(self(), other, -1);
    }

    /** The cross products of vectors of three elements along a dimension. */
    default Tensor cross(Tensor other, int dim) {
        return Products.cross(self(), other, dim);
    }

    /** The sums of products along one dimension of this and another. */
    default Tensor vecdot(Tensor other, int dim) {
        return Products.vecdot(self(), other, dim);
    }

    /** {@code beta · this + alpha · a · x} for a matrix and a vector. */
    default Tensor addmv(Tensor a, Tensor x, double beta, double alpha) {
        return Products.addmv(self(), a, x, beta, alpha);
    }

    /** The Euclidean distances of the rows of this from those of another. */
    default Tensor cdist(Tensor other) {
        return Distances.cdist(self(), other, 2);
    }

    /** The distances of the rows of this from those of another in the p-norm. */
    default Tensor cdist(Tensor other, double p) {
        return Distances.cdist(self(), other, p);
    }

    /** The covariances of the variables in the rows, corrected by 1. */
    default Tensor cov() {
        return Statistics.cov(self(), 1);
    }

    /** The covariances of the variables in the rows. */
    default Tensor cov(int correction) {
        return Statistics.cov(self(), correction);
    }

    /** The coefficients of correlation of the variables in the rows. */
    default Tensor corrcoef() {
        return Statistics.corrcoef(self());
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

    /** Q and R of each matrix, reduced or complete. */
    default Qr.Result qr(Qr.Mode mode) {
        return Qr.qr(self(), mode);
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

    /** X with A · X = B, where A is this triangular matrix and B the right side. */
    default Tensor solveTriangular(Tensor right, boolean upper) {
        return Solve.solveTriangular(self(), right, upper);
    }

    /** X with A · X = B, or X · A = B, where A is this triangular matrix and B the right side. */
    default Tensor solveTriangular(Tensor right, boolean upper, boolean left, boolean unitriangular) {
        return Solve.solveTriangular(self(), right, upper, left, unitriangular);
    }

    /** X with A · X = B, where B is this and A the matrix whose Cholesky factor is given. */
    default Tensor choleskySolve(Tensor factor, boolean upper) {
        return Cholesky.choleskySolve(self(), factor, upper);
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
