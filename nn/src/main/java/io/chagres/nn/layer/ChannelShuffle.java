package io.chagres.nn.layer;

import io.chagres.nn.Module;
import io.chagres.runtime.op.Shuffles;
import io.chagres.runtime.tensor.Tensor;

/**
 * Channels in another order, the first of each group and then the second of each, as {@code torch.nn.ChannelShuffle}; x [N, C, ...]. See
 * {@link Shuffles#channelShuffle}.
 */
public final class ChannelShuffle extends Module {
    private final long groups;

    /** A layer without parameters, for so many groups, which divide the channels. */
    public ChannelShuffle(long groups) {
        if (groups < 1) {
            throw new IllegalArgumentException("ChannelShuffle: " + groups + " groups; at least 1 is needed");
        }
        this.groups = groups;
    }

    @Override
    public Tensor forward(Tensor x) {
        try {
            return Shuffles.channelShuffle(x, groups);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage().replaceFirst("^\\w+: ", ""), e);
        }
    }

    @Override
    protected String describe() {
        return "groups=" + groups;
    }
}
