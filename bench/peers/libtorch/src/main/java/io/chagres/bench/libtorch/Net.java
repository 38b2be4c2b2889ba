package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.Tensor;

/** A network with one input and one output. */
interface Net {
    /** Logits [..., classes]. */
    Tensor forward(Tensor x);
}
