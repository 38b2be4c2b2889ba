package io.chagres.bench;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.op.Convert;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/**
 * Random images and labels that a network cannot learn by heart: they are cycled through out of step, so that a batch of
 * images comes with ever different labels. On one fixed batch the loss would go to 0 and Adam's state into denormal
 * numbers, which are slow in a way that no real training shows.
 */
final class Batches implements AutoCloseable {
    private static final int IMAGES = 31;
    private static final int LABELS = 29;

    private final Tensor[] images = new Tensor[IMAGES];
    private final Tensor[] labels = new Tensor[LABELS];
    private int next;

    Batches(int size) {
        var generator = new Generator(size);
        for (int i = 0; i < IMAGES; i++) {
            images[i] = Tensor.owned(Owner.DATA, DType.FLOAT32, Shape.of(size, 28, 28), "images");
            Convert.fill(images[i], index -> generator.nextFloat());
        }
        for (int i = 0; i < LABELS; i++) {
            labels[i] = Tensor.owned(Owner.DATA, DType.INT64, Shape.of(size), "labels");
            Convert.fill(labels[i], index -> generator.nextLong(10));
        }
    }

    /** Goes on to the next pair. */
    void advance() {
        next = (next + 1) % (IMAGES * LABELS);
    }

    /** [size, 28, 28], uniform in [0, 1). */
    Tensor images() {
        return images[next % IMAGES];
    }

    /** [size], in [0, 10). */
    Tensor labels() {
        return labels[next % LABELS];
    }

    @Override
    public void close() {
        for (var tensor : images) {
            tensor.close();
        }
        for (var tensor : labels) {
            tensor.close();
        }
    }
}
