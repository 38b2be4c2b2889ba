package io.chagres.nn.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** R10: a model whose batch is too large for the budget trains with a smaller one, in the same JVM. */
@EnabledOnOs(OS.LINUX)
class BudgetTest {
    private static final long MIB = 1 << 20;
    private static final long BUDGET = 64 * MIB;
    /** What the JVM and the libraries take for themselves, which no budget counts. */
    private static final long ALLOWANCE = 500 * MIB;

    private static final List<String> OPTIONS = List.of("-Xmx64m", "-Dchagres.threads=1",
            "-Dchagres.memory.budget=" + BUDGET);

    /** Trains with smaller and smaller batches until there is room. */
    static final class TooLarge {
        private TooLarge() {
        }

        static void main() throws Exception {
            for (int batch : new int[]{20_000, 10_000, 64}) {
                try (var training = new Training(1, 20_000, batch, 256)) {
                    for (var rows : training.loader) {
                        training.step(rows);
                    }
                    System.out.println(batch + " rows are trained");
                } catch (MemoryBudgetException tooMuch) {
                    boolean exact = tooMuch.limit() == BUDGET && tooMuch.asked() > BUDGET - tooMuch.used();
                    System.out.println(batch + " rows are too many: " + exact + ", " + place(tooMuch));
                }
                Memory.trim();
                System.out.println(Memory.liveBytes() - Memory.liveBytes(Owner.PLANS) + " bytes left");
            }
            System.out.println("resident within the allowance: " + (mostResident() < BUDGET + ALLOWANCE));
        }

        private static String place(Throwable thrown) {
            for (var frame : thrown.getStackTrace()) {
                if (frame.getMethodName().equals("backward") || frame.getMethodName().equals("forward")) {
                    return frame.getMethodName();
                }
            }
            return "data";
        }

        private static long mostResident() throws IOException {
            for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
            throw new AssertionError("no VmHWM");
        }
    }

    @Test
    void aSmallerBatchTrains() throws Exception {
        assertEquals("""
                20000 rows are too many: true, forward
                0 bytes left
                10000 rows are too many: true, backward
                0 bytes left
                64 rows are trained
                0 bytes left
                resident within the allowance: true
                """, ChildJvm.run(TooLarge.class, OPTIONS, Map.of()).clean());
    }
}
