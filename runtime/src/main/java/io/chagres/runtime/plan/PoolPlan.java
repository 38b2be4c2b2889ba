package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPooling;
import io.chagres.runtime.tensor.Layout;
import java.util.Arrays;

/**
 * Maxima or averages of the windows of float32 [N, C, spatial...] by oneDNN, and their gradients. Maxima are those of finite numbers
 * only: NaN and -∞ are passed over. All operands are dense, row-major or with the channels innermost. What is wrong with operands is
 * refused as by {@link NormalizationPlan}.
 */
public final class PoolPlan {

    private static final int MOST = 1 << 30;
    private static final int DIMENSIONS = 3;
    /** oneDNN counts the elements of smaller windows in bytes. */
    private static final int LARGE = 256;

    private final DnnPooling.Kind kind;
    private final boolean last;
    private final long[] input;
    private final long[] output;
    private final DnnPooling.Windows windows;
    private final String name;
    private final long inputBytes;
    private final long outputBytes;

    /**
     * A pooling of these sizes. Each window must hold an element of the input.
     *
     * @param last whether channels are innermost
     * @param input [N, C, one to three sizes]
     * @param output of as many dimensions
     * @param kernel sizes of a window
     * @param stride how far apart windows begin
     * @param dilation how far apart the elements of a window are; 1 for averages
     * @param padding how far the first window begins before the input
     * @throws IllegalArgumentException if sizes are not positive or too large, or do not fit each other
     */
    public PoolPlan(DnnPooling.Kind kind, boolean last, long[] input, long[] output, long[] kernel, long[] stride,
            long[] dilation, long[] padding) {
        this.kind = kind;
        this.last = last;
        this.name = kind == DnnPooling.Kind.MAX ? "maxPool" : "avgPool";
        this.inputBytes = Place.floats(name, input);
        this.outputBytes = Place.floats(name, output);
        int spatial = input.length - 2;
        if (spatial < 1 || spatial > DIMENSIONS || output.length != input.length || input[0] != output[0]
                || input[1] != output[1]) {
            throw new IllegalArgumentException(
                    name + ": input " + Arrays.toString(input) + ", result " + Arrays.toString(output));
        }
        this.input = input.clone();
        this.output = output.clone();
        this.windows = new DnnPooling.Windows(kernel.clone(), stride.clone(), dilation.clone(), padding.clone(),
                new long[spatial]);
        for (int d = 0; d < spatial; d++) {
            if (Math.max(input[2 + d], Math.max(kernel[d], Math.max(stride[d], dilation[d]))) > MOST
                    || padding[d] > MOST || output[2 + d] > 4L * MOST
                    || Math.min(kernel[d], Math.min(stride[d], dilation[d])) < 1 || padding[d] < 0
                    || kind != DnnPooling.Kind.MAX && dilation[d] > 1) {
                throw new IllegalArgumentException(name + ": sizes are positive and at most " + MOST);
            }
            long extent = (kernel[d] - 1) * dilation[d] + 1;
            long start = (output[2 + d] - 1) * stride[d] - padding[d];
            long behind = Math.max(padding[d], start + extent - input[2 + d]);
            windows.behind()[d] = behind;
            if (2 * padding[d] > extent || start >= input[2 + d] || elements(kernel) > MOST
                    || (input[2 + d] + padding[d] + behind - extent) / stride[d] + 1 != output[2 + d]) {
                throw new IllegalArgumentException(name + ": input " + Arrays.toString(input) + ", kernel "
                        + Arrays.toString(kernel) + ", result " + Arrays.toString(output) + " do not fit");
            }
        }
    }

    private static double elements(long[] kernel) {
        double elements = 1;
        for (long size : kernel) {
            elements *= size;
        }
        return elements;
    }

    /** Whether the workspace of maxima has a byte for each window, and not an int32; unsigned, in the order of the result. */
    public static boolean hasBytes(long[] kernel) {
        return elements(kernel) < LARGE;
    }

