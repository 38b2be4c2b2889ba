package io.chagres.runtime.op;

import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Gradients;
import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Elements or whole channels left out by chance while a network is trained (Srivastava et al., "Dropout: a simple way to prevent neural
 * networks from overfitting", 2014), as in {@code torch.nn.functional}. What was left out is remembered by one bit for each element,
 * which the gradient uses again.
 */
public final class Dropout extends Op {
    private static final int TILE = 1024;
    private static final int BITS = Long.SIZE;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ThreadLocal<int[]> NUMBERS = ThreadLocal.withInitial(() -> new int[TILE]);
    /** What self-normalizing networks have instead of 0: minus scale · alpha of {@link Activations#selu}, to PyTorch's digits. */
    private static final double ALPHA = 1.7580993408473766;

    /** [words], INT64: a bit for each element in the order of memory. */
    private final Tensor mask;
    private final double scale;

    private Dropout(String name, Tensor mask, double scale) {
        super(name);
        this.mask = mask;
        this.scale = scale;
    }

    // ---- Elements

    /** {@link #dropout(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor dropout(Tensor x, double p, boolean training) {
        return dropout(x, p, training, Generator.current());
    }

    /**
     * In training, each element is 0 with probability p and x / (1 - p) otherwise; else the result is the operand itself. For each
     * element in the order of memory, one 32-bit number is drawn, whatever the number of threads. Where the channels lie innermost, they
     * stay there.
     *
     * @param x of a floating point type
     * @param p 0.5 in PyTorch; with 1 all elements are 0, but NaN and infinity are NaN
     * @param training whether anything is left out
     * @param generator what is drawn from; not used otherwise
     * @throws IllegalArgumentException if x has integers, or p is not from 0 to 1
     */
    public static Tensor dropout(Tensor x, double p, boolean training, Generator generator) {
        check("dropout", x, p, generator);
        if (p == 0 || !training) {
            return x;
        }
        return p == 1 ? Arithmetic.mul(x, 0) : drawn("dropout", x, p, generator, 1 / (1 - p), 0, 0);
    }

    /** {@link #alphaDropout(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor alphaDropout(Tensor x, double p, boolean training) {
        return alphaDropout(x, p, training, Generator.current());
    }

    /**
     * {@link #dropout} that keeps mean 0 and variance 1, for layers before and after {@code selu} (Klambauer et al., "Self-normalizing
     * neural networks", 2017): with probability p an element is the least value of selu instead of 0, and then all are scaled and
     * shifted.
     *
     * @param p 0.5 in PyTorch; with 1 all elements are 0
     * @throws IllegalArgumentException if x has integers, or p is not from 0 to 1
     */
    public static Tensor alphaDropout(Tensor x, double p, boolean training, Generator generator) {
        check("alphaDropout", x, p, generator);
        if (p == 0 || !training) {
            return x;
        }
        double scale = alphaScale(p);
        return p == 1
                ? Arithmetic.mul(x, 0)
                : drawn("alphaDropout", x, p, generator, scale, ALPHA * scale * p, ALPHA * scale * (p - 1));
    }

    private static double alphaScale(double p) {
        return 1 / Math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p));
    }

    private static void check(String name, Tensor x, double p, Generator generator) {
        Check.floating(name, "the input", x);
        Check.notNull(name, "the generator", generator);
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(
                    name + ": a probability of " + p + " for an input " + x.shape() + "; 0 to 1 is possible");
        }
    }

    // ---- Masks

    private static Tensor drawn(String name, Tensor x, double p, Generator generator, double scale, double kept,
            double dropped) {
        var in = Convert.denseAs(x, x);
        var mask = Tensor.empty(DType.INT64, Shape.of(Math.ceilDiv(in.numel(), BITS)), name);
        var op = new Dropout(name, mask, scale);
        long start = generator.position();
        // of all numbers of 32 bits, which have signs here, so many are less as p says
        int least = (int) (long) (Math.min(Math.rint(p * 0x1p32), 0x1p32 - 1) - 0x1p31);
        var y = op.pass(in, (out, from, count) -> {
            var numbers = NUMBERS.get();
            var own = generator.at(start + from);
            for (long done = 0; done < count; done += TILE) { // which stay in the first cache
                int some = (int) Math.min(TILE, count - done);
                own.nextInts(numbers, 0, some);
                Kernels.best().atLeast(least, numbers, 0, mask.storage().base(), op.word(from + done), some);
                op.apply(in, kept, dropped, out, from + done, some);
            }
        });
        generator.position(start + in.numel());
        return Autograd.record(op, y, in);
    }

    /** scale · x where the mask has a bit, 0 elsewhere; recorded. */
    private Tensor masked(Tensor x) {
        return Autograd.record(this, pass(x, (out, from, count) -> apply(x, 0, 0, out, from, count)), x);
    }

    private interface Pass {
        void run(Tensor y, long from, long count);
    }

    private Tensor pass(Tensor x, Pass pass) {
        var y = Convert.emptyAs(x, x.dtype(), name());
        Storage.acquire(name(), x.storage(), y.storage(), mask.storage(), null);
        try {
            Cutoffs.inParts(x.numel(), (from, count) -> pass.run(y, from, count));
        } finally {
            Storage.release(x.storage(), y.storage(), mask.storage(), null);
        }
        return y;
    }

    /** Where the word of an element is. */
    private long word(long element) {
        return mask.position() + element / BITS * Long.BYTES;
    }

    private void apply(Tensor x, double kept, double dropped, Tensor y, long from, long count) {
        var dtype = x.dtype();
        long xo = x.position() + from * dtype.bytes();
        long yo = y.position() + from * dtype.bytes();
        var in = x.storage().base();
        var out = y.storage().base();
        if (dtype == DType.FLOAT32) {
            Kernels.best().masked(mask.storage().base(), word(from), (float) scale, (float) kept, (float) dropped, in,
                    xo, out, yo, count);
            return;
        }
        for (long i = 0; i < count; i++) {
            boolean on = (mask.storage().base().get(WORD, word(from + i)) >>> from + i & 1) != 0;
            double value = Elements.getDouble(dtype, in, xo + i * dtype.bytes());
            Elements.putDouble(dtype, out, yo + i * dtype.bytes(), on ? scale * value + kept : 0 * value + dropped);
        }
    }

    /** The gradient, too, is a masked operand, of which the gradient is again the same. */
    @Override
    public void backward(Gradients flow) {
        flow.give(0, masked(Convert.denseAs(flow.input(0), flow.gradOutput())));
    }

    @Override
    public void recordedBackward(Gradients flow) {
        backward(flow);
    }

    @Override
    public int keeps() {
        return NOTHING;
    }

    // ---- Channels

    /** {@link #dropout1d(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor dropout1d(Tensor x, double p, boolean training) {
        return dropout1d(x, p, training, Generator.current());
    }

    /**
     * {@link #dropout} of whole channels: all elements of one, or none.
     *
     * @param x [N, C, L] or [C, L]
     * @throws IllegalArgumentException if x has integers or another number of dimensions, or p is not from 0 to 1
     */
    public static Tensor dropout1d(Tensor x, double p, boolean training, Generator generator) {
        check("dropout1d", x, p, generator);
        rank("dropout1d", x, 2, 3, "[N, C, L] or [C, L]");
        return channels(x, x.rank() - 1, p, training, generator);
    }

    /** {@link #dropout2d(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor dropout2d(Tensor x, double p, boolean training) {
        return dropout2d(x, p, training, Generator.current());
    }

    /**
     * {@link #dropout} of whole channels: all elements of one, or none.
     *
     * @param x [N, C, H, W], or [N, C, L], as which PyTorch takes three dimensions here
     * @throws IllegalArgumentException if x has integers or another number of dimensions, or p is not from 0 to 1
     */
    public static Tensor dropout2d(Tensor x, double p, boolean training, Generator generator) {
        check("dropout2d", x, p, generator);
        rank("dropout2d", x, 3, 4, "[N, C, H, W] or [N, C, L]");
        return channels(x, 2, p, training, generator);
    }

    /** {@link #dropout3d(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor dropout3d(Tensor x, double p, boolean training) {
        return dropout3d(x, p, training, Generator.current());
    }

    /**
     * {@link #dropout} of whole channels: all elements of one, or none.
     *
     * @param x [N, C, D, H, W] or [C, D, H, W]
     * @throws IllegalArgumentException if x has integers or another number of dimensions, or p is not from 0 to 1
     */
    public static Tensor dropout3d(Tensor x, double p, boolean training, Generator generator) {
        check("dropout3d", x, p, generator);
        rank("dropout3d", x, 4, 5, "[N, C, D, H, W] or [C, D, H, W]");
        return channels(x, x.rank() - 3, p, training, generator);
    }

    private static void rank(String name, Tensor x, int least, int most, String shapes) {
        if (x.rank() < least || x.rank() > most) {
            throw new IllegalArgumentException(name + ": input " + x.shape() + "; " + shapes + " is needed");
        }
    }

    private static Tensor channels(Tensor x, int leading, double p, boolean training, Generator generator) {
        if (p == 0 || !training) {
            return x;
        }
        return p == 1
                ? Arithmetic.mul(x, 0)
                : Arithmetic.mul(x, chosen(x, leading, p, generator, 1 / (1 - p), 0));
    }

    /** For each index of the leading dimensions the one number or, with probability p, the other. */
    private static Tensor chosen(Tensor x, int leading, double p, Generator generator, double kept, double dropped) {
        var dims = x.shape().toArray();
        Arrays.fill(dims, leading, dims.length, 1);
        var ones = Draw.bernoulli(generator, 1 - p, Shape.of(dims)).to(x.dtype());
        return Arithmetic.add(Arithmetic.mul(ones, kept - dropped), dropped);
    }

    /** {@link #featureAlphaDropout(Tensor, double, boolean, Generator)} with the thread's default generator. */
    public static Tensor featureAlphaDropout(Tensor x, double p, boolean training) {
        return featureAlphaDropout(x, p, training, Generator.current());
    }

    /**
     * {@link #alphaDropout} of whole channels: all elements of one, or none.
     *
     * @param x [N, C, ...]
     * @throws IllegalArgumentException if x has integers or fewer than two dimensions, or p is not from 0 to 1
     */
    public static Tensor featureAlphaDropout(Tensor x, double p, boolean training, Generator generator) {
        check("featureAlphaDropout", x, p, generator);
        rank("featureAlphaDropout", x, 2, Shape.MAX_RANK, "[N, C, ...]");
        if (p == 0 || !training) {
            return x;
        }
        if (p == 1) {
            return Arithmetic.mul(x, 0);
        }
        double scale = alphaScale(p);
        var ones = chosen(x, 2, p, generator, 1, 0);
        var shift = Arithmetic.add(Arithmetic.mul(ones, ALPHA * scale), ALPHA * scale * (p - 1));
        return Arithmetic.add(Arithmetic.mul(x, Arithmetic.mul(ones, scale)), shift);
    }
}
