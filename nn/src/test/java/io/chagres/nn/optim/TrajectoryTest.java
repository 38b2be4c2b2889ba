package io.chagres.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.thread.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two dozen steps of each rule against float64, on parameters of odd sizes and one that is cut for two threads. Every
 * third step one parameter has no gradient, and must stay as it is, with what is remembered about it.
 */
class TrajectoryTest {
    private static final int STEPS = 24;
    private static final double RATE = 0.02;
    private static final long[][] SHAPES = {{3, 5}, {1}, {17}, {3, 11_000}};

    static Stream<Arguments> rules() {
        return Stream.of(
                of("Adam", p -> new Adam(p, RATE), () -> Rule.adam(RATE, 0.9, 0.999, 1e-8, 0, false)),
                of("Adam, other settings", p -> new Adam(p, RATE, 0.8, 0.95, 1e-3, 0.1),
                        () -> Rule.adam(RATE, 0.8, 0.95, 1e-3, 0.1, false)),
                of("Adam without averages", p -> new Adam(p, RATE, 0, 0, 1e-8, 0),
                        () -> Rule.adam(RATE, 0, 0, 1e-8, 0, false)),
                of("AdamW", p -> new AdamW(p, RATE), () -> Rule.adam(RATE, 0.9, 0.999, 1e-8, 0.01, true)),
                of("AdamW, other settings", p -> new AdamW(p, RATE, 0.8, 0.95, 1e-3, 0.3),
                        () -> Rule.adam(RATE, 0.8, 0.95, 1e-3, 0.3, true)),
                of("SGD", p -> new SGD(p, RATE), () -> Rule.sgd(RATE, 0, 0, 0, false)),
                of("SGD, weight decay", p -> new SGD(p, RATE, 0, 0.1), () -> Rule.sgd(RATE, 0, 0, 0.1, false)),
                of("SGD, momentum", p -> new SGD(p, RATE, 0.9, 0), () -> Rule.sgd(RATE, 0.9, 0, 0, false)),
                of("SGD, dampened", p -> new SGD(p, RATE, 0.9, 0.1, 0.5, false),
                        () -> Rule.sgd(RATE, 0.9, 0.5, 0.1, false)),
                of("SGD, Nesterov", p -> new SGD(p, RATE, 0.9, 0.1, 0, true),
                        () -> Rule.sgd(RATE, 0.9, 0, 0.1, true)));
    }

    private static Arguments of(String name, Function<List<Tensor>, Optimizer> optimizer, Supplier<Rule> rule) {
        return Arguments.of(name, optimizer, rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void twoDozenSteps(String name, Function<List<Tensor>, Optimizer> maker, Supplier<Rule> rule) {
        try (var _ = Threads.share(Math.min(2, Threads.limit())); var _ = Scope.open()) {
            run(maker, rule);
        }
    }

    private static void run(Function<List<Tensor>, Optimizer> maker, Supplier<Rule> rule) {
        var generator = new Generator(31);
        var parameters = new ArrayList<Tensor>();
        var expected = new ArrayList<double[]>();
        var rules = new ArrayList<Rule[]>();
        for (long[] shape : SHAPES) {
            var parameter = Tensor.randn(generator, shape).requiresGrad(true);
            parameters.add(parameter);
            expected.add(parameter.toDoubleArray());
            rules.add(Stream.generate(rule).limit(parameter.numel()).toArray(Rule[]::new));
        }
        try (var optimizer = maker.apply(parameters)) {
            for (int step = 0; step < STEPS; step++) {
                try (var _ = Scope.open()) {
                    optimizer.zeroGrad();
                    for (int i = 0; i < SHAPES.length; i++) {
                        if (step % 3 != 1 || i != step % SHAPES.length) {
                            var gradient = Tensor.rand(generator, SHAPES[i]).sub(0.3);
                            parameters.get(i).mul(gradient).sum().backward();
                            advance(expected.get(i), rules.get(i), gradient.toDoubleArray());
                        }
                    }
                    optimizer.step();
                }
                for (int i = 0; i < SHAPES.length; i++) {
                    assertArrayEquals(expected.get(i), parameters.get(i).toDoubleArray(), 2e-5,
                            "parameter " + i + " after step " + step);
                }
            }
        }
    }

    private static void advance(double[] p, Rule[] rules, double[] gradient) {
        IntStream.range(0, p.length).forEach(i -> p[i] = rules[i].step(p[i], gradient[i]));
    }
}
