package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.NativeLoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What belongs to a platform's bundle. It is kept here and not in the bundle, so that a bundle of another version, or
 * one that was tampered with, is found out.
 *
 * @param platform such as {@code linux-x86_64}
 * @param libraries in load order
 * @param licences paths in the bundle
 */
public record Manifest(String platform, List<Library> libraries, List<String> licences) {
    private static final Pattern LIBRARY = Pattern
            .compile("(support|openblas|onednn) +(\\p{XDigit}{64}) +(\\d{1,12}) ([\\w.-]+)");
    private static final Pattern LICENCE = Pattern.compile("licence +([\\w./-]+)");

    /** What a library is to us; {@code SUPPORT} is whatever the two others need. */
    enum Role {
        SUPPORT, OPENBLAS, ONEDNN
    }

    /** A file that must have exactly this size and SHA-256 (in lower-case hexadecimal). */
    record Library(Role role, String sha256, long bytes, String name) {
    }

    /** The manifest of a platform. */
    static Manifest of(Platform platform) {
        var resource = platform.id() + ".manifest";
        try (var stream = Manifest.class.getResourceAsStream(resource)) {
            return parse(platform.id(), new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + resource, e);
        }
    }

    static Manifest parse(String platform, String text) {
        var libraries = new ArrayList<Library>();
        var licences = new ArrayList<String>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            var library = LIBRARY.matcher(line);
            var licence = LICENCE.matcher(line);
            if (library.matches()) {
                libraries.add(new Library(Role.valueOf(library.group(1).toUpperCase(Locale.ROOT)), library.group(2),
                        Long.parseLong(library.group(3)), library.group(4)));
            } else if (licence.matches()) {
                licences.add(licence.group(1));
            } else {
                throw new IllegalArgumentException("manifest of " + platform + ": not understood: " + line);
            }
        });
        return new Manifest(platform, List.copyOf(libraries), List.copyOf(licences));
    }

    /** The one library of this role. */
    Library the(Role role) {
        return libraries.stream().filter(library -> library.role == role).findFirst().orElseThrow();
    }

    /** The platform and a hash of all its libraries: no two contents share it. */
    String id() {
        var contents = libraries.stream().map(library -> library.sha256 + " " + library.name)
                .collect(Collectors.joining("\n"));
        return platform + "-" + Sha256.of(contents.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    }

    /**
     * Reads a whole bundle and compares it with the manifest of its platform.
     *
     * @throws NativeLoadException naming the first file that differs
     * @throws UncheckedIOException if a file is missing or unreadable
     */
    public static void verify(NativeBundle bundle) {
        var manifest = of(Platform.named(bundle.platform()));
        try {
            for (var library : manifest.libraries) {
                try (var stream = bundle.open(library.name)) {
                    Bundles.requireIntact(bundle, library, Sha256.of(stream));
                }
            }
            for (var licence : manifest.licences) {
                bundle.open(licence).close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("verifying the bundle for " + manifest.platform, e);
        }
    }
}
