package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.natives.NativeLoadException;
import io.chagres.natives.load.Manifest.Library;
import io.chagres.natives.load.Manifest.Role;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final String HASH = "67d3147512460e56dc805582ed5d32b66a7a199247ba5a27b7cb3054d2b2fef2";

    @ParameterizedTest
    @EnumSource
    void everyPlatformHasOneOfEachLibraryAndLicences(Platform platform) {
        var manifest = Manifest.of(platform);
        for (var role : List.of(Role.OPENBLAS, Role.ONEDNN)) {
            assertEquals(1, manifest.libraries().stream().filter(library -> library.role() == role).count());
        }
        assertEquals(manifest.the(Role.ONEDNN), manifest.libraries().getLast());
        assertTrue(manifest.licences().contains("licences/NOTICE.txt"), manifest.licences()::toString);
    }

    @Test
    void readsWhatItSays() {
        var manifest = Manifest.parse("p", "# note\n\nopenblas " + HASH + "  12 libx.so.0\nlicence  licences/a.txt\n");
        assertEquals(List.of(new Library(Role.OPENBLAS, HASH, 12, "libx.so.0")), manifest.libraries());
        assertEquals(List.of("licences/a.txt"), manifest.licences());
    }

    @ParameterizedTest
    @ValueSource(strings = {"support abc 12 libx.so", "other " + HASH + " 12 libx.so", "support " + HASH + " libx.so",
            "support " + HASH + " 12 ../libx.so", "licence"})
    void refusesWhatItDoesNotUnderstand(String line) {
        var failure = assertThrows(IllegalArgumentException.class, () -> Manifest.parse("p", line));
        assertTrue(failure.getMessage().endsWith(line), failure.getMessage());
    }

    @Test
    void anyOtherContentIsAnotherId() {
        var bundle = MemoryBundle.sample();
        var before = bundle.manifest().id();
        assertEquals(before, MemoryBundle.sample().manifest().id());
        bundle.files().put("liba.so", new byte[]{1, 2, 4});
        assertNotEquals(before, bundle.manifest().id());
    }

    @Test
    void verifyingFindsAForeignFile() {
        var bundle = MemoryBundle.sample();
        bundle.files().put(Manifest.of(Platform.LINUX_X86_64).libraries().getFirst().name(), new byte[1]);
        var failure = assertThrows(NativeLoadException.class, () -> Manifest.verify(bundle));
        assertTrue(failure.getMessage().startsWith("libquadmath.so.0"), failure.getMessage());
    }
}
