package io.chagres.bench.peers;

import io.chagres.nn.Module;
import io.chagres.nn.layer.Embedding;
import io.chagres.nn.layer.GELU;
import io.chagres.nn.layer.LayerNorm;
import io.chagres.nn.layer.Linear;
import io.chagres.nn.layer.Sequential;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** A decoder of pre-norm blocks: tokens [N, context], int64, to logits [N, context, vocabulary]. */
final class Gpt extends Module {
    private static final long VOCABULARY = 96;
    private static final long CONTEXT = 128;
    private static final long WIDTH = 256;
    private static final long HEADS = 4;
    private static final int DEPTH = 4;
    private static final float NEVER = -1e9f;

    private final Embedding tokens = module("tokens", new Embedding(VOCABULARY, WIDTH));
    private final Embedding positions = module("positions", new Embedding(CONTEXT, WIDTH));
    private final Sequential blocks;
    private final LayerNorm norm = module("norm", new LayerNorm(WIDTH));
    private final Linear head = module("head", new Linear(WIDTH, VOCABULARY, false));

    Gpt() {
        var mask = buffer("mask", DType.FLOAT32, 0, CONTEXT, CONTEXT);
        for (long from = 0; from < CONTEXT; from++) {
            for (long to = from + 1; to < CONTEXT; to++) {
                mask.segment().setAtIndex(ValueLayout.JAVA_FLOAT, from * CONTEXT + to, NEVER);
            }
        }
        var all = new Module[DEPTH];
        for (int i = 0; i < DEPTH; i++) {
            all[i] = new Block(mask);
        }
        blocks = module("blocks", new Sequential(all));
    }

    @Override
    public Tensor forward(Tensor text) {
        return head.forward(norm.forward(blocks.forward(tokens.forward(text).add(positions.weight))));
    }

    /** Causal attention, then an MLP. */
    private static final class Block extends Module {
        private final LayerNorm norm1 = module("norm1", new LayerNorm(WIDTH));
        private final Linear qkv = module("qkv", new Linear(WIDTH, 3 * WIDTH));
        private final Linear out = module("out", new Linear(WIDTH, WIDTH));
        private final LayerNorm norm2 = module("norm2", new LayerNorm(WIDTH));
        private final Sequential mlp = module("mlp",
                new Sequential(new Linear(WIDTH, 4 * WIDTH), new GELU(), new Linear(4 * WIDTH, WIDTH)));
        private final Tensor mask;

        /** The mask [context, context] is added to the scores. */
        Block(Tensor mask) {
            this.mask = mask;
        }

        @Override
        public Tensor forward(Tensor x) {
            var attended = x.add(attention(norm1.forward(x)));
            return attended.add(mlp.forward(norm2.forward(attended)));
        }

        private Tensor attention(Tensor x) {
            var parts = qkv.forward(x);
            var q = heads(parts, 0);
            var k = heads(parts, 1);
            var v = heads(parts, 2);
            var scores = q.mul(1 / Math.sqrt((double) WIDTH / HEADS)).matmul(k.transpose(-2, -1)).add(mask);
            var y = scores.softmax(-1).matmul(v).transpose(1, 2);
            return out.forward(y.reshape(x.size(0), CONTEXT, WIDTH));
        }

        /** [N, heads, context, width / heads]. */
        private static Tensor heads(Tensor parts, int part) {
            return parts.view(parts.size(0), CONTEXT, 3, HEADS, WIDTH / HEADS).select(2, part).transpose(1, 2);
        }
    }
}
