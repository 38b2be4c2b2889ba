package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** An LSTM whose last output is classified. */
final class LastOfLstm extends Module implements Net {
    private final LSTMImpl lstm;
    private final LinearImpl fc;

    LastOfLstm() {
        var options = new LSTMOptions(64, 256);
        options.batch_first().put(true);
        lstm = register_module("lstm", new LSTMImpl(options));
        fc = register_module("fc", new LinearImpl(256, 10));
    }

    @Override
    public Tensor forward(Tensor x) {
        return fc.forward(lstm.forward(x).get0().select(1, -1));
    }
}
