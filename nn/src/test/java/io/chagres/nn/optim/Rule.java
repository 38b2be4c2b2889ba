package io.chagres.nn.optim;

/** An update rule in plain Java and float64, for one number; what it remembers is its own. */
@FunctionalInterface
interface Rule {
    /** The number after one step by a gradient. */
    double step(double p, double gradient);

    /** Adam as in Kingma and Ba (2015), with weight decay on the gradient or, if decoupled, on the number. */
    static Rule adam(double rate, double beta1, double beta2, double epsilon, double decay, boolean decoupled) {
        return new Rule() {
            private double m;
            private double v;
            private double power1 = 1;
            private double power2 = 1;

            @Override
            public double step(double p, double gradient) {
                double g = decoupled ? gradient : gradient + decay * p;
                double shrunk = decoupled ? p - rate * decay * p : p;
                power1 *= beta1;
                power2 *= beta2;
                m = beta1 * m + (1 - beta1) * g;
                v = beta2 * v + (1 - beta2) * g * g;
                double mHat = m / (1 - power1);
                double vHat = v / (1 - power2);
                return shrunk - rate * mHat / (Math.sqrt(vHat) + epsilon);
            }
        };
    }

    /** Gradient descent with momentum as in {@code torch.optim.SGD}: the first gradient is not dampened. */
    static Rule sgd(double rate, double momentum, double dampening, double decay, boolean nesterov) {
        return new Rule() {
            private double velocity;
            private boolean begun;

            @Override
            public double step(double p, double gradient) {
                double g = gradient + decay * p;
                if (momentum == 0) {
                    return p - rate * g;
                }
                velocity = begun ? momentum * velocity + (1 - dampening) * g : g;
                begun = true;
                return p - rate * (nesterov ? g + momentum * velocity : velocity);
            }
        };
    }
}
