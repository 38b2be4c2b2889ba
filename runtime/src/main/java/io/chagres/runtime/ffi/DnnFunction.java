package io.chagres.runtime.ffi;

import io.chagres.bindings.onednn.OneDnn;

/** Functions of one element that oneDNN computes, forward and backward from the operand. */
public enum DnnFunction {
    /** x Φ(x) with the normal distribution's Φ. */
    GELU_ERF(OneDnn.dnnl_eltwise_gelu_erf()),
    /** The same with tanh in the place of Φ. */
    GELU_TANH(OneDnn.dnnl_eltwise_gelu_tanh());

    private final int algorithm;

    DnnFunction(int algorithm) {
        this.algorithm = algorithm;
    }

    int algorithm() {
        return algorithm;
    }
}
