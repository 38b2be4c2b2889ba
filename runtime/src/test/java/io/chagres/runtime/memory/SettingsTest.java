package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import io.chagres.runtime.ffi.Pages;
import io.chagres.runtime.reliability.ChildJvm;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** System properties that memory begins with. */
class SettingsTest {
    /** Says what the settings are. */
    static final class Tell {
        private Tell() {
        }

        static void main() {
            System.out.println(Memory.budget() + " " + Leaks.level());
        }
    }

    private static ChildJvm.Ended tell(String... options) throws Exception {
        return ChildJvm.run(Tell.class, List.of(options), Map.of());
    }

    @Test
    void theBudgetIsFourFifthsOfTheMachineUnlessSet() throws Exception {
        var machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        assertEquals(machine / 5 * 4 + " SIMPLE\n", tell().clean());
    }

    @Test
    void propertiesSetThem() throws Exception {
        assertEquals("67108864 PARANOID\n",
                tell("-Dchagres.memory.budget=67108864", "-Dchagres.leaks=paranoid").clean());
    }

    @ParameterizedTest
    @CsvSource({"chagres.memory.budget, 64m", "chagres.memory.budget, -1", "chagres.leaks, sometimes"})
    void whatCannotBeUnderstoodIsNotIgnored(String property, String value) throws Exception {
        var ended = tell("-D" + property + "=" + value);
        assertEquals(1, ended.exit());
        assertTrue(ended.err().contains(value) && ended.err().contains("IllegalArgumentException"), ended.err());
    }

    /** Takes a large block and a small one. */
    static final class Take {
        private Take() {
        }

        static void main() {
            var large = Storage.own(Owner.ACTIVATIONS, 64 << 20, "test");
            var small = Storage.own(Owner.ACTIVATIONS, 1 << 10, "test");
            System.out.println(large.bytes() + small.bytes());
            large.close();
            small.close();
        }
    }

    @Test
    void theJvmsLimitForDirectMemoryIsNotOurs() throws Exception {
        assumeTrue(Pages.available());
        var ended = ChildJvm.run(Take.class, List.of("-XX:MaxDirectMemorySize=16m"), Map.of());
        assertEquals((64 << 20) + (1 << 10) + "\n", ended.clean());
    }
}
