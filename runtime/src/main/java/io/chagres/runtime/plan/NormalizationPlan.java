package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnNormalization;
import io.chagres.runtime.ffi.DnnPrimitive;
import java.util.Arrays;

/**
 * y = (x - mean) / √(variance + epsilon) · weight + bias in float32 by oneDNN, and its gradients. All operands are dense.
 * Mean and variance lie one after the other in {@code stats}. Everything is checked before anything native is called:
 * {@link IllegalArgumentException} for sizes that are not positive and for segments on the heap or, if written, read only;
 * {@link IndexOutOfBoundsException} for an operand that reaches outside its segment; {@link IllegalStateException} for a
 * segment that was closed or belongs to another thread. The caller sees to it that none is closed until the call returns.
 */
public final class NormalizationPlan {

    private final Over over;
    private final long[] dims;
    private final float epsilon;
    private final String op;
    private final long dataBytes;
    private final long statBytes;
    private final long weightBytes;

    /** What shares a mean and a variance, and where they come from. */
    public enum Over {
        /** A row of [rows, columns]; weight and bias are [columns]. */
        ROWS,
        /** A channel of [N, C, S]; weight and bias are [C]. */
        CHANNELS,
        /** A channel of [N, C, S] whose mean and variance are given. */
        CHANNELS_GIVEN
    }

    /** A normalization of float32 data of these sizes: [rows, columns] or [N, C, S]. */
    public NormalizationPlan(Over over, double epsilon, long... dims) {
        this.over = over;
        this.op = over == Over.ROWS ? "layerNorm" : "batchNorm";
        if (dims.length != (over == Over.ROWS ? 2 : 3)) {
            throw new IllegalArgumentException(op + ": sizes " + Arrays.toString(dims) + " for " + over);
        }
        this.dims = dims.clone();
        this.epsilon = (float) epsilon;
        this.dataBytes = Place.floats(op, dims);
        this.statBytes = Place.floats(op, dims[over == Over.ROWS ? 0 : 1]);
        this.weightBytes = Place.floats(op, dims[1]);
    }

    /** Computes y and, unless they are given, mean and variance. Weight and bias may be null. */
    public void forward(Place x, Place weight, Place bias, Place stats, Place y) {
        var given = over == Over.CHANNELS_GIVEN;
        long statAddress = given
                ? stats.address(op, "the statistics", 2 * statBytes)
                : stats.target(op, "the statistics", 2 * statBytes);
        var addresses = new long[4 + (weight == null ? 0 : 1) + (bias == null ? 0 : 1)];
        addresses[0] = x.address(op, "the input", dataBytes);
        addresses[1] = y.target(op, "the result", dataBytes);
        addresses[2] = statAddress;
        addresses[3] = statAddress + statBytes;
        if (weight != null) {
            addresses[4] = weight.address(op, "the weight", weightBytes);
        }
        if (bias != null) {
            addresses[addresses.length - 1] = bias.address(op, "the bias", weightBytes);
        }
        var form = form(weight != null, bias != null);
        DensePlan.run(key(PlanKey.Kind.NORMALIZATION, form), () -> make(form, true), addresses);
    }

    /**
     * Computes the gradients of x, weight and bias, which are overwritten.
     *
     * @param weight null if there is none, and so {@code dWeight}
     * @param dBias null if there was no bias
     */
    public void backward(Place x, Place dy, Place stats, Place weight, Place dx, Place dWeight, Place dBias) {
        if ((dWeight == null) != (weight == null)) {
            throw new IllegalArgumentException(op + ": a weight and its gradient go together");
        }
        var form = form(weight != null, dBias != null);
        var addresses = new long[5 + (weight == null ? 0 : 2) + (dBias == null ? 0 : 1)];
        addresses[0] = x.address(op, "the input", dataBytes);
        addresses[1] = dy.address(op, "the gradient", dataBytes);
        addresses[2] = stats.address(op, "the statistics", 2 * statBytes);
        addresses[3] = addresses[2] + statBytes;
        addresses[4] = dx.target(op, "the input's gradient", dataBytes);
        int next = 5;
        if (weight != null) {
            addresses[next++] = weight.address(op, "the weight", weightBytes);
            addresses[next++] = dWeight.target(op, "the weight's gradient", weightBytes);
        }
        if (dBias != null) {
            addresses[next++] = dBias.target(op, "the bias' gradient", weightBytes);
        }
        DensePlan.run(key(PlanKey.Kind.NORMALIZATION_BACKWARD, form), () -> make(form, false), addresses);
    }

    private DnnNormalization.Form form(boolean weighted, boolean biased) {
        return new DnnNormalization.Form(epsilon, weighted, biased, over == Over.CHANNELS_GIVEN);
    }

    private PlanKey key(PlanKey.Kind kind, DnnNormalization.Form form) {
        var key = PlanKey.start(kind).add(over.ordinal()).add(Float.floatToIntBits(epsilon)).add(form.scale())
                .add(form.shift());
        for (long dim : dims) {
            key.add(dim);
        }
        return key;
    }

    private DensePlan make(DnnNormalization.Form form, boolean forward) {
        boolean rows = over == Over.ROWS;
        DnnDesc data = null;
        DnnDesc stats = null;
        DnnDesc weight = null;
        try (var attributes = DnnAttributes.plain()) {
            data = rows || dims[2] > 1 ? DnnDesc.dense(dims) : DnnDesc.dense(dims[0], dims[1]);
            stats = DnnDesc.dense(dims[rows ? 0 : 1]);
            weight = DnnDesc.dense(dims[1]);
            DnnPrimitive primitive;
            if (forward) {
                primitive = rows
                        ? DnnNormalization.layerForward(data, stats, form, attributes)
                        : DnnNormalization.batchForward(data, form, attributes);
            } else {
                primitive = rows
                        ? DnnNormalization.layerBackward(data, stats, form, attributes)
                        : DnnNormalization.batchBackward(data, form, attributes);
            }
            return new DensePlan(primitive, positions(form, forward),
                    descriptions(form, forward, data, stats, weight), data, stats, weight);
        } catch (RuntimeException e) {
            DensePlan.close(data, stats, weight);
            throw e;
        }
    }

    /** The arguments in the order of the addresses. */
    private static int[] positions(DnnNormalization.Form form, boolean forward) {
        var positions = new int[8];
        int n = 0;
        positions[n++] = DnnArguments.SRC;
        positions[n++] = forward ? DnnArguments.DST : DnnArguments.DIFF_DST;
        positions[n++] = DnnArguments.MEAN;
        positions[n++] = DnnArguments.VARIANCE;
        if (!forward) {
            positions[n++] = DnnArguments.DIFF_SRC;
        }
        if (form.scale()) {
            positions[n++] = DnnArguments.SCALE;
        }
        if (forward && form.shift()) {
            positions[n++] = DnnArguments.SHIFT;
        }
        if (!forward && form.scale()) {
            positions[n++] = DnnArguments.DIFF_SCALE;
        }
        if (!forward && form.shift()) {
            positions[n++] = DnnArguments.DIFF_SHIFT;
        }
        return Arrays.copyOf(positions, n);
    }

    private static DnnDesc[] descriptions(DnnNormalization.Form form, boolean forward, DnnDesc data,
            DnnDesc stats, DnnDesc weight) {
        var descriptions = new DnnDesc[positions(form, forward).length];
        Arrays.fill(descriptions, weight);
        descriptions[0] = data;
        descriptions[1] = data;
        descriptions[2] = stats;
        descriptions[3] = stats;
        if (!forward) {
            descriptions[4] = data;
        }
        return descriptions;
    }
}
