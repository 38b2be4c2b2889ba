package io.chagres.natives.load;

import io.chagres.natives.NativeLoadException;
import io.chagres.natives.load.Manifest.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A folder of the user's with libraries in it. Whose it is and what exactly it holds is the user's affair: nothing is
 * compared with the manifest but the names.
 */
final class OverrideFolder {
    private OverrideFolder() {
    }

    /**
     * The libraries that are there, in load order. Supporting libraries may be left out, if the system has them.
     *
     * @throws NativeLoadException if OpenBLAS or oneDNN is not there
     */
    static List<Path> libraries(Settings.Folder folder, Manifest manifest) {
        for (var library : manifest.libraries()) {
            if (library.role() != Role.SUPPORT && !Files.isRegularFile(folder.path().resolve(library.name()))) {
                throw new NativeLoadException(
                        """
                                no %s in %s, the folder that %s names (it holds %s); put it there, or leave the \
                                setting out to use the artifact chagres-native-%s"""
                                .formatted(library.name(), folder.path(), folder.setting(), contents(folder.path()),
                                        manifest.platform()));
            }
        }
        return manifest.libraries().stream().map(library -> folder.path().resolve(library.name()))
                .filter(Files::isRegularFile).toList();
    }

    private static String contents(Path folder) {
        try (var files = Files.list(folder)) {
            var names = files.map(file -> file.getFileName().toString()).sorted().limit(20)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "nothing" : names;
        } catch (IOException e) {
            return "nothing readable: " + e;
        }
    }
}
