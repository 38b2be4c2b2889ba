package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Pad;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** What all layers share that put something around the last dimensions of their input: [N, C, spatial...], or without N. */
abstract class PaddingLayer extends Module {
    private final int spatial;
    private final long[] pads;
    private final Pad.Mode mode;
    private final double value;

    /** With copies of elements around, or with a value if the mode is null. */
    PaddingLayer(int spatial, Pad.Mode mode, double value, long... pads) {
        if (pads.length != 1 && pads.length != 2 * spatial) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": padding " + Arrays.toString(pads)
                    + "; one number, or two for each of " + spatial + " dimensions from the last on, are needed");
        }
        this.spatial = spatial;
        this.pads = pads.length == 1 ? new long[2 * spatial] : pads.clone();
        if (pads.length == 1) {
            Arrays.fill(this.pads, pads[0]);
        }
        this.mode = mode;
        this.value = value;
    }

    @Override
    public final Tensor forward(Tensor x) {
        if (x.rank() != spatial + 1 && x.rank() != spatial + 2) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": input " + x.shape() + " has " + x.rank()
                    + " dimensions, " + (spatial + 2) + " or " + (spatial + 1) + " are needed");
        }
        return mode == null ? Pad.pad(x, pads, value) : Pad.pad(x, pads, mode);
    }

    @Override
    protected final String describe() {
        return Arrays.toString(pads) + (mode == null && value != 0 ? ", value=" + value : "");
    }
}
