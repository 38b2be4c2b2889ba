package io.chagres.runtime.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.reliability.ChildJvm;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Leaks are made in a JVM of their own: in this one they fail the run. */
class LeaksTest {
    /** Leaks on purpose, and prints what is reported. */
    static final class Leaky {
        private static final long MOST_MILLIS = 10_000;

        private Leaky() {
        }

        static void main(String[] arguments) throws Exception {
            var reports = new ConcurrentLinkedQueue<Leaks.Report>();
            if (arguments[0].equals("listen")) {
                Leaks.setListener(reports::add);
            }
            warmUp();
            forgetAParameter();
            Thread.ofPlatform().start(Leaky::forgetAScope).join();
            closeAll();
            leaveToTheCollector();
            collect(Integer.parseInt(arguments[1]));
            reports.stream().map(Leaky::describe).sorted().forEach(System.out::println);
            System.out.println(Leaks.count() + " leaks, " + Memory.liveBytes(Owner.PARAMETERS) + " bytes left");
        }

        /** A slab that waits for its next use was not allocated by whoever forgets it later. */
        static void warmUp() {
            try (var _ = Scope.open()) {
                Tensor.ones(10);
            }
        }

        static void forgetAParameter() {
            Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(100), "fc1.weight");
        }

        static void forgetAScope() {
            Scope.open();
            Tensor.ones(10);
        }

        static void closeAll() {
            Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(100), "closed").close();
            try (var _ = Scope.open()) {
                Tensor.ones(10).keep().close();
            }
        }

        static void leaveToTheCollector() {
            Tensor.ones(10).add(1);
            Tensor.collected(Owner.OPTIMIZER_STATE, DType.FLOAT32, Shape.of(10), "moment");
        }

        private static void collect(int leaks) throws InterruptedException {
            long end = System.currentTimeMillis() + MOST_MILLIS;
            do {
                System.gc();
                Thread.sleep(100);
            } while ((Leaks.count() < leaks || Block.leftToCollector() + Memory.liveBytes(Owner.PARAMETERS) > 0)
                    && System.currentTimeMillis() < end);
        }

        private static String describe(Leaks.Report leak) {
            var sites = leak.site() == null
                    ? Stream.of("nowhere")
                    : Arrays.stream(leak.site().getStackTrace()).filter(frame -> frame.getClassName().contains("Leaky"))
                            .map(StackTraceElement::getMethodName);
            return leak.owner() + " " + leak.bytes() + " (" + leak.origin() + ") in "
                    + sites.findFirst().filter(Objects::nonNull).orElseThrow();
        }
    }

    private static ChildJvm.Ended leak(String level, String... arguments) throws Exception {
        return ChildJvm.run(Leaky.class, List.of("-Dchagres.leaks=" + level), Map.of(), arguments);
    }

    @Test
    void paranoidNamesThePlaceOfEach() throws Exception {
        assertEquals("""
                ACTIVATIONS 65536 (a scope that was never closed) in forgetAScope
                PARAMETERS 400 (fc1.weight) in forgetAParameter
                2 leaks, 0 bytes left
                """, leak("paranoid", "listen", "2").clean());
    }

    @Test
    void simpleNamesOwnerSizeAndOperation() throws Exception {
        assertEquals("""
                ACTIVATIONS 65536 (a scope that was never closed) in nowhere
                PARAMETERS 400 (fc1.weight) in nowhere
                2 leaks, 0 bytes left
                """, leak("simple", "listen", "2").clean());
    }

    @Test
    void withoutAListenerTheyAreLogged() throws Exception {
        var ended = leak("simple", "log", "2");
        assertEquals("2 leaks, 0 bytes left\n", ended.out());
        for (String fact : new String[]{"400 bytes of PARAMETERS (fc1.weight)", "65,536 bytes of ACTIVATIONS",
                "-Dchagres.leaks=paranoid"}) {
            assertTrue(ended.err().contains(fact), ended.err());
        }
    }

    @Test
    void offReportsNothingAndFreesAllTheSame() throws Exception {
        assertEquals("0 leaks, 0 bytes left\n", leak("off", "log", "0").clean());
    }
}
