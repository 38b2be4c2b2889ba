package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** A plain Java array of any rank in float64; what results of operations are compared with. */
record Array(int[] dims, double[] values) {

    /** The array whose element at an index is what a function says. */
    static Array generate(int[] dims, ToDoubleFunction<int[]> element) {
        var values = new double[Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        var index = new int[dims.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = element.applyAsDouble(index);
            for (int d = dims.length - 1; d >= 0 && ++index[d] == dims[d]; d--) {
                index[d] = 0;
            }
        }
        return new Array(dims, values);
    }

    static Array scalar(double value) {
        return new Array(new int[0], new double[]{value});
    }

    /** An element as broadcasting reads it: the index may have more dimensions in front, and go beyond sizes of 1. */
    double at(int... index) {
        int position = 0;
        for (int d = 0; d < dims.length; d++) {
            position = position * dims[d] + (dims[d] == 1 ? 0 : index[index.length - dims.length + d]);
        }
        return values[position];
    }

    Array map(DoubleUnaryOperator function) {
        return new Array(dims, Arrays.stream(values).map(function).toArray());
    }

    Tensor toTensor(DType dtype) {
        return Tensor.of(values).view(longs(dims)).to(dtype);
    }

    static long[] longs(int[] dims) {
        return Arrays.stream(dims).asLongStream().toArray();
    }

    /** An index with one dimension put in. */
    static int[] insert(int[] index, int axis, int value) {
        var longer = new int[index.length + 1];
        System.arraycopy(index, 0, longer, 0, axis);
        longer[axis] = value;
        System.arraycopy(index, axis, longer, axis + 1, index.length - axis);
        return longer;
    }

    /** An index with one dimension taken out. */
    static int[] remove(int[] index, int axis) {
        var shorter = Arrays.copyOf(index, index.length - 1);
        System.arraycopy(index, axis + 1, shorter, axis, shorter.length - axis);
        return shorter;
    }

    /** An index with one value replaced. */
    static int[] with(int[] index, int axis, int value) {
        var changed = index.clone();
        changed[axis] = value;
        return changed;
    }

    /** An index with two dimensions exchanged. */
    static int[] swap(int[] index, int first, int second) {
        return with(with(index, first, index[second]), second, index[first]);
    }
}
