package io.chagres.nn.layer;

import io.chagres.runtime.op.Pad;

/** What stands around the input of a convolution, as PyTorch's {@code padding_mode}. */
public enum PaddingMode {
    /** Zeros. */
    ZEROS(null),
    /** What stands on the other side of the border, which is not repeated. */
    REFLECT(Pad.Mode.REFLECT),
    /** The element at the border. */
    REPLICATE(Pad.Mode.REPLICATE),
    /** What stands at the other end. */
    CIRCULAR(Pad.Mode.CIRCULAR);

    final Pad.Mode pad;

    PaddingMode(Pad.Mode pad) {
        this.pad = pad;
    }
}
