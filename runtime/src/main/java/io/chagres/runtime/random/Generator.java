package io.chagres.runtime.random;

/**
 * A counter-based generator, Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Its numbers
 * are a function of seed, stream and position alone, so that its whole state can be saved in three longs.
 * <p>
 * Each thread has a default generator, which new layers draw their first weights from; {@link #seed} sets it, as
 * {@code torch.manual_seed} does. Not thread safe.
 */
public final class Generator {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
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
        long unbiased = Long.MAX_VALUE - (Long.MAX_VALUE % bound + 1) % bound;
        long bits = nextLong() >>> 1;
        while (bits > unbiased) {
            bits = nextLong() >>> 1;
        }
        return bits % bound;
    }

    /** A number uniform in [0, 1), a multiple of 2<sup>-24</sup>. */
    public float nextFloat() {
        return (nextInt() >>> 8) * 0x1p-24f;
    }

    /** A number uniform in [0, 1), a multiple of 2<sup>-53</sup>. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /** A standard normal number (Box and Muller, 1958; the second one of their pair would be hidden state). */
    public double nextGaussian() {
        double radius = Math.sqrt(-2 * Math.log(1 - nextDouble()));
        return radius * Math.cos(2 * Math.PI * nextDouble());
    }

    /** Four numbers of the upper and lower half of a counter and a key. */
    static void philox(long counterLow, long counterHigh, long key, int[] block) {
        int c0 = (int) counterLow;
        int c1 = (int) (counterLow >>> 32);
        int c2 = (int) counterHigh;
        int c3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long p1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
    }
}
