package io.chagres.runtime.kernel;

import java.lang.foreign.MemorySegment;

/** The optimizers' update rules in plain Java, tile by tile. */
final class PlainUpdates {
    private PlainUpdates() {
    }

    static void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(p, po + 4 * i, tile.a, count);
            Tile.load(g, go + 4 * i, tile.b, count);
            Tile.load(m, mo + 4 * i, tile.c, count);
            Tile.load(v, vo + 4 * i, tile.d, count);
            decay(step, tile.a, tile.b, count);
            adam(step, tile.a, tile.b, tile.c, tile.d, count);
            Tile.store(tile.a, p, po + 4 * i, count);
            Tile.store(tile.c, m, mo + 4 * i, count);
            Tile.store(tile.d, v, vo + 4 * i, count);
        }
    }

    private static void decay(AdamStep step, float[] p, float[] g, int n) {
        if (step.decay != 0) {
            PlainElementwise.scale(1 - step.decay, p, n);
        }
        if (step.l2 != 0) {
            PlainElementwise.axpy(step.l2, p, g, n);
        }
    }

    private static void adam(AdamStep step, float[] p, float[] g, float[] m, float[] v, int n) {
        float beta1 = step.beta1;
        float beta2 = step.beta2;
        float oneMinusBeta1 = step.oneMinusBeta1;
        float oneMinusBeta2 = step.oneMinusBeta2;
        float rate = step.rate;
        float rootScale = step.rootScale;
        float epsilon = step.epsilon;
        for (int i = 0; i < n; i++) {
            float m1 = beta1 * m[i] + oneMinusBeta1 * g[i];
            float v1 = beta2 * v[i] + oneMinusBeta2 * g[i] * g[i];
            p[i] -= rate * m1 / ((float) Math.sqrt(v1) * rootScale + epsilon);
            m[i] = m1;
            v[i] = v1;
        }
    }

    static void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo,
            long n) {
        Tile tile = Tile.mine();
        for (long i = 0; i < n; i += Tile.SIZE) {
            int count = Tile.length(n - i);
            Tile.load(p, po + 4 * i, tile.a, count);
            Tile.load(g, go + 4 * i, tile.b, count);
            if (step.l2 != 0) {
                PlainElementwise.axpy(step.l2, tile.a, tile.b, count);
            }
            if (b == null) {
                PlainElementwise.axpy(-step.rate, tile.b, tile.a, count);
            } else {
                if (step.first) {
                    System.arraycopy(tile.b, 0, tile.c, 0, count);
                } else {
                    Tile.load(b, bo + 4 * i, tile.c, count);
                    gather(step, tile.b, tile.c, count);
                }
                Tile.store(tile.c, b, bo + 4 * i, count);
                descend(step, tile.a, tile.b, tile.c, count);
            }
            Tile.store(tile.a, p, po + 4 * i, count);
        }
    }

    private static void gather(SgdStep step, float[] g, float[] b, int n) {
        float momentum = step.momentum;
        float share = 1 - step.dampening;
        for (int i = 0; i < n; i++) {
            b[i] = momentum * b[i] + share * g[i];
        }
    }

    private static void descend(SgdStep step, float[] p, float[] g, float[] b, int n) {
        if (step.nesterov) {
            PlainElementwise.axpy(step.momentum, b, g, n);
            PlainElementwise.axpy(-step.rate, g, p, n);
        } else {
            PlainElementwise.axpy(-step.rate, b, p, n);
        }
    }
}
