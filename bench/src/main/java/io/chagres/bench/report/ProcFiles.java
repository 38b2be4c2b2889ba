package io.chagres.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What Linux tells of the machine in files; elsewhere nothing is told. */
final class ProcFiles {
    private ProcFiles() {
    }

    /** The value of the first line {@code name : value} with one of the names, of which another architecture has another. */
    static Optional<String> value(Path file, String... names) {
        var wanted = List.of(names);
        return lines(file).stream().map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && wanted.contains(parts[0].strip()))
                .map(parts -> parts[1].strip()).findFirst();
    }

    /** The first line. */
    static Optional<String> line(Path file) {
        return lines(file).stream().findFirst().map(String::strip);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file, StandardCharsets.ISO_8859_1) : List.of();
        } catch (IOException e) {
            return List.of(); // such as a governor that a virtual machine shows but cannot read
        }
    }
}
