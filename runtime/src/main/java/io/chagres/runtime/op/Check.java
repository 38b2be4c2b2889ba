package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** Checks of operands that several operations share. Each failure names the operation and what it was given. */
final class Check {
    private Check() {
    }

    /** A tensor that is there. */
    static Tensor present(String op, String role, Tensor tensor) {
        return notNull(op, role, tensor);
    }

    static <T> T notNull(String op, String role, T value) {
        if (value == null) {
            throw new NullPointerException(op + ": " + role + " is null");
        }
        return value;
    }

    /** A tensor that is there, and its memory too. */
    static Tensor alive(String op, String role, Tensor tensor) {
        var storage = present(op, role, tensor).storage();
        storage.acquire(op);
        storage.release();
        return tensor;
    }

    /** A tensor that operations can compute with. */
    static Tensor real(String op, String role, Tensor tensor) {
        var dtype = alive(op, role, tensor).dtype();
        if (dtype != DType.FLOAT32 && dtype != DType.FLOAT64) {
            throw new IllegalArgumentException(op + ": " + role + " " + tensor.shape() + " is " + dtype
                    + "; FLOAT32 or FLOAT64 is needed, to(DType.FLOAT32) converts");
        }
        return tensor;
    }

    /** A tensor of numbers. */
    static Tensor numbers(String op, String role, Tensor tensor) {
        if (alive(op, role, tensor).dtype() == DType.BOOL) {
            throw new IllegalArgumentException(op + ": " + role + " " + tensor.shape()
                    + " is BOOL; numbers are needed, to(DType.FLOAT32) converts");
        }
        return tensor;
    }

    /** A tensor of numbers with fractions, also of the short types that are computed in float32. */
    static Tensor floating(String op, String role, Tensor tensor) {
        var dtype = alive(op, role, tensor).dtype();
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException(op + ": " + role + " " + tensor.shape() + " is " + dtype
                    + "; a floating point type is needed, to(DType.FLOAT32) converts");
        }
        return tensor;
    }

    static void sameType(String op, Tensor a, Tensor b) {
        if (a.dtype() != b.dtype()) {
            throw new IllegalArgumentException(
                    op + ": types differ: " + a.dtype() + " " + a.shape() + " and " + b.dtype() + " "
                            + b.shape() + "; convert one with to(...)");
        }
    }

    static void sameShape(String op, Tensor a, Tensor b) {
        if (!a.shape().equals(b.shape())) {
            throw new IllegalArgumentException(op + ": shapes differ: " + a.shape() + " and " + b.shape());
        }
    }

    static void rank(String op, String role, Tensor tensor, int rank) {
        if (tensor.rank() != rank) {
            throw new IllegalArgumentException(op + ": " + role + " " + tensor.shape() + " has " + tensor.rank()
                    + " dimensions, " + rank + " are needed");
        }
    }

    /** A size that native code takes as a 32-bit integer. */
    static int int32(String op, Shape shape, long size) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(op + ": size " + size + " in " + shape + " is more than 2^31 - 1");
        }
        return (int) size;
    }

    /** A size of a result that is the sum of two. */
    static long sum(String op, Shape shape, long a, long b) {
        if (a > Long.MAX_VALUE - b) {
            throw tooLarge(op, shape, a + " and " + b);
        }
        return a + b;
    }

    /** A size of a result that is the product of two. */
    static long product(String op, Shape shape, long a, long b) {
        if (Math.multiplyHigh(a, b) != 0 || a * b < 0) {
            throw tooLarge(op, shape, a + " times " + b);
        }
        return a * b;
    }

    private static IllegalArgumentException tooLarge(String op, Shape shape, String size) {
        return new IllegalArgumentException(
                op + ": " + size + " in a dimension of " + shape + " is more than 2^63 - 1");
    }
}
