package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * -log softmax(x)[label], summed or averaged over the rows that are not ignored, as
 * {@code torch.nn.functional.cross_entropy} with class indices. Softmax and its gradient are computed together.
 */
public final class CrossEntropy extends Op {
    private static final int LABELS = 1;

    private final Tensor probabilities;
    private final long ignore;
    private final double over;

    private CrossEntropy(Tensor probabilities, long ignore, double over) {
        super("crossEntropy");
        this.probabilities = probabilities;
        this.ignore = ignore;
        this.over = over;
    }

    /**
     * The loss of logits against labels.
     *
     * @param logits [N, C] float32 or float64
     * @param labels [N] int64, each in [0, C) or equal to {@code ignore}
     * @param ignore rows with this label count for nothing; -100 in PyTorch
     * @param mean divide by the number of rows that count (NaN if there are none)
     * @return a tensor without dimensions
     * @throws IllegalArgumentException if shapes or types do not fit
     * @throws IndexOutOfBoundsException if a label is out of range
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels, long ignore, boolean mean) {
        String name = "crossEntropy";
        Check.rank(name, "the logits", Check.real(name, "the logits", logits), 2);
        if (Check.alive(name, "the labels", labels).dtype() != DType.INT64) {
            throw new IllegalArgumentException(name + ": labels " + labels.shape() + " are " + labels.dtype()
                    + "; class indices are INT64, to(DType.INT64) converts");
        }
        if (labels.rank() != 1 || labels.size(0) != logits.size(0)) {
            throw new IllegalArgumentException(
                    name + ": labels " + labels.shape() + " for logits " + logits.shape() + "; ["
                            + logits.size(0) + "] are needed, one a row");
        }
        var x = logits.contiguous();
        var indices = labels.contiguous();
        int rows = Check.int32(name, x.shape(), x.size(0));
        int cols = Check.int32(name, x.shape(), x.size(1));
        var p = Tensor.empty(x.dtype(), x.shape(), name);
        var loss = Tensor.empty(x.dtype(), Shape.of(), name);
        Storage.acquire(name, x.storage(), indices.storage(), p.storage(), loss.storage());
        double over;
        try {
            int counted = checkLabels(indices, rows, cols, ignore);
            over = mean ? counted : 1;
            double sum = x.dtype() == DType.FLOAT32
                    ? Kernels.best().crossEntropyRows(x.storage().base(), x.position(), indices.storage().base(),
                            indices.position(), ignore, p.storage().base(), p.position(), rows, cols)
                    : forward64(x, indices, ignore, p, rows, cols);
            Elements.putDouble(loss.dtype(), loss.storage().base(), loss.position(), sum / over);
        } finally {
            Storage.release(x.storage(), indices.storage(), p.storage(), loss.storage());
        }
        return Autograd.record(new CrossEntropy(p, ignore, over), loss, x, indices);
    }

    private static int checkLabels(Tensor labels, int rows, int cols, long ignore) {
        int counted = 0;
        for (int row = 0; row < rows; row++) {
            long label = label(labels, row);
            if (label != ignore) {
                if (label < 0 || label >= cols) {
                    throw new IndexOutOfBoundsException("crossEntropy: label " + label + " in row " + row + " of "
                            + labels.shape() + " is no class; with " + cols + " logits a row, 0 to " + (cols - 1)
                            + " are"
                            + (label == cols ? "; do the labels start at 1?" : ""));
                }
                counted++;
            }
        }
        return counted;
    }

    private static long label(Tensor labels, int row) {
        return Elements.getLong(DType.INT64, labels.storage().base(), labels.position() + 8L * row);
    }

    private static double forward64(Tensor x, Tensor labels, long ignore, Tensor p, int rows, int cols) {
        var logP = Softmax.logSoftmax(x.detach(), 1);
        Convert.copy(Exponential.exp(logP), p);
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            long label = label(labels, row);
            if (label != ignore) {
                sum -= Convert.element(logP, (long) row * cols + label);
            }
        }
        return sum;
    }

    @Override
    public int keeps() {
        return 1 << LABELS;
    }

    @Override
    public void backward(Gradients flow) {
        // d loss / d logits = (softmax - one-hot) / over
        double scale = flow.gradOutput().item() / over;
        var labels = flow.input(LABELS);
        int rows = (int) probabilities.size(0);
        int cols = (int) probabilities.size(1);
        boolean add = flow.accumulates(0);
        var dx = add ? Tensor.empty(probabilities.dtype(), probabilities.shape(), name()) : flow.into(0);
        Storage.acquire(name(), probabilities.storage(), labels.storage(), dx.storage(), null);
        try {
            if (dx.dtype() == DType.FLOAT32) {
                Kernels.best().crossEntropyRowsBackward(probabilities.storage().base(), probabilities.position(),
                        labels.storage().base(), labels.position(), ignore, (float) scale, dx.storage().base(),
                        dx.position(),
                        rows, cols);
            } else {
                backward64(labels, dx, scale, rows, cols);
            }
            dx.storage().changed();
        } finally {
            Storage.release(probabilities.storage(), labels.storage(), dx.storage(), null);
        }
        if (add) {
            flow.give(0, dx);
        }
    }

    @Override
    public void recordedBackward(Gradients flow) {
        var labels = flow.input(LABELS);
        var logits = flow.input(0);
        var target = Tensor.full(logits.dtype(), 0, logits.shape().toArray());
        var counts = Tensor.full(logits.dtype(), 0, logits.size(0), 1);
        for (int row = 0; row < logits.size(0); row++) {
            long label = label(labels, row);
            if (label != ignore) {
                target.select(0, row).select(0, label).fill(1);
                counts.select(0, row).fill(1);
            }
        }
        var difference = Arithmetic.sub(Softmax.softmax(logits, 1), target);
        flow.give(0, Arithmetic.mul(Arithmetic.mul(difference, counts), flow.gradOutput().div(over)));
    }

    @Override
    public int keepsWhenRecorded() {
        return keeps() | 1;
    }

    private void backward64(Tensor labels, Tensor dx, double scale, int rows, int cols) {
        for (int row = 0; row < rows; row++) {
            long label = label(labels, row);
            for (int col = 0; col < cols; col++) {
                long at = 8L * ((long) row * cols + col);
                double p = Elements.getDouble(DType.FLOAT64, probabilities.storage().base(),
                        probabilities.position() + at);
                double slope = label == ignore ? 0 : scale * (p - (col == label ? 1 : 0));
                Elements.putDouble(DType.FLOAT64, dx.storage().base(), dx.position() + at, slope);
            }
        }
    }
}
