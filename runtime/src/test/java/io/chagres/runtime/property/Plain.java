package io.chagres.runtime.property;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A tensor in plain Java: cells, which views share, and where in them each element is, in row-major order. */
final class Plain {
    final int[] dims;
    final int[] at;
    final Cells cells;

    /** What views share. */
    static final class Cells {
        final Dual[] values;
        /** Whether a backward may read values, which then must not be changed. */
        boolean kept;

        Cells(Dual[] values) {
            this.values = values;
        }
    }

    private Plain(int[] dims, Cells cells, int[] at) {
        this.dims = dims;
        this.cells = cells;
        this.at = at;
    }

    /** A tensor whose elements have an index each. */
    static Plain generate(int[] dims, Function<int[], Dual> element) {
        var values = indices(dims).map(element).toArray(Dual[]::new);
        return new Plain(dims, new Cells(values), IntStream.range(0, values.length).toArray());
    }

    static Plain of(int[] dims, double... values) {
        return generate(dims, index -> new Dual(values[position(dims, index)]));
    }

    /** All indices of a shape, in row-major order. */
    private static java.util.stream.Stream<int[]> indices(int[] dims) {
        return IntStream.range(0, numel(dims)).mapToObj(i -> index(dims, i));
    }

    static int[] index(int[] dims, int position) {
        var index = new int[dims.length];
        for (int d = dims.length - 1; d >= 0; d--) {
            index[d] = position % dims[d];
            position /= dims[d];
        }
        return index;
    }

    static int position(int[] dims, int[] index) {
        int position = 0;
        for (int d = 0; d < dims.length; d++) {
            position = position * dims[d] + index[d];
        }
        return position;
    }

    static int numel(int[] dims) {
        return Arrays.stream(dims).reduce(1, (x, y) -> x * y);
    }

    int rank() {
        return dims.length;
    }

    int numel() {
        return at.length;
    }

    Dual get(int position) {
        return cells.values[at[position]];
    }

    Dual get(int[] index) {
        return get(position(dims, index));
    }

    double[] values() {
        return IntStream.range(0, at.length).mapToDouble(i -> get(i).value()).toArray();
    }

    /** The greatest size of a number in it. */
    double max() {
        return Arrays.stream(values()).map(Math::abs).max().orElse(0);
    }

    // ---- Views and copies

    /** A view that has at an index what this has at another. */
    Plain view(int[] shape, UnaryOperator<int[]> source) {
        return new Plain(shape, cells, indices(shape).mapToInt(i -> at[position(dims, source.apply(i))]).toArray());
    }

    /** The same elements in row-major order in another shape, which they share. */
    Plain seenAs(int... shape) {
        return new Plain(shape, cells, at);
    }

    Plain copy() {
        return generate(dims, this::get);
    }

    /** Whether strides say where the elements are, in another shape. */
    boolean isStridedAs(int... shape) {
        var strides = new int[shape.length];
        for (int d = 0; d < shape.length && at.length > 0; d++) {
            var unit = new int[shape.length];
            unit[d] = Math.min(1, shape[d] - 1);
            strides[d] = at[position(shape, unit)] - at[0];
        }
        return IntStream.range(0, at.length).allMatch(i -> {
            var index = index(shape, i);
            return at[i] == at[0] + IntStream.range(0, shape.length).map(d -> index[d] * strides[d]).sum();
        });
    }

    /** Whether several elements are one. */
    boolean sharesElements() {
        return Arrays.stream(at).distinct().count() < at.length;
    }

    /** Writes elements that broadcast to this shape. */
    void assign(Plain source) {
        var values = source.copy().expandTo(dims);
        for (int i = 0; i < at.length; i++) {
            cells.values[at[i]] = values.get(i);
        }
    }

    // ---- Element by element

    /** The shape that several broadcast to; null if they do not. */
    static int[] broadcast(int[] x, int[] y) {
        var dims = new int[Math.max(x.length, y.length)];
        for (int i = 1; i <= dims.length; i++) {
            int a = i <= x.length ? x[x.length - i] : 1;
            int b = i <= y.length ? y[y.length - i] : 1;
            if (a != b && a != 1 && b != 1) {
                return null;
            }
            dims[dims.length - i] = a == 1 ? b : a;
        }
        return dims;
    }

    /** A view with elements repeated. */
    Plain expandTo(int... shape) {
        return view(shape, index -> {
            var own = new int[dims.length];
            for (int d = 0; d < dims.length; d++) {
                own[d] = dims[d] == 1 ? 0 : index[shape.length - dims.length + d];
            }
            return own;
        });
    }

    Plain map(UnaryOperator<Dual> function) {
        return generate(dims, index -> function.apply(get(index)));
    }

    Plain with(Plain y, BinaryOperator<Dual> function) {
        var shape = broadcast(dims, y.dims);
        var left = expandTo(shape);
        var right = y.expandTo(shape);
        return generate(shape, index -> function.apply(left.get(index), right.get(index)));
    }

    // ---- Over dimensions

    /** What a function makes of all elements that differ in certain dimensions only. */
    Plain reduce(boolean[] over, boolean keepDim, Function<List<Dual>, Dual> function) {
        var kept = IntStream.range(0, dims.length).map(d -> over[d] ? 1 : dims[d]).toArray();
        var groups = IntStream.range(0, numel(kept)).mapToObj(_ -> new ArrayList<Dual>()).toList();
        for (int i = 0; i < at.length; i++) {
            var index = index(dims, i);
            for (int d = 0; d < dims.length; d++) {
                index[d] = over[d] ? 0 : index[d];
            }
            groups.get(position(kept, index)).add(get(i));
        }
        var reduced = generate(kept, index -> function.apply(groups.get(position(kept, index))));
        return keepDim
                ? reduced
                : reduced.seenAs(
                        IntStream.range(0, dims.length).filter(d -> !over[d]).map(d -> dims[d]).toArray());
    }

    static Dual sum(List<Dual> values) {
        return values.stream().reduce(new Dual(0), Dual::plus);
    }

    /** x at the index with another number in one dimension. */
    static int[] with(int[] index, int dim, int value) {
        var changed = index.clone();
        changed[dim] = value;
        return changed;
    }

    /** Without a dimension. */
    static int[] without(int[] index, int dim) {
        return IntStream.range(0, index.length).filter(d -> d != dim).map(d -> index[d]).toArray();
    }

    /** With one more dimension. */
    static int[] insert(int[] index, int dim, int value) {
        return IntStream.rangeClosed(0, index.length)
                .map(d -> d == dim ? value : index[d < dim ? d : d - 1]).toArray();
    }

    @Override
    public String toString() {
        return Arrays.toString(dims) + " " + Arrays.toString(values());
    }
}
