package io.chagres.natives.load;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What the user asked for.
 *
 * @param libraries a folder to take the libraries from, instead of a bundle
 * @param cache a folder to extract bundles into, instead of {@code defaultCaches}
 * @param defaultCaches folders to extract bundles into; the first that can be made is used
 * @param environment the environment variables of this process, as it was started
 */
record Settings(Optional<Folder> libraries, Optional<Folder> cache, List<Path> defaultCaches,
        Map<String, String> environment) {
    /** How to name a folder of libraries, for messages. */
    static final String LIBRARIES = "-Dchagres.native.path=FOLDER (or CHAGRES_NATIVE_PATH)";
    /** How to name a cache folder, for messages. */
    static final String CACHE = "-Dchagres.native.cache=FOLDER (or CHAGRES_NATIVE_CACHE)";

    /** A folder, and which setting named it. */
    record Folder(Path path, String setting) {
    }

    static Settings ofThisJvm() {
        return of(System.getProperties(), System.getenv());
    }

    static Settings of(Properties properties, Map<String, String> environment) {
        return new Settings(folder("chagres.native.path", "CHAGRES_NATIVE_PATH", properties, environment),
                folder("chagres.native.cache", "CHAGRES_NATIVE_CACHE", properties, environment),
                Stream.concat(userCache(properties, environment).stream(), Stream.of(temporary(properties))).toList(),
                environment);
    }

    private static Optional<Folder> folder(String property, String variable, Properties properties,
            Map<String, String> environment) {
        return given(properties.getProperty(property)).map(path -> new Folder(path, "system property " + property))
                .or(() -> given(environment.get(variable))
                        .map(path -> new Folder(path, "environment variable " + variable)));
    }

    private static Optional<Path> given(String value) {
        return Optional.ofNullable(value).filter(text -> !text.isBlank())
                .map(text -> Path.of(text).toAbsolutePath().normalize());
    }

    /** None where the user has no home: Java then says "?". */
    private static Optional<Path> userCache(Properties properties, Map<String, String> environment) {
        var xdg = Optional.ofNullable(environment.get("XDG_CACHE_HOME")).map(Path::of).filter(Path::isAbsolute);
        var home = Optional.ofNullable(properties.getProperty("user.home")).map(Path::of).filter(Path::isAbsolute)
                .map(path -> path.resolve(".cache"));
        return xdg.or(() -> home).map(path -> path.resolve("chagres", "native"));
    }

    private static Path temporary(Properties properties) {
        var user = properties.getProperty("user.name", "").replaceAll("[^\\w.-]", "_");
        return Path.of(properties.getProperty("java.io.tmpdir")).toAbsolutePath().resolve("chagres-" + user);
    }
}
