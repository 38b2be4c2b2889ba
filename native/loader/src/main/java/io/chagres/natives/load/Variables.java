package io.chagres.natives.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/** Environment variables that the libraries read while they are loaded. */
final class Variables {
    /**
     * No team for a thread that does not ask for one. And a worker of OpenMP that waits gives its processor up after some
     * 30 us, not 5 ms: on a machine that is busy with other things, the one that it waits for would not get to run otherwise,
     * and a step on two threads takes ten times as long. On a quiet machine this costs a step about 5 %.
     */
    private static final Map<String, String> WANTED = Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1",
            "GOMP_SPINCOUNT", "2000");

    private Variables() {
    }

    /**
     * Sets what the user has not set.
     *
     * @param environment what the user has set; to have read it before also keeps what we set out of Java's own copy of
     *        the environment, which child processes inherit
     * @return what was set
     */
    static Map<String, String> preset(Map<String, String> environment) {
        var unset = new TreeMap<>(WANTED);
        unset.keySet().removeAll(environment.keySet());
        if (environment.containsKey("OMP_WAIT_POLICY")) {
            unset.remove("GOMP_SPINCOUNT");
        }
        unset.forEach(Variables::set);
        return unset;
    }

    private static void set(String name, String value) {
        try (var arena = Arena.ofConfined()) {
            var status = Foreign.system().find("setenv").isPresent()
                    ? setenv(arena.allocateFrom(name), arena.allocateFrom(value))
                    : putenv(arena.allocateFrom(name), arena.allocateFrom(value));
            if (status != 0) {
                throw new IllegalStateException("the C library refuses to set " + name + "=" + value);
            }
        }
    }

    private static int setenv(MemorySegment name, MemorySegment value) {
        var function = Foreign.function(Foreign.system(), "setenv",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        try {
            return (int) function.invokeExact(name, value, 0);
        } catch (Throwable e) {
            throw Foreign.failed("setenv", e);
        }
    }

    /** Windows. */
    private static int putenv(MemorySegment name, MemorySegment value) {
        var function = Foreign.function(Foreign.system(), "_putenv_s",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        try {
            return (int) function.invokeExact(name, value);
        } catch (Throwable e) {
            throw Foreign.failed("_putenv_s", e);
        }
    }
}
