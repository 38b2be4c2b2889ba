package io.chagres.runtime.op;

import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tensors of random numbers. Each is what drawing its elements one by one from the generator would give, in row-major order,
 * and the generator is afterwards where that would leave it; but parts are drawn at once, each from its own position.
 */
public final class Draw {
    private static final int INTS_OF_DOUBLE = 2;
    private static final int INTS_OF_GAUSSIAN = 4;

    private Draw() {
    }

    /** What is made of random bits. */
    private interface Distribution {
        double value(int[] bits, int at, long index);
    }

    /** Fills a dense tensor; each element takes so many 32-bit numbers. */
    private static Tensor fill(Tensor x, Generator generator, int ints, Distribution distribution) {
        long start = generator.position();
        Creation.byTile(x, DType.FLOAT64, () -> {
            var bits = new int[ints * Casts.TILE];
            var tile = new double[Casts.TILE];
            var own = generator.at(start);
            return new Creation.Tile(MemorySegment.ofArray(tile), (from, count) -> {
                own.position(start + from * ints);
                own.nextInts(bits, 0, (int) count * ints);
                for (int i = 0; i < count; i++) {
                    tile[i] = distribution.value(bits, i * ints, from + i);
                }
            });
        });
        generator.position(start + x.numel() * ints);
        return x;
    }

    private static Tensor target(String op, Generator generator, DType dtype, Shape shape) {
        Check.notNull(op, "the generator", generator);
        return Tensor.empty(Check.notNull(op, "the type", dtype), shape, op);
    }

    private static Tensor floating(String op, Generator generator, DType dtype, Shape shape) {
        if (!Check.notNull(op, "the type", dtype).isFloatingPoint()) {
            throw new IllegalArgumentException(
                    op + ": " + dtype + "; a floating point type is needed, randint draws integers");
        }
        return target(op, generator, dtype, shape);
    }

    /** See {@link Tensor#rand(DType, Generator, long...)}. */
    public static Tensor rand(DType dtype, Generator generator, Shape shape) {
        var x = floating("rand", generator, dtype, shape);
        return switch (dtype) {
            case FLOAT64 -> fill(x, generator, INTS_OF_DOUBLE, (bits, at, _) -> toDouble(bits, at));
            case FLOAT16 -> fill(x, generator, 1, (bits, at, _) -> (bits[at] >>> 21) * 0x1p-11);
            case BFLOAT16 -> fill(x, generator, 1, (bits, at, _) -> (bits[at] >>> 24) * 0x1p-8);
            default -> fill(x, generator, 1, (bits, at, _) -> Generator.toFloat(bits[at]));
        };
    }

    private static double toDouble(int[] bits, int at) {
        return Generator.toDouble(bits[at], bits[at + 1]);
    }

    private static double toGaussian(int[] bits, int at) {
        return Generator.toGaussian(toDouble(bits, at), toDouble(bits, at + INTS_OF_DOUBLE));
    }

    /** See {@link Tensor#randn(DType, Generator, long...)}. */
    public static Tensor randn(DType dtype, Generator generator, Shape shape) {
        return fill(floating("randn", generator, dtype, shape), generator, INTS_OF_GAUSSIAN,
                (bits, at, _) -> toGaussian(bits, at));
    }

    /** See {@link Tensor#uniform}. */
    public static Tensor uniform(Generator generator, double low, double high, Shape shape) {
        if (!(low <= high) || Double.isInfinite(high - low)) {
            throw new IllegalArgumentException("uniform: from " + low + " to " + high + "; a finite range is needed");
        }
        double last = low < high ? Math.max(low, Math.nextDown((float) high)) : low;
        return fill(target("uniform", generator, DType.FLOAT32, shape), generator, 1,
                (bits, at, _) -> Math.min(last, low + (high - low) * Generator.toFloat(bits[at])));
    }

