package io.chagres.runtime.op;

import static io.chagres.runtime.op.Case.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Cases of element-wise functions. */
final class Functions {
    private Functions() {
    }

    /** {@link #oneOf(Case, DoubleUnaryOperator, Values)} of a method such as {@code "Pointwise.neg"}. */
    static Case one(String method, UnaryOperator<Tensor> call, DoubleUnaryOperator plain, Values values) {
        return oneOf(Case.op(method + "(Tensor)", in -> call.apply(in[0])), plain, values);
    }

    /** A function of one operand, on the shapes that matter. */
    static Case oneOf(Case operation, DoubleUnaryOperator plain, Values values) {
        return operation.expects(in -> in[0].map(plain)).drawn(values).promotes().on(dims(3, 5)).on(dims()).on(dims(1))
                .on(dims(17)).on(dims(2, 1, 3)).on(dims(0)).on(dims(2, 0, 3));
    }

    /** {@link #twoOf(Case, DoubleBinaryOperator, Values...)} of a method such as {@code "Arithmetic.add"}. */
    static Case two(String method, BinaryOperator<Tensor> call, DoubleBinaryOperator plain, Values... values) {
        return twoOf(Case.op(method + "(Tensor, Tensor)", in -> call.apply(in[0], in[1])), plain, values);
    }

    /** A function of two operands, broadcast in all ways. */
    static Case twoOf(Case operation, DoubleBinaryOperator plain, Values... values) {
        return operation.expects(in -> broadcast(plain, in)).drawn(values).promotes().on(dims(3, 5), dims(3, 5))
                .on(dims(3, 5), dims(5)).on(dims(5), dims(3, 5)).on(dims(3, 1), dims(1, 5)).on(dims(), dims(2, 3))
                .on(dims(2, 3), dims()).on(dims(), dims()).on(dims(1), dims(1, 1)).on(dims(2, 1, 3), dims(4, 1))
                .on(dims(1, 17), dims(2, 17)).on(dims(0), dims(1)).on(dims(2, 0), dims(0)).on(dims(3, 1), dims(3, 0));
    }

    static Array broadcast(DoubleBinaryOperator plain, Array... in) {
        return Array.generate(shape(in), i -> plain.applyAsDouble(in[0].at(i), in[1].at(i)));
    }

    /** The shape that arrays are broadcast to. */
    static int[] shape(Array... in) {
        int rank = 0;
        for (var array : in) {
            rank = Math.max(rank, array.dims().length);
        }
        var dims = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int size = 1;
            for (var array : in) {
                int own = i <= array.dims().length ? array.dims()[array.dims().length - i] : 1;
                size = size == 1 ? own : size;
            }
            dims[rank - i] = size;
        }
        return dims;
    }

    /** What a function makes of some numbers in all floating point types; the half ones have three digits or so. */
    static void values(double[] x, UnaryOperator<Tensor> function, double... expected) {
        assertArrayEquals(expected, function.apply(Tensor.of(x)).toDoubleArray(), 1e-15);
        assertArrayEquals(expected, function.apply(Tensor.of(x).to(DType.FLOAT32)).toDoubleArray(), 1e-6);
        for (var half : new DType[]{DType.FLOAT16, DType.BFLOAT16}) {
            var y = function.apply(Tensor.of(x).to(half));
            assertArrayEquals(expected, y.toDoubleArray(), 2e-2);
        }
    }
}
