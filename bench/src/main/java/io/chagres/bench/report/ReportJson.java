package io.chagres.bench.report;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports as JSON files. A figure that is not there is the string {@code "NaN"}. */
public final class ReportJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    private ReportJson() {
    }

    /**
     * Reads a report.
     *
     * @throws IOException if the file cannot be read or is no report of this format
     */
    public static Report read(Path file) throws IOException {
        return MAPPER.readValue(Files.readAllBytes(file), Report.class);
    }

    /**
     * Writes a report; folders are made.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Report report, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    }
}
