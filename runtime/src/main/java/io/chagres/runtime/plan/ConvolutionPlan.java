package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnConvolution;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnException;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.memory.Workspace;
import io.chagres.runtime.team.Team;
import java.util.Arrays;

/**
 * A convolution in float32 by oneDNN, and its gradients. Data x [N, in, ...] and result y [N, out, ...] are dense with the
 * channels innermost, for which there are fast kernels without reorders; the weight [out, in / groups, ...] and the bias [out]
 * are row-major, and the weight is brought into the kernel's own layout on the way.
 */
public final class ConvolutionPlan extends Plan {
    private static final String OP = "convolution";
    private static final int MAX_SPATIAL = 3;

    /** What is computed from the other operands. */
    public enum Part {
        /** The result, from data, weight and bias. */
        RESULT,
        /** The data's gradient, from weight and the result's gradient; there is no bias. */
        DATA,
        /** The gradients of weight and bias, from data and the result's gradient. */
        WEIGHT
    }

    /**
     * All sizes. The arrays have one number for each of one to three spatial dimensions: the sizes of data, result and kernel,
     * how far apart windows begin and their elements are, and how far the first window begins before the data.
     */
    public record Sizes(long batch, long in, long out, long groups, long[] from, long[] to, long[] kernel,
            long[] stride,
            long[] dilation, long[] before) {
        /** The sizes of the data, [batch, in, ...]. */
        public long[] data() {
            return with(batch, in, from);
        }

        /** The sizes of the result, [batch, out, ...]. */
        public long[] result() {
            return with(batch, out, to);
        }

        /** The sizes of the weight, [out, in / groups, ...]. */
        public long[] weight() {
            return with(out, in / groups, kernel);
        }

        private static long[] with(long first, long second, long[] spatial) {
            var dims = new long[2 + spatial.length];
            dims[0] = first;
            dims[1] = second;
            System.arraycopy(spatial, 0, dims, 2, spatial.length);
            return dims;
        }

        /** How far the last window ends behind the data; negative if it ends before that does. */
        private long behind(int d) {
            return (to[d] - 1) * stride[d] + (kernel[d] - 1) * dilation[d] + 1 - from[d] - before[d];
        }

        /** Whether oneDNN can be told of them: nothing of the data is left that another window would fit in. */
        private boolean isExpressible() {
            for (int d = 0; d < from.length; d++) {
                if (behind(d) <= -stride[d]) {
                    return false;
                }
            }
            return true;
        }

        private void check() {
            int n = from.length;
            boolean fits = n >= 1 && n <= MAX_SPATIAL && to.length == n && kernel.length == n && stride.length == n
                    && dilation.length == n && before.length == n && groups >= 1 && in % groups == 0
                    && out % groups == 0;
            for (int d = 0; d < n && fits; d++) {
                fits = stride[d] >= 1 && dilation[d] >= 1 && before[d] >= 0
                        && Math.max(Math.max(from[d], to[d]), Math.max(kernel[d], before[d])) <= Integer.MAX_VALUE
                        && Math.max(stride[d], dilation[d]) <= Integer.MAX_VALUE;
            }
            if (!fits) {
                throw new IllegalArgumentException(OP + ": sizes do not fit each other: " + this);
            }
        }
    }

    /**
     * What is done to a result before it is stored: it may be multiplied by a number for each channel, to which another is added;
     * a tensor of its form may be added; and relu may follow.
     *
     * @param scale [out], or null for none, as then is the shift
     * @param added as the result; null for none
     */
    public record Tail(Place scale, Place shift, Place added, boolean relu) {
        /** Nothing. */
        public static final Tail NONE = new Tail(null, null, null, false);

        private int number() {
            return (added == null ? 0 : 1) + (relu ? 2 : 0) + (scale == null ? 0 : 4);
        }
    }

    private final DnnDesc x;
    private final DnnDesc inner;
    private final DnnDesc b;
    private final DnnDesc y;
    private final Part part;
    private final boolean adds;
    /** What a number for each channel is; null if there are none. */
    private final DnnDesc channels;
    /** Between the weight's layout and the kernel's; null if they are the same. */
    private final Packing packing;
    /** Tells the kernel's own layout from others; null if it is the weight's. */
    private final byte[] layout;
    /** Whether oneDNN has but plain loops for this, which take a hundred times as long. */
    private final boolean slow;

    private ConvolutionPlan(DnnPrimitive primitive, Part part, DnnDesc x, DnnDesc inner, DnnDesc b, DnnDesc y,
            DnnDesc channels, boolean adds, Packing packing) {
        super(primitive);
        this.channels = channels;
        this.adds = adds;
        this.part = part;
        this.x = x;
        this.inner = inner;
        this.b = b;
        this.y = y;
        this.packing = packing;
        this.layout = packing == null ? null : inner.identity();
        this.slow = primitive.kernel().startsWith("ref");
    }

