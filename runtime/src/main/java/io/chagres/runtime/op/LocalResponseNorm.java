package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Normalization by neighbouring channels (Krizhevsky et al., 2012), as {@code torch.nn.functional.local_response_norm}. */
public final class LocalResponseNorm {
    private static final String NAME = "localResponseNorm";
    /** Shorter runs are done by plain loops. */
    private static final long SHORTEST = 8;

    private LocalResponseNorm() {
    }

    /**
     * y = x / (k + alpha · mean)^beta, where the mean is that of the squares of {@code size} channels around the element, from
     * ⌊size / 2⌋ before to ⌊(size - 1) / 2⌋ behind it; channels that are not there count as zeros. Where the input has its channels
     * innermost in memory, the result and gradients have too.
     *
     * @param x [N, C, L] or with further dimensions; float32 or float64
     * @param size at least 1
     * @param alpha 1e-4 in PyTorch
     * @param beta 0.75 in PyTorch
     * @param k 1 in PyTorch
     * @return y, of the input's shape
     * @throws IllegalArgumentException if the input has fewer than three dimensions or another type, or the size is less than 1
     */
    public static Tensor localResponseNorm(Tensor x, long size, double alpha, double beta, double k) {
        if (Check.real(NAME, "the input", x).rank() < 3) {
            throw new IllegalArgumentException(
                    NAME + ": input " + x.shape() + "; [N, C, L] or more dimensions are needed");
        }
        if (size < 1) {
            throw new IllegalArgumentException(
                    NAME + ": size " + size + " for an input " + x.shape() + "; at least 1 is needed");
        }
        var sums = sums(x.square(), size / 2, (size - 1) / 2);
        var base = sums.mul(alpha / size).add(k);
        // above 0 logarithms are faster than powers
        var scale = k > 0 && alpha >= 0 ? base.log().mul(-beta).exp() : base.pow(-beta);
        return x.mul(scale);
    }

    /** The sum of each channel and of so many before and behind it. */
    private static Tensor sums(Tensor x, long before, long behind) {
        var input = Convert.denseImages(x);
        var y = Convert.emptyAs(input, x.dtype(), NAME);
        Storage.acquire(NAME, input.storage(), y.storage(), null, null);
        try {
            if (x.numel() > 0) {
                new Sums(input, y, before, behind).run();
            }
        } finally {
            Storage.release(input.storage(), y.storage(), null, null);
        }
        return Autograd.record(
                Op.composed(NAME, Op.NOTHING, flow -> flow.give(0, sums(flow.gradOutput(), behind, before))), y, input);
    }

    private static final class Sums {
        private final Tensor x;
        private final Tensor y;
        private final long channels;
        private final long inner;
        private final boolean last;
        private final long before;
        private final long behind;

        Sums(Tensor x, Tensor y, long before, long behind) {
            this.x = x;
            this.y = y;
            this.channels = x.size(1);
            this.inner = x.numel() / x.size(0) / channels;
            this.last = !x.isContiguous();
            this.before = Math.min(before, channels - 1);
            this.behind = Math.min(behind, channels - 1);
        }

        void run() {
            long work = 1 + before + behind;
            if (x.dtype() != DType.FLOAT32 || (last ? channels : inner) < SHORTEST) {
                Cutoffs.inWholes(x.size(0) * channels, inner * work, this::loops);
            } else if (last) {
                Cutoffs.inWholes(x.size(0) * inner, channels * work, this::pixels);
            } else {
                Cutoffs.inWholes(x.size(0) * channels, inner * work, this::planes);
            }
        }

        /** Each the sum of neighbouring planes. */
        private void planes(long from, long count) {
            for (long plane = from; plane < from + count; plane++) {
                long channel = plane % channels;
                copy(plane * inner, inner);
                for (long c = Math.max(0, channel - before); c <= Math.min(channels - 1, channel + behind); c++) {
                    if (c != channel) {
                        add((plane - channel + c) * inner, plane * inner, inner);
                    }
                }
            }
        }

        /** Each the sum of itself, moved. */
        private void pixels(long from, long count) {
            for (long pixel = from; pixel < from + count; pixel++) {
                long at = pixel * channels;
                copy(at, channels);
                for (long d = 1; d <= before; d++) {
                    add(at, at + d, channels - d);
                }
                for (long d = 1; d <= behind; d++) {
                    add(at + d, at, channels - d);
                }
            }
        }

        private void copy(long at, long count) {
            MemorySegment.copy(x.storage().base(), x.position() + Float.BYTES * at, y.storage().base(),
                    y.position() + Float.BYTES * at, Float.BYTES * count);
        }

        private void add(long from, long to, long count) {
            Kernels.best().axpy(1, x.storage().base(), x.position() + Float.BYTES * from, y.storage().base(),
                    y.position() + Float.BYTES * to, count);
        }

        private void loops(long from, long count) {
            for (long plane = from; plane < from + count; plane++) {
                long channel = plane % channels;
                for (long i = 0; i < inner; i++) {
                    double sum = 0;
                    for (long c = Math.max(0, channel - before); c <= Math.min(channels - 1, channel + behind); c++) {
                        sum += Normalization.get(x, at(plane / channels, c, i));
                    }
                    Normalization.put(y, at(plane / channels, channel, i), sum);
                }
            }
        }

        private long at(long example, long channel, long i) {
            return last
                    ? (example * inner + i) * channels + channel
                    : (example * channels + channel) * inner + i;
        }
    }
}
