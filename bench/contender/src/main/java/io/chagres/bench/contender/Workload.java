package io.chagres.bench.contender;

/**
 * A network, its loss and its optimizer. All are in float32; the loss is the mean cross-entropy; parameters begin as the
 * library's own layers or networks do. A training step zeroes the gradients, runs forward, loss and backward, and updates.
 */
public enum Workload {
    /** Linear 784-128-64-10 with ReLU between; Adam, learning rate 0.001. */
    W1("MLP 784-128-64-10, Adam", false, new int[]{784}, 10, 1),
    /**
     * LeNet-5: convolution of 6 channels at 5x5 with padding 2, ReLU, max pooling 2, convolution of 16 at 5x5, ReLU, max
     * pooling 2, linear 400-120-84-10 with ReLU between; Adam, learning rate 0.001.
     */
    W2("LeNet-5, Adam", false, new int[]{1, 28, 28}, 10, 1),
    /**
     * ResNet-18 for small images: 3x3 stem of 64 channels without pooling, stages of 64, 128, 256, 512 channels with two
     * basic blocks each, batch norm, global average pooling, linear 512-10; SGD, learning rate 0.01, momentum 0.9, weight
     * decay 5e-4.
     */
    W3("ResNet-18 for 3x32x32, SGD with momentum", false, new int[]{3, 32, 32}, 10, 1),
    /**
     * A decoder of 4 pre-norm blocks: width 256, 4 heads, context 128, vocabulary 96, learned positions, GELU MLP of width
     * 1024, causal attention, no dropout, a final layer norm and an untied linear head; AdamW, learning rate 0.0003, weight
     * decay 0.01. A label for each token.
     */
    W4("GPT of 4 layers, width 256, AdamW", true, new int[]{128}, 96, 128),
    /** Linear 1024-4096-4096-1000 with ReLU between; SGD, learning rate 0.01, no momentum. */
    W5("MLP 1024-4096-4096-1000, SGD", false, new int[]{1024}, 1000, 1),
    /** LSTM of 256 over 64 steps of 64 inputs, the last step's output to linear 256-10; Adam, learning rate 0.001. */
    W6("LSTM 64-256 over 64 steps, Adam", false, new int[]{64, 64}, 10, 1);

    private final String title;
    private final boolean tokens;
    private final int[] inputShape;
    private final int classes;
    private final int labelsPerSample;

    Workload(String title, boolean tokens, int[] inputShape, int classes, int labelsPerSample) {
        this.title = title;
        this.tokens = tokens;
        this.inputShape = inputShape;
        this.classes = classes;
        this.labelsPerSample = labelsPerSample;
    }

    /** A few words for tables. */
    public String title() {
        return title;
    }

    /** Whether inputs are int64 tokens in [0, {@link #classes}) rather than float32 values. */
    public boolean tokens() {
        return tokens;
    }

    /** The shape of one sample: features, [channels, height, width], or [steps, features]. */
    public int[] inputShape() {
        return inputShape.clone();
    }

    /** Elements of one sample. */
    public int inputSize() {
        int size = 1;
        for (int dim : inputShape) {
            size *= dim;
        }
        return size;
    }

    /** How many classes the loss tells apart. */
    public int classes() {
        return classes;
    }

    /** Labels of one sample: 1, or one for each token. */
    public int labelsPerSample() {
        return labelsPerSample;
    }
}
