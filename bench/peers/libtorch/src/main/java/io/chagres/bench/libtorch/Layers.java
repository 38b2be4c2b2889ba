package io.chagres.bench.libtorch;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;

/** Layers whose options take several lines. */
final class Layers {
    private Layers() {
    }

    static Conv2dImpl conv(long before, long after, long kernel, long stride, long padding, boolean bias) {
        var options = new Conv2dOptions(before, after, pair(kernel));
        options.stride().put(pair(stride));
        options.padding().put(pair(padding));
        options.bias().put(bias);
        return new Conv2dImpl(options);
    }

    private static LongPointer pair(long value) {
        return new LongPointer(value, value);
    }

    static BatchNorm2dImpl norm(long channels) {
        return new BatchNorm2dImpl(new BatchNormOptions(channels));
    }
}
