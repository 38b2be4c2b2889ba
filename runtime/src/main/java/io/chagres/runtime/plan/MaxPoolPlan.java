package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPooling;
import java.util.Arrays;

/**
 * Maxima of the windows of float32 images [N, C, H, W] by oneDNN, and their gradient; for finite numbers only: NaN and -∞ are
 * passed over. All operands are dense. What is wrong with operands is refused as by {@link NormalizationPlan}.
 */
public final class MaxPoolPlan {

    private static final String OP = "maxPool2d";
    /** Indices in the workspace take four bytes at most. */
    private static final int INDEX_BYTES = Integer.BYTES;
    private static final int MOST = 1 << 30;

    private final long[] input;
    private final long[] output;
    private final DnnPooling.Windows windows;
    private final long inputBytes;
    private final long outputBytes;

    /**
     * A pooling of images of these sizes. Each window must hold an element of the input, and end no more than its length
     * behind it.
     *
     * @param input [N, C, H, W]
     * @param output [N, C, height, width]
     * @param kernel sizes of a window
     * @param stride how far apart windows begin
     * @param dilation how far apart the elements of a window are
     * @param padding how far the first window begins before the input
     * @throws IllegalArgumentException if sizes are not positive or too large, or do not fit each other
     */
    public MaxPoolPlan(long[] input, long[] output, long[] kernel, long[] stride, long[] dilation, long[] padding) {
        this.inputBytes = Place.floats(OP, input);
        this.outputBytes = Place.floats(OP, output);
        if (input.length != 4 || output.length != 4 || input[0] != output[0] || input[1] != output[1]) {
            throw new IllegalArgumentException(
                    OP + ": input " + Arrays.toString(input) + ", result " + Arrays.toString(output));
        }
        this.input = input.clone();
        this.output = output.clone();
        var behind = new long[2];
        for (int d = 0; d < 2; d++) {
            if (Math.max(input[2 + d], Math.max(kernel[d], Math.max(stride[d], dilation[d]))) > MOST
                    || padding[d] > MOST || output[2 + d] > 4L * MOST
                    || Math.min(kernel[d], Math.min(stride[d], dilation[d])) < 1 || padding[d] < 0) {
                throw new IllegalArgumentException(OP + ": sizes are positive and at most " + MOST);
            }
            long extent = (kernel[d] - 1) * dilation[d] + 1;
            long last = (output[2 + d] - 1) * stride[d] - padding[d];
            behind[d] = Math.max(padding[d], last + extent - input[2 + d]);
            if (2 * padding[d] > extent || last >= input[2 + d] || kernel[0] * kernel[1] > MOST
                    || (input[2 + d] + padding[d] + behind[d] - extent) / stride[d] + 1 != output[2 + d]) {
                throw new IllegalArgumentException(OP + ": input " + Arrays.toString(input) + ", kernel "
                        + Arrays.toString(kernel) + ", result " + Arrays.toString(output) + " do not fit");
            }
        }
        this.windows = new DnnPooling.Windows(kernel.clone(), stride.clone(), dilation.clone(), padding.clone(),
                behind);
    }

    /** The most bytes that the workspace of a training step takes. */
    public long workspaceBytes() {
        return outputBytes / Float.BYTES * INDEX_BYTES;
    }

    /** Computes the maxima. The workspace, null if no gradient will be wanted, is written for {@link #backward}. */
    public void forward(Place x, Place y, Place workspace) {
        long xAddress = x.address(OP, "the input", inputBytes);
        long yAddress = y.target(OP, "the result", outputBytes);
        if (workspace == null) {
            DensePlan.run(key(PlanKey.Kind.MAX_POOL), () -> make(PlanKey.Kind.MAX_POOL), xAddress, yAddress);
        } else {
            DensePlan.run(key(PlanKey.Kind.MAX_POOL_TRAINING), () -> make(PlanKey.Kind.MAX_POOL_TRAINING), xAddress,
                    yAddress,
                    workspace.target(OP, "the workspace", workspaceBytes()));
        }
    }

    /** Computes the gradient of the input: that of each maximum, at its place, and zeros elsewhere. */
    public void backward(Place dy, Place workspace, Place dx) {
        long dxAddress = dx.target(OP, "the input's gradient", inputBytes);
        long dyAddress = dy.address(OP, "the gradient", outputBytes);
        DensePlan.run(key(PlanKey.Kind.MAX_POOL_BACKWARD), () -> make(PlanKey.Kind.MAX_POOL_BACKWARD), dxAddress,
                dyAddress,
                workspace.address(OP, "the workspace", workspaceBytes()));
    }

    private PlanKey key(PlanKey.Kind kind) {
        var key = PlanKey.start(kind).add(input[0]).add(input[1]);
        for (int d = 0; d < 2; d++) {
            key.add(input[2 + d]).add(output[2 + d]).add(windows.kernel()[d]).add(windows.stride()[d])
                    .add(windows.dilation()[d]).add(windows.before()[d]);
        }
        return key;
    }

    private DensePlan make(PlanKey.Kind kind) {
        DnnDesc src = null;
        DnnDesc dst = null;
        DnnPooling pooling = null;
        try (var attributes = DnnAttributes.plain()) {
            src = DnnDesc.dense(input);
            dst = DnnDesc.dense(output);
            pooling = kind == PlanKey.Kind.MAX_POOL_BACKWARD
                    ? DnnPooling.maxBackward(src, dst, windows, attributes)
                    : DnnPooling.maxForward(src, dst, windows, kind == PlanKey.Kind.MAX_POOL_TRAINING, attributes);
            var workspace = pooling.workspace();
            if (workspace == null) {
                return new DensePlan(pooling.primitive(), new int[]{DnnArguments.SRC, DnnArguments.DST},
                        new DnnDesc[]{src, dst}, src, dst);
            }
            // Forward and backward may be prepared for different numbers of threads; they must agree on this memory.
            if (!workspace.isDenseIndices(output)) {
                throw new IllegalStateException(OP + ": oneDNN's workspace is not laid out as the result");
            }
            boolean back = kind == PlanKey.Kind.MAX_POOL_BACKWARD;
            return new DensePlan(pooling.primitive(),
                    new int[]{back ? DnnArguments.DIFF_SRC : DnnArguments.SRC,
                            back ? DnnArguments.DIFF_DST : DnnArguments.DST, DnnArguments.WORKSPACE},
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
