package io.chagres.bench.kernel;

import io.chagres.runtime.plan.ConvolutionPlan.Part;

/** The gradient of a convolution's data. */
public class Conv2dDataBench extends Conv2dBenchmark {
    public Conv2dDataBench() {
        super(Part.DATA);
    }
}
