package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;

/**
 * An operand of an element-wise function: a tensor, or a Java number, which is as a tensor without dimensions but does not make
 * integers of one size into integers of another.
 *
 * @param tensor null for a number
 * @param real the number
 * @param whole the number, exactly, if it has no fraction by its type
 * @param category null for a tensor
 */
record Input(Tensor tensor, double real, long whole, DType.Category category) {
    static Input of(Tensor tensor) {
        return new Input(tensor, 0, 0, null);
    }

    static Input of(double number) {
        return new Input(null, number, (long) number, DType.Category.FLOATING);
    }

    static Input of(long number) {
        return new Input(null, number, number, DType.Category.INTEGER);
    }

    boolean isTensor() {
        return tensor != null;
    }

    Storage storage() {
        return tensor == null ? null : tensor.storage();
    }
}