    /**
     * Computes a part, if there is a good kernel for it; all is checked before anything native is called. The caller sees to it
     * that no segment is closed until this returns.
     *
     * @param bias null for none
     * @param tail what is done to the result; only to that
     * @param kept where the weight may be kept in the kernel's own layout; null for nowhere
     * @return whether it was computed
     * @throws IllegalArgumentException if sizes are not positive or do not fit, or a segment is on the heap or, if written, read
     *         only
     * @throws IndexOutOfBoundsException if an operand reaches outside its segment
     * @throws IllegalStateException if a segment was closed, or belongs to another thread
     */
    public static boolean run(Part part, Sizes sizes, Place data, Place weight, Place bias, Place result,
            Tail tail, KeptWeights.Source kept) {
        sizes.check();
        long xBytes = Place.floats(OP, sizes.data());
        long yBytes = Place.floats(OP, sizes.result());
        long wBytes = Place.floats(OP, sizes.weight());
        long xAddress = part == Part.DATA
                ? data.target(OP, "the data's gradient", xBytes)
                : data.address(OP, "the data", xBytes);
        long yAddress = part == Part.RESULT
                ? result.target(OP, "the result", yBytes)
                : result.address(OP, "the result's gradient", yBytes);
        long wAddress = part == Part.WEIGHT
                ? weight.target(OP, "the weight's gradient", wBytes)
                : weight.address(OP, "the weight", wBytes);
        long bAddress = 0;
        if (bias != null) {
            long bBytes = Place.floats(OP, sizes.out());
            bAddress = part == Part.WEIGHT
                    ? bias.target(OP, "the bias' gradient", bBytes)
                    : bias.address(OP, "the bias", bBytes);
        }
        long addedAddress = tail.added == null ? 0 : tail.added.address(OP, "the shortcut", yBytes);
        long cBytes = Place.floats(OP, sizes.out());
        long scaleAddress = tail.scale == null ? 0 : tail.scale.address(OP, "the scale", cBytes);
        long shiftAddress = tail.scale == null ? 0 : tail.shift.address(OP, "the shift", cBytes);
        if (part != Part.RESULT && tail.number() != 0) {
            throw new IllegalArgumentException(OP + ": only a result is added to");
        }
        if (!sizes.isExpressible()) {
            return false;
        }
        int width = Team.enter();
        try {
            Block block = null;
            ConvolutionPlan plan = null;
            while (block == null) {
                var key = key(part, sizes, bias != null).add(tail.number()).add(width);
                plan = (ConvolutionPlan) Plans.find(key);
                if (plan == null) {
                    var fresh = make(part, sizes, bias != null, tail);
                    if (fresh == null) {
                        return false;
                    }
                    plan = (ConvolutionPlan) Plans.insert(key, fresh);
                }
                if (plan.slow) {
                    return false;
                }
                block = plan.begin();
            }
            try {
                block.arguments.set(0, xAddress);
                block.arguments.set(2, yAddress);
                if (bias != null) {
                    block.arguments.set(3, bAddress);
                }
                int next = bias == null ? 3 : 4;
                if (tail.scale != null) {
                    block.arguments.set(next++, scaleAddress);
                    block.arguments.set(next++, shiftAddress);
                }
                if (tail.added != null) {
                    block.arguments.set(next, addedAddress);
                }
                plan.run(block, wAddress, weight.offset(), kept);
            } finally {
                plan.end(block);
            }
            return true;
        } finally {
            Team.exit();
        }
    }

    private void run(Block block, long wAddress, long wOffset, KeptWeights.Source kept) {
        if (packing == null) {
            block.arguments.set(1, wAddress);
            run(block);
        } else if (kept != null && part != Part.WEIGHT) {
            var copy = kept.kept().take(wOffset, kept.version(), layout, inner.bytes(),
                    address -> packing.run(wAddress, address));
            try {
                block.arguments.set(1, copy.address());
                run(block);
            } finally {
                copy.release();
            }
        } else {
            packed(block, wAddress);
        }
    }

    private void packed(Block block, long wAddress) {
        var workspace = Workspace.take(inner.bytes());
        try {
            block.arguments.set(1, workspace.address());
            if (part == Part.WEIGHT) {
                run(block);
                packing.run(workspace.address(), wAddress);
            } else {
                packing.run(wAddress, workspace.address());
                run(block);
            }
        } finally {
            workspace.giveBack();
        }
    }

    private static PlanKey key(Part part, Sizes sizes, boolean biased) {
        var kind = switch (part) {
            case RESULT -> PlanKey.Kind.CONVOLUTION;
            case DATA -> PlanKey.Kind.CONVOLUTION_INPUT;
            case WEIGHT -> PlanKey.Kind.CONVOLUTION_WEIGHT;
        };
        var key = PlanKey.start(kind).add(biased).add(sizes.batch()).add(sizes.in()).add(sizes.out())
                .add(sizes.groups()).add(sizes.from().length);
        for (int d = 0; d < sizes.from().length; d++) {
            key.add(sizes.from()[d]).add(sizes.to()[d]).add(sizes.kernel()[d]).add(sizes.stride()[d])
                    .add(sizes.dilation()[d]).add(sizes.before()[d]);
        }
        return key;
    }

