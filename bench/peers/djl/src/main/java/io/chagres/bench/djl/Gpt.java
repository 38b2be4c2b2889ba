package io.chagres.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Arrays;
import java.util.List;

/** A decoder of DJL's blocks, with embeddings and causal attention that DJL has no block for. */
final class Gpt {
    private static final int WIDTH = 256;
    private static final int CONTEXT = 128;
    private static final int HEADS = 4;
    private static final int VOCABULARY = 96;

    private Gpt() {
    }

    static Block block() {
        var net = new SequentialBlock().add(new Embeddings());
        for (int i = 0; i < 4; i++) {
            net.add(residual(new SequentialBlock().add(norm()).add(new Attention())));
            net.add(residual(new SequentialBlock().add(norm()).add(Networks.linear(4 * WIDTH)).add(Activation::gelu)
                    .add(Networks.linear(WIDTH))));
        }
        return net.add(norm()).add(Networks.linear(VOCABULARY))
                .add(LambdaBlock.singleton(x -> x.reshape(-1, VOCABULARY)));
    }

    private static Block norm() {
        return LayerNorm.builder().axis(2).build();
    }

    private static Block residual(Block path) {
        return new ParallelBlock(outputs -> new NDList(outputs.get(0).head().add(outputs.get(1).head())),
                List.of(path, Blocks.identityBlock()));
    }

    /** Tokens [batch, context] to the sum of learned vectors of tokens and positions, [batch, context, width]. */
    private static final class Embeddings extends AbstractBlock {
        private final Parameter tokens;
        private final Parameter positions;

        private Embeddings() {
            tokens = addParameter(Parameter.builder().setName("tokens").setType(Parameter.Type.WEIGHT)
                    .optShape(new Shape(VOCABULARY, WIDTH)).build());
            positions = addParameter(Parameter.builder().setName("positions").setType(Parameter.Type.WEIGHT)
                    .optShape(new Shape(CONTEXT, WIDTH)).build());
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training,
                PairList<String, Object> params) {
            var ids = inputs.singletonOrThrow();
            var table = store.getValue(tokens, ids.getDevice(), training);
            var embedded = Embedding.embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
            return new NDList(embedded.add(store.getValue(positions, ids.getDevice(), training)));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[]{inputs[0].add(WIDTH)};
        }
    }

    /** Causal self-attention over [batch, context, width]. */
    private static final class Attention extends AbstractBlock {
        private final Block query = addChildBlock("query", Networks.linear(WIDTH));
        private final Block key = addChildBlock("key", Networks.linear(WIDTH));
        private final Block value = addChildBlock("value", Networks.linear(WIDTH));
        private final Block out = addChildBlock("out", Networks.linear(WIDTH));
        private NDArray mask;

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
            for (var child : getChildren().values()) {
                child.initialize(manager, type, inputs);
            }
            float[] hidden = new float[CONTEXT * CONTEXT];
            for (int at = 0; at < CONTEXT; at++) {
                Arrays.fill(hidden, at * CONTEXT + at + 1, (at + 1) * CONTEXT, -1e9f);
            }
            mask = manager.create(hidden, new Shape(CONTEXT, CONTEXT));
        }

        @Override
        protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training,
                PairList<String, Object> params) {
            var q = heads(query.forward(store, inputs, training));
            var k = heads(key.forward(store, inputs, training));
            var v = heads(value.forward(store, inputs, training));
            float scale = (float) (1 / Math.sqrt(WIDTH / (double) HEADS));
            var weights = q.mul(scale).matMul(k.transpose(0, 1, 3, 2)).add(mask).softmax(-1);
            var joined = weights.matMul(v).transpose(0, 2, 1, 3).reshape(-1, CONTEXT, WIDTH);
            return out.forward(store, new NDList(joined), training);
        }

        private static NDArray heads(NDList x) {
            return x.singletonOrThrow().reshape(-1, CONTEXT, HEADS, WIDTH / HEADS).transpose(0, 2, 1, 3);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[]{inputs[0]};
        }
    }
}
