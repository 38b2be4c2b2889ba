package io.chagres.natives.linux.x86_64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.Doctor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class DoctorTest {
    @Test
    void findsAHealthySystemOnTheModulePath() throws IOException, InterruptedException, URISyntaxException {
        var ended = ChildJvm.start(Map.of(), "-p", place(Doctor.class) + ":" + place(Bundle.class),
                "--enable-native-access=io.chagres.natives", "-m", "io.chagres.natives/io.chagres.natives.Doctor")
                .end();
        assertEquals(0, ended.exit(), ended::toString);
        assertEquals("", ended.err());
        assertTrue(ended.out().endsWith("All is well.\n"), ended::out);
        assertEquals(12, ended.out().lines().filter(line -> line.contains(" GFLOP/s, relative error ")).count());
    }

    /** Here the one that fails is {@link Appointment}. */
    @Test
    void asksTheCheckupsOfOtherModules() throws IOException, InterruptedException {
        var ended = classPath(Map.of());
        assertTrue(ended.out().contains("Self-test\n") && ended.out().endsWith("""
                Appointment
                  FAILED: java.lang.IllegalStateException: the patient did not come
                Something is wrong: see FAILED above.
                """), ended::toString);
        assertEquals(1, ended.exit());
        assertEquals("", ended.err());
    }

    @Test
    void explainsWhyNothingCanBeLoaded(@TempDir Path empty) throws IOException, InterruptedException {
        var ended = classPath(Map.of("CHAGRES_NATIVE_PATH", empty.toString()));
        assertEquals(1, ended.exit(), ended::toString);
        assertTrue(ended.out().contains("  FAILED: no libopenblas.so.0 in " + empty), ended::out);
        assertFalse((ended.out() + ended.err()).contains("\tat "), ended::toString);
    }

    private static ChildJvm.Ended classPath(Map<String, String> environment) throws IOException, InterruptedException {
        return ChildJvm.start(environment, "-cp", ChildJvm.classPath(), ChildJvm.NATIVE_ACCESS, Doctor.class.getName())
                .end();
    }

    private static Path place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