    /** See {@link Tensor#normal}. */
    public static Tensor normal(Generator generator, double mean, double deviation, Shape shape) {
        if (!(deviation >= 0)) {
            throw new IllegalArgumentException(
                    "normal: a standard deviation of " + deviation + "; 0 or more is needed");
        }
        return fill(target("normal", generator, DType.FLOAT32, shape), generator, INTS_OF_GAUSSIAN,
                (bits, at, _) -> mean + deviation * toGaussian(bits, at));
    }

    /** See {@link Tensor#bernoulli(Generator, double, long...)}. */
    public static Tensor bernoulli(Generator generator, double probability, Shape shape) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("bernoulli: a probability of " + probability + "; 0 to 1 is possible");
        }
        return fill(target("bernoulli", generator, DType.FLOAT32, shape), generator, INTS_OF_DOUBLE,
                (bits, at, _) -> toDouble(bits, at) < probability ? 1 : 0);
    }

    /** See {@link Tensor#bernoulli(Generator, Tensor)}. */
    public static Tensor bernoulli(Generator generator, Tensor probabilities) {
        if (!Check.alive("bernoulli", "the tensor of probabilities", probabilities).dtype().isFloatingPoint()) {
            throw new IllegalArgumentException("bernoulli: probabilities " + probabilities.shape() + " are "
                    + probabilities.dtype() + "; a floating point type is needed");
        }
        var p = probabilities.detach().contiguous();
        var x = target("bernoulli", generator, p.dtype(), p.shape());
        var wrong = new AtomicBoolean();
        p.storage().acquire("bernoulli");
        try {
            int bytes = p.dtype().bytes();
            fill(x, generator, INTS_OF_DOUBLE, (bits, at, index) -> {
                double probability = Elements.getDouble(p.dtype(), p.storage().base(), p.position() + index * bytes);
                if (!(probability >= 0 && probability <= 1)) {
                    wrong.set(true);
                }
                return toDouble(bits, at) < probability ? 1 : 0;
            });
        } finally {
            p.storage().release();
        }
        if (wrong.get()) {
            throw new IllegalArgumentException(
                    "bernoulli: probabilities " + p.shape() + " are not all from 0 to 1");
        }
        return x;
    }

    // ---- In place

    /**
     * Draws all elements of a tensor anew, uniform in [low, high), as {@code torch.Tensor.uniform_}: a multiple of 2^-53 of the
     * range for FLOAT64, of 2^-24 for others, rounded, but never to high.
     *
     * @throws IllegalArgumentException if the elements are no floating point numbers, or the range is not finite
     */
    public static Tensor uniform(Tensor target, Generator generator, double low, double high) {
        floating("uniformInPlace", generator,
                Check.alive("uniformInPlace", "the tensor", target).dtype());
        if (!(low <= high) || Double.isInfinite(high - low)) {
            throw new IllegalArgumentException(
                    "uniformInPlace: from " + low + " to " + high + "; a finite range is needed");
        }
        double last = low < high ? Math.max(low, below(target.dtype(), high)) : low;
        return InPlace.overwrite("uniformInPlace", target, x -> {
            if (x.dtype() == DType.FLOAT64) {
                fill(x, generator, INTS_OF_DOUBLE,
                        (bits, at, _) -> Math.min(last, low + (high - low) * toDouble(bits, at)));
            } else {
                fill(x, generator, 1,
                        (bits, at, _) -> Math.min(last, low + (high - low) * Generator.toFloat(bits[at])));
            }
        });
    }

    /** The greatest number of a type that is less than another and to which numbers below that are rounded at most. */
    private static double below(DType dtype, double high) {
        return switch (dtype) {
            case FLOAT64 -> Math.nextDown(high);
            case FLOAT16 -> Float.float16ToFloat(nextDown(Float.floatToFloat16((float) high)));
            case BFLOAT16 -> Float.intBitsToFloat(nextDown((short) (Float.floatToIntBits((float) high) >>> 16)) << 16);
            default -> Math.nextDown((float) high);
        };
    }

    /** The bits of the next number below, where these are a sign and a size. */
    private static short nextDown(short bits) {
        if (bits == 0) {
            return (short) 0x8001;
        }
        return (short) (bits < 0 ? bits + 1 : bits - 1);
    }

    /** Draws all elements of a tensor anew, normal numbers, as {@code torch.Tensor.normal_}; of a floating point type. */
    public static Tensor normal(Tensor target, Generator generator, double mean, double deviation) {
        floating("normalInPlace", generator, Check.alive("normalInPlace", "the tensor", target).dtype());
        if (!(deviation >= 0)) {
            throw new IllegalArgumentException(
                    "normalInPlace: a standard deviation of " + deviation + "; 0 or more is needed");
        }
        return InPlace.overwrite("normalInPlace", target, x -> fill(x, generator, INTS_OF_GAUSSIAN,
                (bits, at, _) -> mean + deviation * toGaussian(bits, at)));
    }

    /** Draws all elements of a tensor anew, 1 with a probability and else 0, as {@code torch.Tensor.bernoulli_}. */
    public static Tensor bernoulli(Tensor target, Generator generator, double probability) {
        Check.notNull("bernoulliInPlace", "the generator", generator);
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "bernoulliInPlace: a probability of " + probability + "; 0 to 1 is possible");
        }
        return InPlace.overwrite("bernoulliInPlace", target, x -> fill(x, generator, INTS_OF_DOUBLE,
                (bits, at, _) -> toDouble(bits, at) < probability ? 1 : 0));
    }

    private static void floating(String op, Generator generator, DType dtype) {
        Check.notNull(op, "the generator", generator);
        if (!dtype.isFloatingPoint()) {
            throw new IllegalArgumentException(op + ": " + dtype + "; a floating point type is needed");
        }
    }

    // ---- Whole numbers

    /** See {@link Tensor#randint}. */
    public static Tensor randint(Generator generator, long low, long high, Shape shape) {
        long range = high - low;
        if (low >= high || range < 0) {
            throw new IllegalArgumentException("randint: from " + low + " to " + high
                    + ", not included; a range of 1 to 2^63 - 1 numbers is needed");
        }
        var x = target("randint", generator, DType.INT64, shape);
        long start = generator.position();
        long unbiased = Long.MAX_VALUE - (Long.MAX_VALUE % range + 1) % range;
        var refused = new AtomicBoolean();
        Creation.byTile(x, DType.INT64, () -> {
            var bits = new int[INTS_OF_DOUBLE * Casts.TILE];
            var tile = new long[Casts.TILE];
            var own = generator.at(start);
            return new Creation.Tile(MemorySegment.ofArray(tile), (from, count) -> {
                own.position(start + from * INTS_OF_DOUBLE);
                own.nextInts(bits, 0, (int) count * INTS_OF_DOUBLE);
                for (int i = 0; i < count; i++) {
                    long drawn = ((long) bits[2 * i] << 32 | Integer.toUnsignedLong(bits[2 * i + 1])) >>> 1;
                    if (drawn > unbiased) {
                        refused.set(true);
                    }
                    tile[i] = low + drawn % range;
                }
            });
        });
        generator.position(start + x.numel() * INTS_OF_DOUBLE);
        if (refused.get()) { // some element takes more numbers, and all after it others: one by one, as rarely as that is
            generator.position(start);
            Convert.fillLongs(x, _ -> low + generator.nextLong(range));
        }
        return x;
    }

    /** See {@link Tensor#randperm}. */
    public static Tensor randperm(Generator generator, long n) {
        Check.notNull("randperm", "the generator", generator);
        if (n < 0) {
            throw new IllegalArgumentException("randperm: " + n + " numbers; none or more are possible");
        }
        var x = Creation.arange(0, n, 1);
        var memory = x.storage().base();
        x.storage().acquire("randperm");
        try {
            for (long i = n - 1; i > 0; i--) {
                long a = x.position() + 8 * i;
                long b = x.position() + 8 * generator.nextLong(i + 1);
                long moved = Elements.getLong(DType.INT64, memory, a);
                Elements.putLong(DType.INT64, memory, a, Elements.getLong(DType.INT64, memory, b));
                Elements.putLong(DType.INT64, memory, b, moved);
            }
            return x;
        } finally {
            x.storage().release();
        }
    }
}
