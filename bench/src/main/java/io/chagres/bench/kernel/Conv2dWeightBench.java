package io.chagres.bench.kernel;

import io.chagres.runtime.plan.ConvolutionPlan.Part;

/** The gradient of a convolution's weight. */
public class Conv2dWeightBench extends Conv2dBenchmark {
    public Conv2dWeightBench() {
        super(Part.WEIGHT);
    }
}
