package io.chagres.natives.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS) // paths
class SettingsTest {
    @Test
    void aPropertyGoesBeforeAVariable() {
        var properties = properties(Map.of("chagres.native.path", "/p", "chagres.native.cache", "/c"));
        var settings = Settings.of(properties, Map.of("CHAGRES_NATIVE_PATH", "/v", "CHAGRES_NATIVE_CACHE", "/w"));
        assertEquals(Optional.of(new Settings.Folder(Path.of("/p"), "system property chagres.native.path")),
                settings.libraries());
        assertEquals(Optional.of(new Settings.Folder(Path.of("/c"), "system property chagres.native.cache")),
                settings.cache());
    }

    @Test
    void aVariableDoesAlone() {
        var settings = Settings.of(properties(Map.of()), Map.of("CHAGRES_NATIVE_PATH", "/v"));
        assertEquals(Optional.of(new Settings.Folder(Path.of("/v"), "environment variable CHAGRES_NATIVE_PATH")),
                settings.libraries());
    }

    @Test
    void blankIsUnsetAndRelativeIsMadeAbsolute() {
        var settings = Settings.of(properties(Map.of("chagres.native.path", " ", "chagres.native.cache", "x/../c")),
                Map.of());
        assertTrue(settings.libraries().isEmpty());
        assertEquals(Path.of("c").toAbsolutePath(), settings.cache().orElseThrow().path());
    }

    @Test
    void theCacheStandsInTheUsersHome() {
        assertEquals(List.of(Path.of("/home/u/.cache/chagres/native"), Path.of("/tmp/chagres-u")),
                Settings.of(properties(Map.of()), Map.of("XDG_CACHE_HOME", "relative")).defaultCaches());
    }

    @Test
    void theCacheStandsWhereTheDesktopSays() {
        assertEquals(Path.of("/xdg/chagres/native"),
                Settings.of(properties(Map.of()), Map.of("XDG_CACHE_HOME", "/xdg")).defaultCaches().getFirst());
    }

    @Test
    void aUserWithoutAHomeHasATemporaryFolder() {
        assertEquals(List.of(Path.of("/tmp/chagres-a_b_")), Settings
                .of(properties(Map.of("user.home", "?", "user.name", "a/b?")), Map.of()).defaultCaches());
    }

    private static Properties properties(Map<String, String> more) {
        var properties = new Properties();
        properties.putAll(Map.of("user.home", "/home/u", "user.name", "u", "java.io.tmpdir", "/tmp"));
        properties.putAll(more);
        return properties;
    }
}
