package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.Module;
import io.chagres.nn.loss.CrossEntropyLoss;
import io.chagres.nn.models.LeNet5;
import io.chagres.nn.models.ResNet;
import io.chagres.nn.optim.SGD;
import io.chagres.runtime.autograd.Autograd;
import io.chagres.runtime.autograd.Profile;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What oneDNN's own log tells of convolutional networks: activations stay in one layout from layer to layer, forward and backward;
 * weights go into the layouts of the kernels once for each use of an update, and not at all when they do not change.
 */
class LayoutsTest {
    /** Not the first size of any weight, so that no weight can be taken for an activation. */
    private static final int BATCH = 7;
    private static final int STEPS = 4;
    private static final int PASSES = 2;

    private static Module network(String name) {
        return switch (name) {
            case "LeNet5" -> new LeNet5();
            case "ResNet20" -> ResNet.resnet20(1, 10);
            default -> ResNet.resnet18(ResNet.Stem.CIFAR, 10);
        };
    }

    private static long[] images(String name) {
        return switch (name) {
            case "LeNet5" -> new long[]{BATCH, 1, 28, 28};
            case "ResNet20" -> new long[]{BATCH, 1, 32, 32};
            default -> new long[]{BATCH, 3, 32, 32};
        };
    }

    /** Trains and uses a network, and says on the stream of the log which part begins. */
    static final class Steps {
        private Steps() {
        }

        static void main(String... names) {
            var generator = Generator.seed(1);
            try (var net = network(names[0]);
                    var x = Tensor.randn(generator, images(names[0]));
                    var labels = Tensor.of(new long[BATCH]);
                    var optimizer = new SGD(net.parameters(), 0.01)) {
                for (int step = 1; step <= STEPS; step++) {
                    step(net, optimizer, x, labels, step);
                }
                net.eval();
                for (int pass = 1; pass <= PASSES; pass++) {
                    System.out.println("# pass " + pass);
                    try (var _ = Scope.open(); var _ = Autograd.noGrad()) {
                        net.forward(x);
                    }
                }
                System.out.println("# end");
            }
        }

        private static void step(Module net, SGD optimizer, Tensor x, Tensor labels, int step) {
            try (var _ = Scope.open(); var profile = Profile.start()) {
                System.out.println("# forward " + step);
                var loss = new CrossEntropyLoss().forward(net.forward(x), labels);
                optimizer.zeroGrad();
                System.out.println("# backward " + step);
                loss.backward();
                optimizer.step();
                System.out.println("# copies " + step);
                profile.entries().stream().filter(entry -> entry.name().equals("copy"))
                        .forEach(copy -> System.out.println(copy.phase() + " " + copy.result()));
            }
        }
    }

    /** One line of the log. */
    private record Line(String primitive, String kernel, String direction, String operands, String attributes,
            String sizes) {
        private static final String HEAD = "onednn_verbose,v1,primitive,exec,";

        static Line of(String text) {
            var parts = text.split(",");
            assertTrue(text.startsWith(HEAD) && parts.length >= 12, text);
            return new Line(parts[5], parts[6], parts[7], parts[8], parts[9], parts[11]);
        }

        boolean isReorder() {
            return primitive.equals("reorder");
        }

        /** A convolution for which a kernel of our own would not be better in any case. */
        boolean isWideConvolution() {
            int from = sizes.indexOf("ic") + 2;
            return primitive.equals("convolution")
                    && Long.parseLong(sizes.substring(from, sizes.indexOf("oc", from))) >= 8;
        }
    }

    /** The lines of each part, by its name. */
    private static Map<String, List<String>> run(String network) throws Exception {
        var out = ChildJvm.run(Steps.class, List.of(), Map.of("ONEDNN_VERBOSE", "profile_exec"), network).clean();
        return Arrays.stream(out.split("(?m)^# ")).skip(1).map(part -> part.lines().toList())
                .collect(Collectors.toMap(List::getFirst, lines -> lines.subList(1, lines.size())));
    }

    private static List<Line> log(Map<String, List<String>> parts, String part) {
        return parts.get(part).stream().map(Line::of).toList();
    }

