package io.chagres.runtime.tensor;

import io.chagres.runtime.op.Convert;
import java.util.Locale;

/** How a tensor is printed: type, shape and its first elements. */
final class TensorText {
    private static final int MOST = 8;

    private TensorText() {
    }

    static String of(Tensor tensor) {
        String head = "Tensor " + tensor.dtype() + " " + tensor.shape();
        try {
            return head + elements(tensor);
        } catch (IllegalStateException e) {
            return head + (tensor.isOpen() ? " (in a scope of another thread)" : " (its memory is gone)");
        }
    }

    private static String elements(Tensor tensor) {
        var text = new StringBuilder(" {");
        long shown = Math.min(MOST, tensor.numel());
        for (long i = 0; i < shown; i++) {
            double value = Convert.element(tensor, i);
            text.append(i == 0 ? "" : ", ").append(tensor.dtype().isFloatingPoint()
                    ? String.format(Locale.ROOT, "%.4g", value)
                    : Long.toString((long) value));
        }
        return text.append(shown < tensor.numel() ? ", ...}" : "}").toString();
    }
}
