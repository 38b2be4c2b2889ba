package io.chagres.examples;

import io.chagres.nn.Module;
import io.chagres.nn.data.DataLoader;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.memory.Scope;
import java.util.List;

/**
 * What a network says about each image of a test.
 *
 * @param classes what the classes are called
 * @param labels the class of each image
 * @param predictions the class that the network takes it for
 */
record Evaluation(List<String> classes, int[] labels, int[] predictions) {

    /**
     * Asks a network about all images, in the order of the loader.
     *
     * @throws IllegalArgumentException if an image is of a class that there is not
     */
    static Evaluation of(Module net, DataLoader loader, List<String> classes) {
        var evaluation = new Evaluation(classes, new int[(int) loader.size()], new int[(int) loader.size()]);
        net.eval();
        int at = 0;
        try (var _ = Autograd.noGrad()) {
            for (var batch : loader) {
                try (var _ = Scope.open()) {
                    long[] predictions = net.forward(batch.inputs()).argmax(1).toLongArray();
                    long[] labels = batch.labels().toLongArray();
                    for (int i = 0; i < labels.length; i++, at++) {
                        if (labels[i] < 0 || labels[i] >= classes.size()) {
                            throw new IllegalArgumentException("test image " + at + " is of class " + labels[i]
                                    + "; there are " + classes.size() + " classes");
                        }
                        evaluation.labels[at] = (int) labels[i];
                        evaluation.predictions[at] = (int) predictions[i];
                    }
                }
            }
        }
        return evaluation;
    }

    int size() {
        return labels.length;
    }

    boolean isRight(int image) {
        return labels[image] == predictions[image];
    }

    int right() {
        int right = 0;
        for (int i = 0; i < size(); i++) {
            right += isRight(i) ? 1 : 0;
        }
        return right;
    }

    /** The share of images that were recognised. */
    double accuracy() {
        return (double) right() / size();
    }

    /** How many images of a class (first index) were taken for another (second index). */
    int[][] confusion() {
        int[][] counts = new int[classes.size()][classes.size()];
        for (int i = 0; i < size(); i++) {
            counts[labels[i]][predictions[i]]++;
        }
        return counts;
    }
}
