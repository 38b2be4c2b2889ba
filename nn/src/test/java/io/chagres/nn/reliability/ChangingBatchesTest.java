package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Batches of changing sizes: a short last one makes nothing anew in the epochs after the first, and sizes without end take no more
 * memory than the bound of the plans allows. What oneDNN prepares is in its own log.
 */
class ChangingBatchesTest {
    private static final int FULL = 64;
    private static final int SHORT = 17;
    private static final int EPOCHS = 4;
    private static final int CAPACITY = 64;
    /** The arguments of a convolution with a bias, and of the copy of its weight. */
    private static final long MOST_BYTES = (5 + 3) * 16;
    private static final int ROUNDS = 3;
    private static final int SIZES = 40;

    /** Four full batches and a short one an epoch. */
    static final class Epochs {
        private Epochs() {
        }

        static void main() {
            try (var training = new ImageTraining("LeNet5", 1, FULL)) {
                for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                    System.out.println("# epoch " + epoch);
                    for (int batch = 0; batch < 4; batch++) {
                        training.step(FULL);
                    }
                    training.step(SHORT);
                    System.out.println(Memory.liveBytes(Owner.PLANS));
                }
            }
        }
    }

    /** A full batch after each of many other sizes, which are more than the bound has room for. */
    static final class Sizes {
        private Sizes() {
        }

        static void main() throws IOException {
            long before = Memory.liveBytes();
            try (var training = new ImageTraining("LeNet5", 1, FULL)) {
                training.step(FULL);
                long bytes = 0;
                for (int round = 1; round <= ROUNDS; round++) {
                    for (int size = 1; size <= SIZES; size++) {
                        System.out.println("# other " + round + " " + size);
                        training.step(size);
                        System.out.println("# full " + round + " " + size);
                        training.step(FULL);
                        bytes = Math.max(bytes, Memory.liveBytes(Owner.PLANS));
                    }
                    System.out.println("# round " + round);
                    System.out.println(bytes + " " + resident());
                }
            }
            Memory.trim();
            System.out.println("# left");
            System.out.println(Memory.liveBytes() - Memory.liveBytes(Owner.PLANS) - before);
        }

        /** The pages of this process that are in memory; 0 where nobody tells. */
        private static long resident() throws IOException {
            var file = Path.of("/proc/self/statm");
            return Files.exists(file) ? Long.parseLong(Files.readString(file).split(" ")[1]) : 0;
        }
    }

    /** The lines of each part, by its name. */
    private static Map<String, List<String>> run(Class<?> main) throws Exception {
        var out = ChildJvm.run(main, List.of("-Xmx256m", "-Dchagres.plans=" + CAPACITY),
                Map.of("ONEDNN_VERBOSE", "profile_create")).clean();
        return Arrays.stream(out.split("(?m)^# ")).skip(1).map(part -> part.lines().toList())
                .collect(Collectors.toMap(List::getFirst, lines -> lines.subList(1, lines.size())));
    }

    private static List<String> made(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("onednn_verbose") && line.contains(",create")).toList();
    }

    @Test
    void aShortLastBatchMakesNothingAnew() throws Exception {
        var parts = run(Epochs.class);
        assertTrue(made(parts.get("epoch 1")).size() > 10, "the log has what is made");
        for (int epoch = 2; epoch <= EPOCHS; epoch++) {
            assertEquals(List.of(), made(parts.get("epoch " + epoch)));
            assertEquals(parts.get("epoch 1").getLast(), parts.get("epoch " + epoch).getLast());
        }
    }

    @Test
    void sizesWithoutEndStayWithinTheBound() throws Exception {
        var parts = run(Sizes.class);
        for (int round = 1; round <= ROUNDS; round++) {
            for (int size = 1; size <= SIZES; size++) {
                assertTrue(!made(parts.get("other " + round + " " + size)).isEmpty(), "its plans were evicted since");
                assertEquals(List.of(), made(parts.get("full " + round + " " + size)),
                        "plans that are used all the time stay");
            }
        }
        var first = numbers(parts.get("round 1"));
        var last = numbers(parts.get("round " + ROUNDS));
        assertTrue(last[0] <= CAPACITY * MOST_BYTES, () -> "plans take " + last[0] + " bytes");
        assertEquals(first[0], last[0], "the most bytes that plans ever took");
        assertTrue(last[1] - first[1] < 16_384, () -> (last[1] - first[1]) + " pages more");
        assertEquals(0, Long.parseLong(parts.get("left").getFirst()));
    }

    private static long[] numbers(List<String> lines) {
        return Arrays.stream(lines.getLast().split(" ")).mapToLong(Long::parseLong).toArray();
    }
}
