package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One module after the other, as {@code torch.nn.Sequential}; they are named 0, 1, 2 and so on. A {@link Linear} that is
 * followed by {@link ReLU} runs with it in one native call; a convolution, batch norm and relu in a row run as {@link Fused}.
 * {@link #toString} tells which.
 */
public final class Sequential extends Module {
    private final List<UnaryOperator<Tensor>> steps = new ArrayList<>();
    private final List<Fused> fused = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();

    /** The modules in order. They belong to this one, which closes them. */
    public Sequential(Module... steps) {
        var all = List.of(steps);
        for (int i = 0; i < steps.length; i++) {
            module(Integer.toString(i), steps[i]);
        }
        for (int i = 0; i < steps.length;) {
            i += group(all, i);
        }
    }

    /** Plans what begins with a module; returns how many there are. */
    private int group(List<Module> all, int i) {
        var convolution = all.get(i) instanceof ConvolutionLayer layer && !layer.isTransposed() ? layer : null;
        int next = convolution == null ? i : i + 1;
        var norm = next < all.size() && all.get(next) instanceof BatchNorm layer ? layer : null;
        next += norm == null ? 0 : 1;
        boolean relu = next < all.size() && all.get(next) instanceof ReLU;
        int count = next - i + (relu ? 1 : 0);
        if (count > 1 && (convolution != null || norm != null)) {
            var group = new Fused(convolution, norm, relu);
            fused.add(group);
            return add(group::forward, i, count);
        }
        if (all.get(i) instanceof Linear linear && i + 1 < all.size() && all.get(i + 1) instanceof ReLU) {
            return add(linear::forwardRelu, i, 2);
        }
        return add(all.get(i)::forward, i, 1);
    }

    private int add(UnaryOperator<Tensor> step, int from, int count) {
        steps.add(step);
        if (count > 1) {
            groups.add(from + "-" + (from + count - 1));
        }
        return count;
    }

    @Override
    public Tensor forward(Tensor x) {
        var y = x;
        for (int i = 0; i < steps.size(); i++) {
            y = steps.get(i).apply(y);
        }
        return y;
    }

    @Override
    public void close() {
        super.close();
        fused.forEach(Fused::close);
    }

    @Override
    protected String describe() {
        return groups.isEmpty() ? "" : "fused: " + String.join(", ", groups);
    }
}
