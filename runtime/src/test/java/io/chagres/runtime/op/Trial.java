package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A case on certain shapes, in one type, with operands arranged in certain ways. Its numbers are always the same. */
record Trial(Case operation, int[][] shapes, DType dtype, List<Arrangement> arrangements) {

    /** The operands as plain arrays, rounded to the type. */
    Array[] operands() {
        var random = new Random(Arrays.deepHashCode(shapes));
        return IntStream.range(0, shapes.length).mapToObj(i -> {
            var drawn = Array.generate(shapes[i], index -> operation.values(i).draw(random, index));
            return arrangements.get(i).settle(dtype == DType.FLOAT32 ? drawn.map(v -> (float) v) : drawn);
        }).toArray(Array[]::new);
    }

    /** The tensors that gradients go to. */
    Tensor[] leaves() {
        var operands = operands();
        return IntStream.range(0, shapes.length).mapToObj(i -> arrangements.get(i).leaf(operands[i], dtype))
                .toArray(Tensor[]::new);
    }

    /** {@link #leaves()}, all with gradients. */
    Tensor[] leavesWithGradients() {
        return Arrays.stream(leaves()).map(leaf -> leaf.requiresGrad(true)).toArray(Tensor[]::new);
    }

    /** The operands, seen in the leaves or in results of the leaves' shapes. */
    Tensor[] views(Tensor... leaves) {
        return IntStream.range(0, shapes.length).mapToObj(i -> arrangements.get(i).view(leaves[i], shapes[i]))
                .toArray(Tensor[]::new);
    }

    Tensor result(Tensor... leaves) {
        return operation.call(views(leaves));
    }

    @Override
    public String toString() {
        return operation + " " + dtype + IntStream.range(0, shapes.length)
                .mapToObj(i -> " " + Arrays.toString(shapes[i]) + " "
                        + arrangements.get(i).name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }
}
