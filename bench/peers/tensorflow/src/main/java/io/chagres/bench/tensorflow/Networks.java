package io.chagres.bench.tensorflow;

import java.util.ArrayList;
import org.tensorflow.Operand;
import org.tensorflow.framework.op.FrameworkOps;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The networks of the workloads, up to their logits [rows, classes]. */
final class Networks {
    private Networks() {
    }

    static Operand<TFloat32> mlp(Layers layers, Operand<TFloat32> x, long... widths) {
        for (int i = 1; i < widths.length; i++) {
            x = layers.linear(x, widths[i - 1], widths[i]);
            if (i < widths.length - 1) {
                x = layers.relu(x);
            }
        }
        return x;
    }

    static Operand<TFloat32> leNet(Layers layers, Operand<TFloat32> x, long batch) {
        x = layers.maxPool2(layers.relu(layers.bias(layers.conv(x, 1, 6, 5, 1, 2), 6)));
        x = layers.maxPool2(layers.relu(layers.bias(layers.conv(x, 6, 16, 5, 1, 0), 16)));
        return mlp(layers, layers.tf().reshape(x, layers.tf().constant(new long[]{batch, 400})), 400, 120, 84, 10);
    }

    static Operand<TFloat32> resNet(Layers layers, Operand<TFloat32> x) {
        x = layers.relu(layers.batchNorm(layers.conv(x, 3, 64, 3, 1, 1), 64));
        long in = 64;
        for (long out = 64; out <= 512; out *= 2) {
            x = block(layers, x, in, out);
            x = block(layers, x, out, out);
            in = out;
        }
        return layers.linear(layers.tf().math.mean(x, layers.tf().constant(new int[]{1, 2})), 512, 10);
    }

    private static Operand<TFloat32> block(Layers layers, Operand<TFloat32> x, long in, long out) {
        long stride = out / in;
        var y = layers.relu(layers.batchNorm(layers.conv(x, in, out, 3, stride, 1), out));
        y = layers.batchNorm(layers.conv(y, out, out, 3, 1, 1), out);
        var shortcut = in == out ? x : layers.batchNorm(layers.conv(x, in, out, 1, stride, 0), out);
        return layers.relu(layers.tf().math.add(y, shortcut));
    }

    static Operand<TFloat32> lstm(Layers layers, Operand<TFloat32> x, long batch) {
        var tf = layers.tf();
        var all = layers.lstm(x, 64, batch, 64, 256);
        var last = tf.slice(all, tf.constant(new int[]{63, 0, 0}), tf.constant(new int[]{1, -1, -1}));
        return layers.linear(tf.reshape(last, tf.constant(new long[]{batch, 256})), 256, 10);
    }

    static Operand<TFloat32> gpt(Layers layers, Operand<TInt64> tokens, long batch) {
        var tf = layers.tf();
        var embedded = tf.gather(layers.table(96, 256), tokens, tf.constant(0));
        Operand<TFloat32> x = tf.reshape(tf.math.add(embedded, layers.table(128, 256)),
                tf.constant(new long[]{batch * 128, 256}));
        float[][] hidden = new float[128][128];
        for (int query = 0; query < 128; query++) {
            for (int key = query + 1; key < 128; key++) {
                hidden[query][key] = -1e9f;
            }
        }
        var mask = tf.constant(hidden);
        var framework = FrameworkOps.create(tf);
        for (int i = 0; i < 4; i++) {
            x = tf.math.add(x, attention(layers, layers.layerNorm(x, 256), mask, batch));
            var wide = framework.nn.gelu(layers.linear(layers.layerNorm(x, 256), 256, 1024));
            x = tf.math.add(x, layers.linear(wide, 1024, 256));
        }
        return layers.linear(layers.layerNorm(x, 256), 256, 96);
    }

    private static Operand<TFloat32> attention(Layers layers, Operand<TFloat32> x, Operand<TFloat32> mask,
            long batch) {
        var tf = layers.tf();
        var parts = new ArrayList<Operand<TFloat32>>();
        for (int i = 0; i < 3; i++) {
            var part = tf.reshape(layers.linear(x, 256, 256), tf.constant(new long[]{batch, 128, 4, 64}));
            parts.add(tf.linalg.transpose(part, tf.constant(new int[]{0, 2, 1, 3})));
        }
        var query = tf.math.mul(parts.get(0), tf.constant(0.125f));
        var scores = tf.train.batchMatMul(query, parts.get(1), TFloat32.class, BatchMatMul.adjY(true));
        var weights = tf.nn.softmax(tf.math.add(scores, mask));
        var heads = tf.train.batchMatMul(weights, parts.get(2), TFloat32.class);
        var joined = tf.reshape(tf.linalg.transpose(heads, tf.constant(new int[]{0, 2, 1, 3})),
                tf.constant(new long[]{batch * 128, 256}));
        return layers.linear(joined, 256, 256);
    }
}
