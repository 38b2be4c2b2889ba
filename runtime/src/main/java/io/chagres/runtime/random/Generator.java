package io.chagres.runtime.random;

import io.chagres.runtime.kernel.Kernels;
import io.chagres.runtime.kernel.Philox;
import java.util.Objects;

/**
 * A counter-based generator, Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Its numbers
 * are a function of seed, stream and position alone, so that its whole state can be saved in three longs.
 * <p>
 * Each thread has a default generator, which new layers draw their first weights from; {@link #seed} sets it, as
 * {@code torch.manual_seed} does. Not thread safe; {@link #split} makes generators for other threads, {@link #at} copies that
 * draw the same numbers from elsewhere.
 */
public final class Generator {
    /** Fewer blocks than this are drawn one by one. */
    private static final int MANY = 8;
    private static final ThreadLocal<Generator> DEFAULT = ThreadLocal
            .withInitial(() -> new Generator(System.nanoTime()));

    private final long seed;
    private final long stream;
    private final int[] block = new int[4];
    private long position;

    /** The generator of a seed, at its start. */
    public Generator(long seed) {
        this(seed, 0);
    }

    /** One of 2<sup>64</sup> independent sequences of a seed, at its start. */
    public Generator(long seed, long stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /** Makes this thread's default generator start anew from a seed, and returns it. */
    public static Generator seed(long seed) {
        var generator = new Generator(seed);
        DEFAULT.set(generator);
        return generator;
    }

    /** This thread's default generator; seeded by the clock until {@link #seed} is called. */
    public static Generator current() {
        return DEFAULT.get();
    }

    /** How many 32-bit numbers were drawn. */
    public long position() {
        return position;
    }

    /** Goes to where so many 32-bit numbers were drawn. */
    public void position(long drawn) {
        if (drawn < 0) {
            throw new IllegalArgumentException("generator: position " + drawn + " is negative");
        }
        position = drawn;
        if ((drawn & 3) != 0) {
            philox(drawn >>> 2, stream, seed, block);
        }
    }

    /** A generator of the same numbers, at another position; drawing from one does not move the other. */
    public Generator at(long drawn) {
        var other = new Generator(seed, stream);
        other.position(drawn);
        return other;
    }

    /**
     * A generator of other numbers, whose seed and stream are drawn from this one, which moves on by four 32-bit numbers. The same
     * generator split at the same position gives the same one.
     */
    public Generator split() {
        return new Generator(nextLong(), nextLong());
    }

    /** So many generators, each as {@link #split()} gives it. */
    public Generator[] split(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("generator: a split into " + count);
        }
        var parts = new Generator[count];
        for (int i = 0; i < count; i++) {
            parts[i] = split();
        }
        return parts;
    }

    /** Draws many: the same numbers as that many calls of {@link #nextInt}, faster. */
    public void nextInts(int[] into, int from, int count) {
        Objects.checkFromIndexSize(from, count, into.length);
        int at = from;
        int end = from + count;
        while (at < end && (position & 3) != 0) {
            into[at++] = nextInt();
        }
        int blocks = (end - at) / 4;
        if (blocks >= MANY) {
            Kernels.best().philox(position >>> 2, stream, seed, into, at, blocks);
            position += 4L * blocks;
            at += 4 * blocks;
        }
        while (at < end) {
            into[at++] = nextInt();
        }
    }

    /** 32 random bits. */
    public int nextInt() {
        int lane = (int) position & 3;
        if (lane == 0) {
            philox(position >>> 2, stream, seed, block);
        }
        position++;
        return block[lane];
    }

    /** 64 random bits. */
    public long nextLong() {
        long high = Integer.toUnsignedLong(nextInt());
        return high << 32 | Integer.toUnsignedLong(nextInt());
    }

    /** A number uniform in [0, bound), without bias. */
    public long nextLong(long bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("generator: bound " + bound + " is not positive");
        }
        long bits = nextLong() >>> 1;
        if (bits > Long.MAX_VALUE - bound) { // otherwise it is unbiased for sure, which saves two divisions
            long unbiased = Long.MAX_VALUE - (Long.MAX_VALUE % bound + 1) % bound;
            while (bits > unbiased) {
                bits = nextLong() >>> 1;
            }
        }
        return bits % bound;
    }

    /** A number uniform in [0, 1), a multiple of 2<sup>-24</sup>. */
    public float nextFloat() {
        return toFloat(nextInt());
    }

    /** A number uniform in [0, 1), a multiple of 2<sup>-53</sup>. */
    public double nextDouble() {
        return toDouble(nextInt(), nextInt());
    }

    /** A standard normal number (Box and Muller, 1958; the second one of their pair would be hidden state). */
    public double nextGaussian() {
        return toGaussian(nextDouble(), nextDouble());
    }

    /** What {@link #nextFloat} makes of 32 random bits. */
    public static float toFloat(int bits) {
        return (bits >>> 8) * 0x1p-24f;
    }

    /** What {@link #nextDouble} makes of twice 32 random bits. */
    public static double toDouble(int high, int low) {
        return (((long) high << 32 | Integer.toUnsignedLong(low)) >>> 11) * 0x1p-53;
    }

    /** What {@link #nextGaussian} makes of two numbers uniform in [0, 1). */
    public static double toGaussian(double first, double second) {
        double radius = Math.sqrt(-2 * Math.log(1 - first));
        return radius * Math.cos(2 * Math.PI * second);
    }

    /** Four numbers of the upper and lower half of a counter and a key. */
    static void philox(long counterLow, long counterHigh, long key, int[] block) {
        Philox.block(counterLow, counterHigh, key, block, 0);
    }
}
