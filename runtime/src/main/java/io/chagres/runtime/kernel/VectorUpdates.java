package io.chagres.runtime.kernel;

import static io.chagres.runtime.kernel.Lanes.BYTES;
import static io.chagres.runtime.kernel.Lanes.FLOATS;
import static io.chagres.runtime.kernel.Lanes.ORDER;
import static io.chagres.runtime.kernel.Lanes.offHeap;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The optimizers' update rules with the Vector API: whole vectors here, the rest by {@link PlainUpdates}. */
final class VectorUpdates {
    private VectorUpdates() {
    }

    static void adam(AdamStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment m, long mo,
            MemorySegment v, long vo, long n) {
        p = offHeap(p);
        g = offHeap(g);
        m = offHeap(m);
        v = offHeap(v);
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        float beta1 = step.beta1;
        float beta2 = step.beta2;
        float oneMinusBeta1 = step.oneMinusBeta1;
        float oneMinusBeta2 = step.oneMinusBeta2;
        float rate = step.rate;
        float rootScale = step.rootScale;
        float epsilon = step.epsilon;
        float keep = 1 - step.decay;
        float l2 = step.l2;
        for (long i = 0; i < end; i += BYTES) {
            FloatVector p0 = fromMemorySegment(FLOATS, p, po + i, ORDER).mul(keep);
            FloatVector g0 = fromMemorySegment(FLOATS, g, go + i, ORDER);
            FloatVector g1 = l2 == 0 ? g0 : g0.add(p0.mul(l2));
            FloatVector m1 = fromMemorySegment(FLOATS, m, mo + i, ORDER).mul(beta1).add(g1.mul(oneMinusBeta1));
            FloatVector v1 = fromMemorySegment(FLOATS, v, vo + i, ORDER).mul(beta2).add(g1.mul(oneMinusBeta2).mul(g1));
            p0.sub(m1.mul(rate).div(v1.sqrt().mul(rootScale).add(epsilon))).intoMemorySegment(p, po + i, ORDER);
            m1.intoMemorySegment(m, mo + i, ORDER);
            v1.intoMemorySegment(v, vo + i, ORDER);
        }
        if (whole < n) {
            PlainUpdates.adam(step, p, po + end, g, go + end, m, mo + end, v, vo + end, n - whole);
        }
    }

    static void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, MemorySegment b, long bo,
            long n) {
        long whole = FLOATS.loopBound(n);
        long end = 4 * whole;
        if (b == null) {
            sgd(step, p, po, g, go, end);
        } else {
            sgdWithMomentum(step, p, po, g, go, b, bo, end);
        }
        if (whole < n) {
            PlainUpdates.sgd(step, p, po + end, g, go + end, b, bo + end, n - whole);
        }
    }

    private static void sgd(SgdStep step, MemorySegment p, long po, MemorySegment g, long go, long end) {
        p = offHeap(p);
        g = offHeap(g);
        float rate = step.rate;
        float l2 = step.l2;
        for (long i = 0; i < end; i += BYTES) {
            FloatVector p0 = fromMemorySegment(FLOATS, p, po + i, ORDER);
            FloatVector g0 = fromMemorySegment(FLOATS, g, go + i, ORDER);
            FloatVector g1 = l2 == 0 ? g0 : g0.add(p0.mul(l2));
            p0.sub(g1.mul(rate)).intoMemorySegment(p, po + i, ORDER);
        }
    }

    private static void sgdWithMomentum(SgdStep step, MemorySegment p, long po, MemorySegment g, long go,
            MemorySegment b, long bo, long end) {
        p = offHeap(p);
        g = offHeap(g);
        b = offHeap(b);
        float rate = step.rate;
        float l2 = step.l2;
        float momentum = step.momentum;
        float share = 1 - step.dampening;
        boolean first = step.first;
        boolean nesterov = step.nesterov;
        for (long i = 0; i < end; i += BYTES) {
            FloatVector p0 = fromMemorySegment(FLOATS, p, po + i, ORDER);
            FloatVector g0 = fromMemorySegment(FLOATS, g, go + i, ORDER);
            FloatVector g1 = l2 == 0 ? g0 : g0.add(p0.mul(l2));
            FloatVector b1 = first ? g1 : fromMemorySegment(FLOATS, b, bo + i, ORDER).mul(momentum).add(g1.mul(share));
            FloatVector d = nesterov ? g1.add(b1.mul(momentum)) : b1;
            p0.sub(d.mul(rate)).intoMemorySegment(p, po + i, ORDER);
            b1.intoMemorySegment(b, bo + i, ORDER);
        }
    }
}
