package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Convert;
import java.util.ArrayList;
import java.util.Locale;

/**
 * How a tensor is printed: as in PyTorch, with aligned columns of four digits after the point, in scientific notation where
 * magnitudes differ widely, and of more than {@value #MOST} elements the first and last three of each dimension.
 */
final class TensorText {
    private static final String PREFIX = "tensor(";
    private static final int MOST = 1000;
    private static final int EDGE = 3;
    private static final int LINE = 80;
    /** Of many small dimensions fewer are shown than {@link #EDGE}. */
    private static final long MOST_SHOWN = 10_000;

    private final Tensor tensor;
    private final int edge;
    private boolean whole = true;
    private boolean scientific;
    private int width = 1;

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        int items = EDGE;
        while (items > 1 && shown(items) > MOST_SHOWN) {
            items--;
        }
        this.edge = items;
    }

    static String of(Tensor tensor) {
        String facts = ", shape=" + tensor.shape() + ", dtype=" + tensor.dtype();
        try {
            return PREFIX + new TensorText(tensor).elements() + facts + history(tensor) + ")";
        } catch (IllegalStateException e) {
            return PREFIX + "..." + facts + ")"
                    + (tensor.isOpen() ? " in a scope of another thread" : ", its memory is gone");
        }
    }

    private static String history(Tensor tensor) {
        var node = tensor.node();
        return node != null ? ", gradFn=<" + node.name() + ">" : tensor.requiresGrad() ? ", requiresGrad=true" : "";
    }

    private boolean summarizes() {
        return tensor.numel() > MOST;
    }

    private long shown(int items) {
        long shown = 1;
        for (int d = 0; d < tensor.rank(); d++) {
            shown *= summarizes() ? Math.min(tensor.size(d), 2L * items) : tensor.size(d);
        }
        return shown;
    }

    private String elements() {
        if (tensor.numel() == 0) {
            Convert.checkAlive(tensor);
            return "[]";
        }
        choose();
        var text = new StringBuilder();
        write(text, 0, 0, PREFIX.length());
        return text.toString();
    }

    // ---- The form of all elements

    private interface Visitor {
        void visit(long index);
    }

    /** Visits the elements that are shown. */
    private void each(int dim, long index, Visitor visitor) {
        if (dim == tensor.rank()) {
            visitor.visit(index);
            return;
        }
        for (long i : indices(dim)) {
            if (i >= 0) {
                each(dim + 1, index * tensor.size(dim) + i, visitor);
            }
        }
    }

    /** The indices of a dimension that are shown; -1 for those that are left out. */
    private long[] indices(int dim) {
        long size = tensor.size(dim);
        boolean all = !summarizes() || size <= 2L * edge;
        var indices = new long[all ? (int) size : 2 * edge + 1];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = all || i < edge ? i : i == edge ? -1 : size - (indices.length - i);
        }
        return indices;
    }

    private void choose() {
        if (!tensor.dtype().isFloatingPoint()) {
            each(0, 0, i -> width = Math.max(width, format(i).length()));
            return;
        }
        var range = new double[]{Double.POSITIVE_INFINITY, 0};
        each(0, 0, i -> {
            double value = Convert.element(tensor, i);
            if (Double.isFinite(value) && value != 0) {
                range[0] = Math.min(range[0], Math.abs(value));
                range[1] = Math.max(range[1], Math.abs(value));
                whole &= value == Math.rint(value);
            }
        });
        if (range[1] == 0) {
            return;
        }
        scientific = range[1] / range[0] > 1000 || range[1] > 1e8 || !whole && range[0] < 1e-4;
        each(0, 0, i -> {
            double value = Convert.element(tensor, i);
            if (Double.isFinite(value) && value != 0) {
                width = Math.max(width, format(i).length());
            }
        });
    }

    private String format(long index) {
        if (!tensor.dtype().isFloatingPoint()) {
            long value = Convert.elementAsLong(tensor, index);
            return tensor.dtype() == DType.BOOL ? Boolean.toString(value != 0) : Long.toString(value);
        }
        double value = Convert.element(tensor, index);
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        return scientific
                ? String.format(Locale.ROOT, "%.4e", value)
                : whole ? String.format(Locale.ROOT, "%.0f.", value) : String.format(Locale.ROOT, "%.4f", value);
    }

    // ---- Brackets and lines

    private void write(StringBuilder text, int dim, long index, int indent) {
        if (dim == tensor.rank()) {
            text.append(format(index));
        } else if (dim == tensor.rank() - 1) {
            writeRow(text, dim, index, indent);
        } else {
            var separator = "," + "\n".repeat(tensor.rank() - 1 - dim) + " ".repeat(indent + 1);
            String between = "[";
            for (long i : indices(dim)) {
                text.append(between);
                between = separator;
                if (i < 0) {
                    text.append("...");
                } else {
                    write(text, dim + 1, index * tensor.size(dim) + i, indent + 1);
                }
            }
            text.append(']');
        }
    }

    private void writeRow(StringBuilder text, int dim, long index, int indent) {
        var items = new ArrayList<String>();
        for (long i : indices(dim)) {
            String item = i < 0 ? " ..." : format(index * tensor.size(dim) + i);
            items.add(i < 0 ? item : " ".repeat(Math.max(0, width - item.length())) + item);
        }
        int perLine = Math.max(1, (LINE - indent) / (width + 2));
        for (int i = 0; i < items.size(); i++) {
            text.append(i == 0 ? "[" : i % perLine == 0 ? ",\n" + " ".repeat(indent + 1) : ", ").append(items.get(i));
        }
        text.append(']');
    }
}
