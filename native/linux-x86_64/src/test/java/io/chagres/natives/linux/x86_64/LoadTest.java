package io.chagres.natives.linux.x86_64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.load.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The real libraries, in child JVMs. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class LoadTest {
    private static final List<String> LIBRARIES = List.of("libquadmath.so.0", "libgfortran.so.5", "libopenblas.so.0",
            "libgomp.so.1", "libdnnl.so.3");

    /** Where the cache keeps them. */
    private static Path entry;

    @TempDir
    Path folder;

    @BeforeAll
    static void fillTheCache() throws IOException, InterruptedException {
        var ended = probe(Map.of());
        assertEquals(0, ended.exit(), ended::toString);
        try (var entries = Files.list(ChildJvm.CACHE)) {
            entry = entries.filter(path -> ended.out().contains("library " + path)).findFirst().orElseThrow();
        }
    }

    @Test
    void theBundleHoldsWhatTheManifestSays() {
        Manifest.verify(new Bundle());
    }

    @Test
    void theBundleIsLoadedAndNobodyGetsATeamUnasked() throws IOException, InterruptedException {
        var ended = probe(Map.of());
        assertEquals(0, ended.exit(), ended::toString);
        assertEquals("", ended.err());
        assertEquals(LIBRARIES.stream().map(entry::resolve).map(Path::toString).toList(), ended.out().lines()
                .filter(line -> line.startsWith("library ")).map(line -> line.substring("library ".length())).toList());
        assertTrue(ended.out().endsWith("""
                versions 0.3.31 and 3.13.0
                set {GOMP_SPINCOUNT=2000, OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1}
                threads 1 and 1
                children inherit null
                """), ended::out);
    }

    @Test
    void whatTheUserSetStands() throws IOException, InterruptedException {
        var ended = probe(Map.of("OMP_NUM_THREADS", "3"));
        assertTrue(ended.out().endsWith("""
                set {GOMP_SPINCOUNT=2000, OPENBLAS_NUM_THREADS=1}
                threads 3 and 1
                children inherit 3
                """), ended::toString);
    }

    @Test
    void aDamagedLibraryIsExtractedAgain() throws IOException, InterruptedException {
        var gomp = entry.resolve("libgomp.so.1");
        var intact = Files.readAllBytes(gomp);
        var damaged = intact.clone();
        damaged[intact.length / 2] ^= 1;
        Files.write(gomp, damaged);
        var ended = probe(Map.of());
        assertEquals(0, ended.exit(), ended::toString);
        assertTrue(ended.err().contains(gomp + " has SHA-256") && ended.err().contains("extracting it again"),
                ended::err);
        assertArrayEquals(intact, Files.readAllBytes(gomp));
    }

    @Test
    void twoJvmsThatStartAtOnceShareOneEntry() throws IOException, InterruptedException {
        var environment = Map.of("CHAGRES_NATIVE_CACHE", folder.toString());
        for (var child : List.of(start(environment), start(environment))) {
            var ended = child.end();
            assertEquals(0, ended.exit(), ended::toString);
            assertEquals("", ended.err());
        }
        try (var entries = Files.list(folder)) {
            assertEquals(List.of(folder.resolve(entry.getFileName())), entries.toList());
        }
    }

    @Test
    void aFolderOfTheUsersGoesFirst() throws IOException, InterruptedException {
        for (var library : LIBRARIES) {
            put(library, library);
        }
        var ended = probe(override());
        assertEquals(0, ended.exit(), ended::toString);
        assertTrue(ended.out().startsWith("from environment variable CHAGRES_NATIVE_PATH\n"), ended::out);
        assertTrue(ended.out().contains("library " + folder.resolve("libdnnl.so.3") + "\n"), ended::out);
    }

    @Test
    void aFolderThatLacksALibraryIsRefused() throws IOException, InterruptedException {
        put("libquadmath.so.0", "libopenblas.so.0");
        assertRefused("no libdnnl.so.3 in " + folder, probe(override()));
    }

    @Test
    void aStubIsRefused() throws IOException, InterruptedException {
        put("libquadmath.so.0", "libopenblas.so.0");
        put("libquadmath.so.0", "libdnnl.so.3");
        assertRefused(folder.resolve("libopenblas.so.0") + " has no symbol 'openblas_get_config': it is not OpenBLAS",
                probe(override()));
    }

    @Test
    void aFileThatIsNoLibraryIsRefused() throws IOException, InterruptedException {
        var file = Files.write(folder.resolve("libopenblas.so.0"),
                "#!/bin/sh\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
        put("libquadmath.so.0", "libdnnl.so.3");
        assertRefused("loading " + file + " failed: invalid ELF header", probe(override()));
    }

    @Test
    void anOlderVersionIsRefused() throws IOException, InterruptedException {
        assertRefused(
                entry.resolve("libdnnl.so.3") + " is oneDNN 3.13.0; needed is oneDNN 3.14.0 or newer, below 4.0.0",
                ChildJvm.start(Map.of(), "-cp", ChildJvm.classPath(), ChildJvm.NATIVE_ACCESS,
                        "io.chagres.natives.load.NewerProbe").end());
    }

    @Test
    void withoutNativeAccessTheFlagIsNamed() throws IOException, InterruptedException {
        assertRefused("native access is not permitted to Chagres; run java with --enable-native-access=ALL-UNNAMED",
                ChildJvm.start(Map.of(), "-cp", ChildJvm.classPath(), "--illegal-native-access=deny",
                        Probe.class.getName()).end());
    }

    private static void assertRefused(String reason, ChildJvm.Ended ended) {
        assertEquals(3, ended.exit(), ended::toString);
        assertTrue(ended.out().startsWith(reason), ended::out);
    }

    private Map<String, String> override() {
        return Map.of("CHAGRES_NATIVE_PATH", folder.toString());
    }

    /** Puts a library of the cache into the folder, under a name that need not be its own. */
    private void put(String library, String name) throws IOException {
        Files.copy(entry.resolve(library), folder.resolve(name));
    }

    private static ChildJvm.Ended probe(Map<String, String> environment) throws IOException, InterruptedException {
        return start(environment).end();
    }

    private static ChildJvm start(Map<String, String> environment) throws IOException {
        return ChildJvm.start(environment, "-cp", ChildJvm.classPath(), ChildJvm.NATIVE_ACCESS, Probe.class.getName());
    }
}
