package io.chagres.runtime.op;

import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Channels made pixels and pixels made channels, as in {@code torch.nn.functional}. Channels that lie innermost stay so. */
public final class Shuffles {
    private Shuffles() {
    }

    /**
     * Channels laid out as squares of pixels, as {@code torch.nn.functional.pixel_shuffle}.
     *
     * @param x [..., C · factor², H, W]
     * @return [..., C, H · factor, W · factor]
     * @throws IllegalArgumentException if there are fewer than three dimensions or factor² does not divide the channels
     */
    public static Tensor pixelShuffle(Tensor x, long factor) {
        int lead = lead("pixelShuffle", x, factor);
        long square = Check.product("pixelShuffle", x.shape(), factor, factor);
        if (x.size(-3) % square != 0) {
            throw new IllegalArgumentException("pixelShuffle: " + x.shape() + " has " + x.size(-3)
                    + " channels, which " + factor + " x " + factor + " does not divide");
        }
        long c = x.size(-3) / square;
        var parts = x.unflatten(-3, c, factor, factor); // ..., c, r, r, H, W
        return joined(x, parts, lead, new int[]{0}, new int[]{3, 1}, new int[]{4, 2});
    }

    /**
     * What {@link #pixelShuffle} undoes, as {@code torch.nn.functional.pixel_unshuffle}.
     *
     * @param x [..., C, H · factor, W · factor]
     * @return [..., C · factor², H, W]
     * @throws IllegalArgumentException if there are fewer than three dimensions or the factor does not divide height and width
     */
    public static Tensor pixelUnshuffle(Tensor x, long factor) {
        int lead = lead("pixelUnshuffle", x, factor);
        if (x.size(-1) % factor != 0 || x.size(-2) % factor != 0) {
            throw new IllegalArgumentException("pixelUnshuffle: " + x.shape() + " has height " + x.size(-2)
                    + " and width " + x.size(-1) + ", which are to be multiples of " + factor);
        }
        var parts = x.unflatten(-1, x.size(-1) / factor, factor).unflatten(-3, x.size(-2) / factor, factor);
        return joined(x, parts, lead, new int[]{0, 2, 4}, new int[]{1}, new int[]{3}); // ..., C, H, r, W, r
    }

    /**
     * Channels in another order, as {@code torch.nn.functional.channel_shuffle}: the first of each group, then the second of each, and
     * so on (Zhang et al., "ShuffleNet", 2017).
     *
     * @param x [N, C, ...]
     * @return x with its channels in that order
     * @throws IllegalArgumentException if there are fewer than three dimensions or the groups do not divide the channels
     */
    public static Tensor channelShuffle(Tensor x, long groups) {
        if (Check.floating("channelShuffle", "the input", x).rank() < 3 || groups < 1) {
            throw new IllegalArgumentException("channelShuffle: " + x.shape() + " in " + groups
                    + " groups; [N, channels, ...] of at least 3 dimensions and at least 1 group are needed");
        }
        if (x.size(1) % groups != 0) {
            throw new IllegalArgumentException("channelShuffle: " + x.shape() + " has " + x.size(1)
                    + " channels, which " + groups + " groups do not divide");
        }
        var parts = x.unflatten(1, groups, x.size(1) / groups); // N, groups, channels of a group, ...
        if (!x.isChannelsLast() || x.isContiguous()) {
            return parts.transpose(1, 2).reshape(x.shape().toArray());
        }
        int rank = x.rank();
        var inwards = IntStream.concat(IntStream.range(0, rank - 1).map(d -> d == 0 ? 0 : d + 2), IntStream.of(2, 1));
        var outwards = IntStream.range(0, rank).map(d -> d == 0 ? 0 : d == 1 ? rank - 1 : d - 1);
        var dims = IntStream.range(0, rank).mapToLong(d -> x.size(d == 0 ? 0 : d == rank - 1 ? 1 : d + 1)).toArray();
        return parts.permute(inwards.toArray()).reshape(dims).permute(outwards.toArray());
    }

    private static int lead(String name, Tensor x, long factor) {
        if (Check.floating(name, "the input", x).rank() < 3 || factor < 1) {
            throw new IllegalArgumentException(name + ": " + x.shape() + " by " + factor
                    + "; [..., channels, height, width] and a factor of at least 1 are needed");
        }
        return x.rank() - 3;
    }

    /** Dimensions behind the leading ones put together to channels, height and width. */
    private static Tensor joined(Tensor x, Tensor parts, int lead, int[] channels, int[] height, int[] width) {
        boolean last = lead == 1 && x.isChannelsLast() && !x.isContiguous();
        var groups = last ? new int[][]{height, width, channels} : new int[][]{channels, height, width};
        var order = IntStream.concat(IntStream.range(0, lead),
                Arrays.stream(groups).flatMapToInt(Arrays::stream).map(d -> lead + d)).toArray();
        var dims = Arrays.copyOf(x.shape().toArray(), lead + 3);
        for (int g = 0; g < 3; g++) {
            dims[lead + g] = Arrays.stream(groups[g]).mapToLong(d -> parts.size(lead + d)).reduce(1, (a, b) -> a * b);
        }
        var y = parts.permute(order).reshape(dims);
        return last ? y.permute(0, 3, 1, 2) : y;
    }
}
