package io.chagres.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels a JVM gets for its options, and that the answers do not depend on them. */
class KernelChoiceTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "[{0}] {1}")
    @CsvSource({"'', plain, --add-modules jdk.incubator.vector makes them",
            "--add-modules=jdk.incubator.vector, vector-, ''",
            "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=16, vector-128, ''",
            "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=8, plain, gave other results",
            "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1, plain, C2",
            "--add-modules=jdk.incubator.vector -Dchagres.vector=false, plain, ''",
            "-Dchagres.vector=false, plain, ''"})
    void choice(String options, String name, String hint) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelProbe.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        int exit = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start()
                .waitFor();
        String errors = Files.readString(err);
        assertEquals(0, exit, errors);
        List<String> lines = Files.readAllLines(out);
        assertTrue(lines.get(0).startsWith(name), lines.get(0));
        assertEquals(KernelProbe.results(PlainKernels.INSTANCE), lines.get(1));
        assertEquals(hint.isEmpty() ? 0 : 1, errors.split("kernels run in plain Java", -1).length - 1, errors);
        assertTrue(errors.contains(hint), errors);
    }
}
