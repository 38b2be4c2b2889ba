package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;

/** What pooling layers share: the sizes of their windows, and that errors name the layer. */
abstract class PoolingLayer extends Module {
    static final long[] ONE = {1};

    final long[] sizes(int spatial, String role, long[] given, long least) {
        if (given.length != 1 && given.length != spatial || Arrays.stream(given).anyMatch(size -> size < least)) {
            throw new IllegalArgumentException(getClass().getSimpleName() + ": " + role + " " + Arrays.toString(given)
                    + "; one number" + (spatial > 1 ? " or " + spatial + " are" : " is") + " needed, at least "
                    + least);
        }
        return given.clone();
    }

    @Override
    public final Tensor forward(Tensor x) {
        try {
            return pool(x);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    abstract Tensor pool(Tensor x);

    /** A number, or as many as there are. */
    static String text(long[] sizes) {
        return Arrays.stream(sizes).distinct().count() == 1 ? Long.toString(sizes[0]) : Arrays.toString(sizes);
    }
}
