package io.chagres.bench.libtorch;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** A decoder of pre-norm blocks. */
final class Gpt extends Module implements Net {
    private static final long VOCABULARY = 96;
    private static final long CONTEXT = 128;
    private static final long WIDTH = 256;
    private static final long HEADS = 4;

    private final EmbeddingImpl tokens = register_module("tokens", new EmbeddingImpl(VOCABULARY, WIDTH));
    private final EmbeddingImpl positions = register_module("positions", new EmbeddingImpl(CONTEXT, WIDTH));
    private final Block[] blocks = new Block[4];
    private final LayerNormImpl norm = register_module("norm", norm());
    private final LinearImpl head;

    Gpt() {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = register_module("block" + i, new Block());
        }
        var options = new LinearOptions(WIDTH, VOCABULARY);
        options.bias().put(false);
        head = register_module("head", new LinearImpl(options));
    }

    private static LayerNormImpl norm() {
        var shape = new LongVector();
        shape.push_back(WIDTH);
        return new LayerNormImpl(shape);
    }

    @Override
    public Tensor forward(Tensor text) {
        var order = torch.arange(new Scalar(text.size(1)), new TensorOptions(torch.ScalarType.Long));
        var x = tokens.forward(text).add(positions.forward(order));
        for (var block : blocks) {
            x = block.forward(x);
        }
        return head.forward(norm.forward(x));
    }

    /** Causal attention, then an MLP. */
    private static final class Block extends Module {
        private final LayerNormImpl norm1 = register_module("norm1", norm());
        private final LinearImpl qkv = register_module("qkv", new LinearImpl(WIDTH, 3 * WIDTH));
        private final LinearImpl out = register_module("out", new LinearImpl(WIDTH, WIDTH));
        private final LayerNormImpl norm2 = register_module("norm2", norm());
        private final LinearImpl fc1 = register_module("fc1", new LinearImpl(WIDTH, 4 * WIDTH));
        private final LinearImpl fc2 = register_module("fc2", new LinearImpl(4 * WIDTH, WIDTH));

        Tensor forward(Tensor x) {
            long n = x.size(0);
            long length = x.size(1);
            var parts = qkv.forward(norm1.forward(x)).split(WIDTH, 2);
            var y = torch.scaled_dot_product_attention(heads(parts.get(0), n, length), heads(parts.get(1), n, length),
                    heads(parts.get(2), n, length), new TensorOptional(), 0, true, new DoubleOptional(), false);
            var attended = x.add(out.forward(y.transpose(1, 2).reshape(n, length, WIDTH)));
            return attended.add(fc2.forward(torch.gelu(fc1.forward(norm2.forward(attended)))));
        }

        private static Tensor heads(Tensor x, long n, long length) {
            return x.view(n, length, HEADS, WIDTH / HEADS).transpose(1, 2);
        }
    }
}