    private long workspaceBytes() {
        return outputBytes / Float.BYTES * (hasBytes(windows.kernel()) ? 1 : Integer.BYTES);
    }

    /** Computes maxima or averages. The workspace, null if no gradient will be wanted or needs it, is written for {@link #backward}. */
    public void forward(Place x, Place y, Place workspace) {
        long xAddress = x.address(name, "the input", inputBytes);
        long yAddress = y.target(name, "the result", outputBytes);
        if (workspace == null) {
            DensePlan.run(key(PlanKey.Kind.POOL), () -> make(PlanKey.Kind.POOL), xAddress, yAddress);
        } else {
            DensePlan.run(key(PlanKey.Kind.POOL_TRAINING), () -> make(PlanKey.Kind.POOL_TRAINING), xAddress, yAddress,
                    workspace.target(name, "the workspace", workspaceBytes()));
        }
    }

    /**
     * Computes the gradient of the input: that of each maximum at its place, or that of each average spread over its window.
     *
     * @param workspace null for averages
     */
    public void backward(Place dy, Place workspace, Place dx) {
        long dxAddress = dx.target(name, "the input's gradient", inputBytes);
        long dyAddress = dy.address(name, "the gradient", outputBytes);
        if (kind == DnnPooling.Kind.MAX) {
            DensePlan.run(key(PlanKey.Kind.POOL_BACKWARD), () -> make(PlanKey.Kind.POOL_BACKWARD), dxAddress,
                    dyAddress, workspace.address(name, "the workspace", workspaceBytes()));
        } else {
            DensePlan.run(key(PlanKey.Kind.POOL_BACKWARD), () -> make(PlanKey.Kind.POOL_BACKWARD), dxAddress,
                    dyAddress);
        }
    }

    private PlanKey key(PlanKey.Kind step) {
        var key = PlanKey.start(step).add(2L * kind.ordinal() + (last ? 1 : 0)).add(input.length).add(input[0])
                .add(input[1]);
        for (int d = 0; d < input.length - 2; d++) {
            key.add(input[2 + d]).add(output[2 + d]).add(windows.kernel()[d]).add(windows.stride()[d])
                    .add(windows.dilation()[d]).add(windows.before()[d]);
        }
        return key;
    }

    private long[] strides(long[] dims) {
        return (last ? Layout.channelsLast(dims) : Layout.contiguous(dims)).toArray();
    }

    private DensePlan make(PlanKey.Kind step) {
        DnnDesc src = null;
        DnnDesc dst = null;
        DnnPooling pooling = null;
        boolean back = step == PlanKey.Kind.POOL_BACKWARD;
        try (var attributes = DnnAttributes.plain()) {
            src = DnnDesc.float32(input, strides(input));
            dst = DnnDesc.float32(output, strides(output));
            pooling = back
                    ? DnnPooling.backward(kind, src, dst, windows, attributes)
                    : DnnPooling.forward(kind, src, dst, windows, step == PlanKey.Kind.POOL_TRAINING, attributes);
            int in = back ? DnnArguments.DIFF_SRC : DnnArguments.SRC;
            int out = back ? DnnArguments.DIFF_DST : DnnArguments.DST;
            var workspace = pooling.workspace();
            if (workspace == null) {
                return new DensePlan(pooling.primitive(), new int[]{in, out}, new DnnDesc[]{src, dst}, src, dst);
            }
            // Forward and backward may be prepared for different numbers of threads; they must agree on this memory.
            if (!workspace.isIndices(hasBytes(windows.kernel()), output, strides(output))) {
                throw new IllegalStateException(name + ": oneDNN's workspace is not laid out as the result");
            }
            return new DensePlan(pooling.primitive(), new int[]{in, out, DnnArguments.WORKSPACE},
                    new DnnDesc[]{src, dst, workspace}, src, dst, workspace);
        } catch (RuntimeException e) {
            if (pooling != null) {
                pooling.close();
            }
            DensePlan.close(src, dst);
            throw e;
        }
    }
}