    private static Map<String, Long> convolutions(Module net) {
        var counts = new HashMap<String, Long>();
        for (var weight : net.parameters()) {
            if (weight.rank() == 4) {
                counts.merge(text(weight), 1L, Long::sum);
            }
        }
        return counts;
    }

    private static String text(Tensor tensor) {
        return Arrays.stream(tensor.shape().toArray()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"LeNet5", "ResNet20", "ResNet18"})
    void activationsAreNotReorderedAndWeightsOnceForEachUse(String network) throws Exception {
        var parts = run(network);
        try (var net = network(network)) {
            var weights = convolutions(net);
            for (int step = 2; step <= STEPS; step++) {
                var forward = log(parts, "forward " + step);
                var backward = log(parts, "backward " + step);
                checkReorders(weights, forward, 1, 0);
                checkReorders(weights, backward, 1, 1);
                checkKernels(Stream.concat(forward.stream(), backward.stream()).toList());
                long wide = net.parameters().stream().filter(p -> p.rank() == 4 && p.size(1) >= 8).count();
                assertEquals(wide, count(forward, "forward_training"));
                assertEquals(wide, count(backward, "backward_data"));
                assertEquals(wide, count(backward, "backward_weights"));
                checkCopies(parts.get("copies " + step), network);
            }
            checkReorders(weights, log(parts, "pass 1"), 1, 0);
            var last = log(parts, "pass 2");
            assertEquals(List.of(), last.stream().filter(Line::isReorder).toList(),
                    "nothing has changed since the first pass");
            checkKernels(last);
            checkFusion(net, last);
        }
    }

    /** In use batch norm, shortcut and relu are the convolution's; a shortcut's own convolution of 1 x 1 has no relu. */
    private static void checkFusion(Module net, List<Line> lines) {
        var wide = lines.stream().filter(Line::isWideConvolution).toList();
        assertEquals(net.parameters().stream().filter(p -> p.rank() == 4 && p.size(1) >= 8).count(), wide.size());
        for (var line : wide) {
            assertEquals(!line.sizes.contains("kh1s"), line.attributes.contains("eltwise_relu"), line::toString);
        }
    }

    private static long count(List<Line> lines, String direction) {
        return lines.stream().filter(line -> line.isWideConvolution() && line.direction.equals(direction)).count();
    }

    /** Each weight into a kernel's layout and out of one, that often at most; and nothing else. */
    private static void checkReorders(Map<String, Long> weights, List<Line> lines, long into, long out) {
        var found = new HashMap<String, Long>();
        for (var line : lines) {
            if (line.isReorder()) {
                assertTrue(weights.containsKey(line.sizes), () -> "not a weight: " + line);
                boolean plain = line.operands.matches("src:\\S* dst:f32::blocked:abcd::\\S*");
                found.merge(line.sizes + (plain ? " out" : " into"), 1L, Long::sum);
            }
        }
        found.forEach((name, count) -> {
            long layers = weights.get(name.substring(0, name.indexOf(' ')));
            long most = layers * (name.endsWith("out") ? out : into);
            assertTrue(count <= most, () -> name + ": " + count + " reorders for " + layers + " layers");
        });
    }

    private static void checkKernels(List<Line> lines) {
        for (var line : lines) {
            assertFalse(line.kernel.startsWith("ref"), () -> "plain loops: " + line);
            if (line.primitive.equals("convolution") || line.primitive.equals("pooling")) {
                assertTrue(line.operands.matches("src:f32::blocked:acdb::.* dst:f32::blocked:acdb::.*"),
                        () -> "channels are not innermost: " + line);
            }
        }
    }

    /** Our own copies: of the images, which come row-major, and of what is flattened for a linear layer, with its gradient. */
    private static void checkCopies(List<String> copies, String network) {
        assertEquals(switch (network) {
            case "LeNet5" -> List.of("FORWARD [7, 16, 5, 5]", "BACKWARD [7, 16, 5, 5]");
            case "ResNet20" -> List.of();
            default -> List.of("FORWARD [7, 3, 32, 32]");
        }, copies);
    }
}
