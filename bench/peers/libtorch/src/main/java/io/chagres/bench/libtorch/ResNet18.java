package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A residual network for small images. */
final class ResNet18 extends Module implements Net {
    private static final long[] WIDTHS = {64, 64, 128, 128, 256, 256, 512, 512};

    private final Conv2dImpl conv = register_module("conv", Layers.conv(3, 64, 3, 1, 1, false));
    private final BatchNorm2dImpl norm = register_module("norm", Layers.norm(64));
    private final Block[] blocks = new Block[WIDTHS.length];
    private final LinearImpl fc;

    ResNet18() {
        long before = WIDTHS[0];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = register_module("block" + i, new Block(before, WIDTHS[i]));
            before = WIDTHS[i];
        }
        fc = register_module("fc", new LinearImpl(512, 10));
    }

    @Override
    public Tensor forward(Tensor images) {
        var x = torch.relu_(norm.forward(conv.forward(images)));
        for (var block : blocks) {
            x = block.forward(x);
        }
        return fc.forward(torch.adaptive_avg_pool2d(x, 1, 1).flatten(1, -1));
    }

    /** A basic block; one that widens halves height and width. */
    private static final class Block extends Module {
        private final Conv2dImpl conv1;
        private final BatchNorm2dImpl norm1;
        private final Conv2dImpl conv2;
        private final BatchNorm2dImpl norm2;
        private Conv2dImpl shortcut;
        private BatchNorm2dImpl shortcutNorm;

        Block(long before, long after) {
            long stride = before == after ? 1 : 2;
            conv1 = register_module("conv1", Layers.conv(before, after, 3, stride, 1, false));
            norm1 = register_module("norm1", Layers.norm(after));
            conv2 = register_module("conv2", Layers.conv(after, after, 3, 1, 1, false));
            norm2 = register_module("norm2", Layers.norm(after));
            if (before != after) {
                shortcut = register_module("shortcut", Layers.conv(before, after, 1, stride, 0, false));
                shortcutNorm = register_module("shortcutNorm", Layers.norm(after));
            }
        }

        Tensor forward(Tensor x) {
            var y = torch.relu_(norm1.forward(conv1.forward(x)));
            y = norm2.forward(conv2.forward(y));
            return torch.relu_(y.add(shortcut == null ? x : shortcutNorm.forward(shortcut.forward(x))));
        }
    }
}