    /** Null if oneDNN does not take these sizes at all. */
    private static ConvolutionPlan make(Part part, Sizes sizes, boolean biased, Tail tail) {
        DnnDesc x = null;
        DnnDesc y = null;
        DnnDesc b = null;
        DnnDesc inner = null;
        DnnDesc channels = null;
        DnnPrimitive primitive = null;
        var weight = weightDims(sizes);
        try (var any = DnnDesc.any(weight); var plain = DnnDesc.dense(weight)) {
            x = channelsLast(sizes.data());
            y = channelsLast(sizes.result());
            b = biased ? DnnDesc.dense(sizes.out()) : null;
            channels = tail.scale == null ? null : DnnDesc.dense(channelDims(sizes));
            try (var attributes = DnnAttributes.convolution(channels, tail.added == null ? null : y, tail.relu)) {
                primitive = primitive(part, new DnnConvolution.Operands(x, any, b, y), windows(sizes), attributes);
            }
            if (primitive == null) {
                DensePlan.close(x, y, b, channels);
                return null;
            }
            inner = part == Part.WEIGHT ? primitive.weightsGradient() : primitive.weights();
            return new ConvolutionPlan(primitive, part, x, inner, b, y, channels, tail.added != null,
                    inner.isSameAs(plain) ? null : packing(part, weight, primitive));
        } catch (RuntimeException e) {
            DensePlan.close(x, y, b, inner, channels);
            if (primitive != null) {
                primitive.close();
            }
            throw e;
        }
    }

    private static DnnPrimitive primitive(Part part, DnnConvolution.Operands operands, DnnConvolution.Windows windows,
            DnnAttributes attributes) {
        try {
            return switch (part) {
                case RESULT -> DnnConvolution.forward(operands, windows, attributes);
                case DATA -> DnnConvolution.backwardData(operands, windows, attributes);
                case WEIGHT -> DnnConvolution.backwardWeights(operands, windows, attributes);
            };
        } catch (DnnException e) {
            return null;
        }
    }

    private static Packing packing(Part part, long[] weight, DnnPrimitive primitive) {
        return part == Part.WEIGHT
                ? Packing.make(primitive.weightsGradient(), DnnDesc.dense(weight))
                : Packing.make(DnnDesc.dense(weight), primitive.weights());
    }

    private static long[] channelDims(Sizes sizes) {
        var dims = new long[2 + sizes.from().length];
        Arrays.fill(dims, 1);
        dims[1] = sizes.out();
        return dims;
    }

    private static long[] weightDims(Sizes sizes) {
        var dims = sizes.weight();
        if (sizes.groups() == 1) {
            return dims;
        }
        var grouped = new long[dims.length + 1];
        System.arraycopy(dims, 0, grouped, 1, dims.length);
        grouped[0] = sizes.groups();
        grouped[1] = sizes.out() / sizes.groups();
        return grouped;
    }

    private static DnnDesc channelsLast(long[] dims) {
        var strides = new long[dims.length];
        strides[1] = 1;
        long stride = dims[1];
        for (int d = dims.length - 1; d >= 2; d--) {
            strides[d] = stride;
            stride *= dims[d];
        }
        strides[0] = stride;
        return DnnDesc.float32(dims, strides);
    }

    private static DnnConvolution.Windows windows(Sizes sizes) {
        var behind = new long[sizes.from().length];
        for (int d = 0; d < behind.length; d++) {
            behind[d] = Math.max(0, sizes.behind(d));
        }
        return new DnnConvolution.Windows(sizes.stride(), sizes.dilation(), sizes.before(), behind);
    }

    @Override
    int argumentCount() {
        return (b == null ? 3 : 4) + (channels == null ? 0 : 2) + (adds ? 1 : 0);
    }

    @Override
    void describe(DnnArguments arguments) {
        boolean weights = part == Part.WEIGHT;
        arguments.add(part == Part.DATA ? DnnArguments.DIFF_SRC : DnnArguments.SRC, x);
        arguments.add(weights ? DnnArguments.DIFF_WEIGHTS : DnnArguments.WEIGHTS, inner);
        arguments.add(part == Part.RESULT ? DnnArguments.DST : DnnArguments.DIFF_DST, y);
        if (b != null) {
            arguments.add(weights ? DnnArguments.DIFF_BIAS : DnnArguments.BIAS, b);
        }
        int fused = 0;
        if (channels != null) {
            arguments.add(DnnArguments.fused(fused++), channels);
            arguments.add(DnnArguments.fused(fused++), channels);
        }
        if (adds) {
            arguments.add(DnnArguments.fused(fused), y);
        }
    }

    @Override
    void closeDescriptions() {
        DensePlan.close(x, inner, b, y, channels);
        if (packing != null) {
            packing.retire();
        }
    }
}
