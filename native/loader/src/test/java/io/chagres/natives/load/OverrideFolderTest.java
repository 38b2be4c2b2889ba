package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverrideFolderTest {
    private static final Manifest MANIFEST = Manifest.of(Platform.LINUX_X86_64);

    @TempDir
    Path folder;

    @Test
    void supportMayBeLeftOut() throws IOException {
        for (var name : List.of("libdnnl.so.3", "libopenblas.so.0", "libgomp.so.1")) {
            Files.createFile(folder.resolve(name));
        }
        assertEquals(List.of("libopenblas.so.0", "libgomp.so.1", "libdnnl.so.3"), OverrideFolder
                .libraries(setting(folder), MANIFEST).stream().map(file -> file.getFileName().toString()).toList());
    }

    @Test
    void whatIsMissingIsNamedBesideWhatIsThere() throws IOException {
        Files.createFile(folder.resolve("libopenblas.so.0"));
        Files.createFile(folder.resolve("libdnnl.so.2"));
        var failure = assertThrows(NativeLoadException.class,
                () -> OverrideFolder.libraries(setting(folder), MANIFEST));
        assertTrue(failure.getMessage().startsWith("no libdnnl.so.3 in " + folder), failure.getMessage());
        assertTrue(failure.getMessage().contains("it holds libdnnl.so.2, libopenblas.so.0"), failure.getMessage());
        assertTrue(failure.getMessage().contains("the test"), failure.getMessage());
    }

    @Test
    void aFolderThatIsNotThereHoldsNothing() {
        var failure = assertThrows(NativeLoadException.class,
                () -> OverrideFolder.libraries(setting(folder.resolve("none")), MANIFEST));
        assertTrue(failure.getMessage().contains("holds nothing readable"), failure.getMessage());
    }

    private static Settings.Folder setting(Path path) {
        return new Settings.Folder(path, "the test");
    }
}
