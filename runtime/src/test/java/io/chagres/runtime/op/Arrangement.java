package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** How an operand lies in memory. Each is made of a leaf, and of a view that the operation is given. */
enum Arrangement {
    /** Row-major without gaps. */
    DENSE,
    /** The leaf itself is strided: every other element of a larger tensor, which holds NaN elsewhere. */
    SLICED {
        @Override
        Tensor leaf(Array operand, DType dtype) {
            var dims = Arrays.copyOf(operand.dims(), operand.dims().length + 1);
            Arrays.setAll(dims, d -> d < operand.dims().length ? dims[d] + 2 : 2);
            var slice = Tensor.full(dtype, Double.NaN, Array.longs(dims)).select(-1, 1);
            for (int d = 0; d < operand.dims().length; d++) {
                slice = slice.narrow(d, 1, operand.dims()[d]);
            }
            return slice.copyFrom(operand.toTensor(dtype));
        }
    },
    /** First and last dimension exchanged. */
    TRANSPOSED {
        @Override
        Tensor leaf(Array operand, DType dtype) {
            int last = operand.dims().length - 1;
            return last < 1
                    ? DENSE.leaf(operand, dtype)
                    : Array.generate(Array.swap(operand.dims(), 0, last), i -> operand.at(Array.swap(i, 0, last)))
                            .toTensor(dtype);
        }

        @Override
        Tensor view(Tensor leaf, int[] dims) {
            return dims.length < 2 ? leaf : leaf.transpose(0, -1);
        }
    },
    /** The first dimension that can repeats one slice, at stride 0. */
    EXPANDED {
        @Override
        Array settle(Array operand) {
            var slice = slice(operand);
            return Array.generate(operand.dims(), slice::at);
        }

        private Array slice(Array operand) {
            int axis = 0;
            while (axis < operand.dims().length && operand.dims()[axis] < 2) {
                axis++;
            }
            return axis == operand.dims().length
                    ? operand
                    : Array.generate(Array.with(operand.dims(), axis, 1), operand::at);
        }

        @Override
        Tensor leaf(Array operand, DType dtype) {
            return slice(operand).toTensor(dtype);
        }

        @Override
        Tensor view(Tensor leaf, int[] dims) {
            return leaf.expand(Array.longs(dims));
        }
    };

    /** The values that an operand so arranged can have. */
    Array settle(Array operand) {
        return operand;
    }

    /** The tensor that gradients go to. */
    Tensor leaf(Array operand, DType dtype) {
        return operand.toTensor(dtype);
    }

    /** The operand, seen in the leaf. */
    Tensor view(Tensor leaf, int[] dims) {
        return leaf;
    }
}
