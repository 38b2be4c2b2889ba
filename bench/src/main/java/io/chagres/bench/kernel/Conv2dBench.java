package io.chagres.bench.kernel;

import io.chagres.runtime.plan.ConvolutionPlan.Part;

/** The convolution itself, without a bias. */
public class Conv2dBench extends Conv2dBenchmark {
    public Conv2dBench() {
        super(Part.RESULT);
    }
}
