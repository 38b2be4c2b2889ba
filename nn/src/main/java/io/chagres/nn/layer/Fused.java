package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.Tensor;

/**
 * A convolution, batch norm and relu one behind the other, or two of them, as what computes them in the fewest passes over memory;
 * before relu a shortcut may be added. In training batch norm, shortcut and relu are one operation, and so are a convolution
 * without batch norm and what follows it. In use, where no gradients are recorded, batch norm is folded into the convolution as a
 * factor and a constant for each channel, which are kept until a parameter or a running statistic changes, and all is one native call. The layers
 * and their parameters belong to whoever made them; this has no parameters of its own. {@link Sequential} does the same by itself.
 */
public final class Fused extends Module {
    private final ConvolutionLayer convolution;
    private final BatchNorm norm;
    private final boolean relu;
    private Folded folded;

    /** A convolution, batch norm, and relu if it says so. */
    public Fused(Conv2d convolution, BatchNorm2d norm, boolean relu) {
        this((ConvolutionLayer) convolution, norm, relu);
    }

    /** A convolution and relu. */
    public Fused(Conv2d convolution) {
        this(convolution, null, true);
    }

    /** One of both may be null. */
    Fused(ConvolutionLayer convolution, BatchNorm norm, boolean relu) {
        if (convolution == null && norm == null) {
            throw new NullPointerException("Fused: neither a convolution nor batch norm");
        }
        this.convolution = convolution;
        this.norm = norm;
        this.relu = relu;
    }

    @Override
    public Tensor forward(Tensor x) {
        return forward(x, null);
    }

    /** relu of the normalized convolution and a shortcut of its shape, which may be null; without relu, their sum. */
    public Tensor forward(Tensor x, Tensor shortcut) {
        var y = forward(x, relu ? shortcut : null, isFolding(x));
        return relu || shortcut == null ? y : y.add(shortcut);
    }

    private Tensor forward(Tensor x, Tensor shortcut, boolean folding) {
        if (convolution == null) {
            return norm.normalize(x, relu, shortcut);
        }
        if (norm == null) {
            return relu ? convolution.forwardRelu(x, shortcut) : convolution.forward(x);
        }
        if (folding) {
            var line = folded();
            return convolution.forwardScaled(x, line.scale, line.shift, shortcut, relu);
        }
        return norm.normalize(convolution.forward(x), relu, shortcut);
    }

    private boolean isFolding(Tensor x) {
        return convolution != null && norm != null && !norm.isTraining() && norm.runningMean != null
                && !(Autograd.isRecording() && (x.requiresGrad() || isTrained(convolution.weight)
                        || isTrained(convolution.bias) || isTrained(norm.weight) || isTrained(norm.bias)));
    }

    private static boolean isTrained(Tensor parameter) {
        return parameter != null && parameter.requiresGrad();
    }

    /** What batch norm multiplies channels by and adds to them, [C], and of which versions it was made. */
    private record Folded(Tensor scale, Tensor shift, long versions) {
        void close() {
            scale.close();
            shift.close();
        }
    }

    /** Versions only grow, so that their sum tells whether one has. */
    private long versions() {
        return version(convolution.bias) + version(norm.weight) + version(norm.bias)
                + version(norm.runningMean) + version(norm.runningVar);
    }

    private static long version(Tensor tensor) {
        return tensor == null ? 0 : tensor.storage().version();
    }

    private synchronized Folded folded() {
        long versions = versions();
        if (folded == null || folded.versions != versions) {
            if (folded != null) {
                folded.close();
                folded = null;
            }
            folded = fold(versions);
        }
        return folded;
    }

    private Folded fold(long versions) {
        try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
            var scale = norm.runningVar.add(norm.eps).sqrt().reciprocal();
            if (norm.weight != null) {
                scale = scale.mul(norm.weight);
            }
            var shift = convolution.bias == null ? norm.runningMean.neg() : convolution.bias.sub(norm.runningMean);
            shift = shift.mul(scale);
            if (norm.bias != null) {
                shift = shift.add(norm.bias);
            }
            return new Folded(kept(scale, "folded scale"), kept(shift, "folded shift"), versions);
        }
    }

    private static Tensor kept(Tensor tensor, String name) {
        return Tensor.owned(Owner.PARAMETERS, tensor.dtype(), tensor.shape(), name).copyFrom(tensor);
    }

    @Override
    public synchronized void close() {
        super.close();
        if (folded != null) {
            folded.close();
            folded = null;
        }
    }

    @Override
    protected String describe() {
        return (convolution == null ? "" : convolution.getClass().getSimpleName())
                + (convolution == null || norm == null ? "" : " + ")
                + (norm == null ? "" : norm.getClass().getSimpleName()) + (relu ? " + ReLU" : "");
    }
}
