package io.chagres.bench.deeplearning4j;

import io.chagres.bench.contender.Workload;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks of the workloads. Their output layers are softmax with cross-entropy. */
final class Networks {
    private Networks() {
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().seed(1).updater(updater);
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).activation(Activation.RELU).build();
    }

    private static OutputLayer output(int classes) {
        return new OutputLayer.Builder(LossFunction.MCXENT).nOut(classes).activation(Activation.SOFTMAX).build();
    }

    /** All but the residual network. */
    static MultiLayerNetwork layers(Workload workload) {
        var configuration = switch (workload) {
            case W1 -> builder(new Adam(0.001)).list().layer(dense(128)).layer(dense(64)).layer(output(10))
                    .setInputType(InputType.feedForward(784));
            case W2 -> leNet();
            case W5 -> builder(new Sgd(0.01)).list().layer(dense(4096)).layer(dense(4096)).layer(output(1000))
                    .setInputType(InputType.feedForward(1024));
            case W6 -> builder(new Adam(0.001)).list()
                    .layer(new LastTimeStep(new LSTM.Builder().nOut(256).activation(Activation.TANH).build()))
                    .layer(output(10)).setInputType(InputType.recurrent(64, 64));
            case W3, W4 -> throw new IllegalArgumentException(workload + " is no row of layers");
        };
        var network = new MultiLayerNetwork(configuration.build());
        network.init();
        return network;
    }

    private static ListBuilder leNet() {
        return builder(new Adam(0.001)).list().layer(conv(6, 5, 1, 2).activation(Activation.RELU).build())
                .layer(maxPool()).layer(conv(16, 5, 1, 0).activation(Activation.RELU).build()).layer(maxPool())
                .layer(dense(120)).layer(dense(84)).layer(output(10)).setInputType(InputType.convolutional(28, 28, 1));
    }

    private static ConvolutionLayer.Builder conv(int channels, int kernel, int stride, int padding) {
        return new ConvolutionLayer.Builder(kernel, kernel).stride(stride, stride).padding(padding, padding)
                .nOut(channels).activation(Activation.IDENTITY);
    }

    private static SubsamplingLayer maxPool() {
        return new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build();
    }

    /** ResNet-18; the only momentum there is is Nesterov's, and the loss has the decayed weights' squares in it. */
    static ComputationGraph resNet() {
        var graph = builder(new Nesterovs(0.01, 0.9)).l2(5e-4).l2Bias(5e-4).graphBuilder().addInputs("in")
                .setInputTypes(InputType.convolutional(32, 32, 3));
        String last = normed(graph, "stem", "in", 64, 3, 1, 1, Activation.RELU);
        int in = 64;
        for (int out = 64; out <= 512; out *= 2) {
            last = residual(graph, "stage" + out + "a", last, in, out);
            last = residual(graph, "stage" + out + "b", last, out, out);
            in = out;
        }
        graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last)
                .addLayer("out", output(10), "pool").setOutputs("out");
        var network = new ComputationGraph(graph.build());
        network.init();
        return network;
    }

    private static String residual(GraphBuilder graph, String name, String from, int in, int out) {
        int stride = out / in;
        String first = normed(graph, name + "1", from, out, 3, stride, 1, Activation.RELU);
        String second = normed(graph, name + "2", first, out, 3, 1, 1, Activation.IDENTITY);
        String shortcut = in == out ? from : normed(graph, name + "s", from, out, 1, stride, 0, Activation.IDENTITY);
        graph.addVertex(name + "+", new ElementWiseVertex(ElementWiseVertex.Op.Add), second, shortcut);
        graph.addLayer(name, new ActivationLayer.Builder().activation(Activation.RELU).build(), name + "+");
        return name;
    }

    private static String normed(GraphBuilder graph, String name, String from, int out, int kernel, int stride,
            int padding, Activation activation) {
        graph.addLayer(name + "c", conv(out, kernel, stride, padding).hasBias(false).build(), from);
        graph.addLayer(name + "n", new BatchNormalization.Builder().activation(activation).build(), name + "c");
        return name + "n";
    }
}
