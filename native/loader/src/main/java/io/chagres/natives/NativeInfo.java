package io.chagres.natives;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was loaded.
 *
 * @param platform such as {@code linux-x86_64}
 * @param origin where the libraries came from, in words: a bundle's jar, or the setting that names a folder
 * @param libraries in the order in which they were loaded
 * @param openblas the version that OpenBLAS reports, such as {@code 0.3.31}
 * @param onednn the version that oneDNN reports, such as {@code 3.13.0}
 * @param environment the environment variables that were set for the libraries, because the user had not set them
 */
public record NativeInfo(String platform, String origin, List<Library> libraries, String openblas, String onednn,
        Map<String, String> environment) {

    /**
     * One loaded library.
     *
     * @param name its file name
     * @param path the file that was loaded, absolute
     * @param bytes the size of that file
     */
    public record Library(String name, Path path, long bytes) {
    }

    public NativeInfo {
        libraries = List.copyOf(libraries);
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }
}
