package io.chagres.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.bindings.lapack.Lapacke;
import io.chagres.bindings.onednn.OneDnn;
import io.chagres.bindings.openblas.OpenBlas;
import io.chagres.natives.Natives;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bindings and the shipped libraries belong together: what is bound is there, and what was asked for is bound. */
class EverySymbolExistsTest {
    @BeforeAll
    static void load() {
        Natives.load();
    }

    @ParameterizedTest
    @CsvSource({"openblas, 100", "lapack, 16", "onednn, 140"})
    void everyFunctionHasAnAddress(String library, int atLeast) throws ReflectiveOperationException {
        int found = 0;
        for (Method method : header(library).getMethods()) {
            if (method.getName().endsWith("$address")) {
                var address = (MemorySegment) method.invoke(null);
                assertNotEquals(MemorySegment.NULL, address, method.getName());
                found++;
            }
        }
        assertTrue(found >= atLeast, library + ": only " + found + " functions are bound");
    }

    @ParameterizedTest
    @CsvSource({"openblas", "lapack", "onednn"})
    void theSymbolListIsWhatIsBound(String library) throws IOException {
        var bound = Arrays.stream(header(library).getMethods()).map(Method::getName)
                .filter(name -> name.endsWith("$address")).map(name -> name.replace("$address", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(listed(library, "function"), bound);
    }

    private static Class<?> header(String library) {
        return switch (library) {
            case "openblas" -> OpenBlas.class;
            case "lapack" -> Lapacke.class;
            default -> OneDnn.class;
        };
    }

    private static Set<String> listed(String library, String kind) throws IOException {
        try (var lines = Files.lines(Path.of("symbols", library + ".txt"))) {
            return lines.filter(line -> line.startsWith("--include-" + kind + " ")).map(line -> line.split(" ")[1])
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
