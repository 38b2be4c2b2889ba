package io.chagres.bench;

import io.chagres.runtime.random.Generator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The eight products of the reference network's step and nothing else: three forward, three for the gradients of the
 * weights, two for those of the hidden layers, in the step's order, shapes and transpositions. Bias and relu are left out.
 * The images change from run to run, as the step's do.
 */
final class BareGemms {
    private static final int ROUNDS = 31;

    private final Arena arena;
    private final Generator generator = new Generator(8);
    private final Product[][] rounds = new Product[ROUNDS][];
    private int next;

    BareGemms(Arena arena, int batch) {
        this.arena = arena;
        var w1 = operand(128, 784);
        var w2 = operand(64, 128);
        var w3 = operand(10, 64);
        var h1 = operand(batch, 128);
        var h2 = operand(batch, 64);
        var y = operand(batch, 10);
        var dy = operand(batch, 10);
        var dh2 = operand(batch, 64);
        var dh1 = operand(batch, 128);
        var dw3 = operand(10, 64);
        var dw2 = operand(64, 128);
        var dw1 = operand(128, 784);
        for (int i = 0; i < ROUNDS; i++) {
            var x = operand(batch, 784);
            rounds[i] = new Product[]{
                    // y [N, out] = x [N, in] · Wᵀ, where W is [out, in]
                    new Product(batch, 784, 128, false, true, x, w1, h1),
                    new Product(batch, 128, 64, false, true, h1, w2, h2),
                    new Product(batch, 64, 10, false, true, h2, w3, y),
                    // dW [out, in] = dyᵀ · x, dx [N, in] = dy · W
                    new Product(10, batch, 64, true, false, dy, h2, dw3),
                    new Product(batch, 10, 64, false, false, dy, w3, dh2),
                    new Product(64, batch, 128, true, false, dh2, h1, dw2),
                    new Product(batch, 64, 128, false, false, dh2, w2, dh1),
                    new Product(128, batch, 784, true, false, dh1, x, dw1)};
        }
    }

    private MemorySegment operand(int rows, int columns) {
        return Floats.random(arena, (long) rows * columns, generator);
    }

    /** Computes all eight. */
    void run() {
        next = (next + 1) % ROUNDS;
        for (var product : rounds[next]) {
            product.oneDnn();
        }
    }

    /**
     * Checks the last {@link #run}.
     *
     * @throws IllegalStateException if a product is wrong
     */
    void verify() {
        for (var product : rounds[next]) {
            product.verify();
        }
    }
}
