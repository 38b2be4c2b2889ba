package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Exit code and both outputs of a run of an example. */
record Run(int code, String out, String err) {

    static Run of(Example example, String... arguments) {
        var oldOut = System.out;
        var oldErr = System.err;
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            return new Run(Example.run(example, arguments), out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    /** The numbers of the JSON object in the last line. */
    Map<String, Double> summary() throws IOException {
        assertEquals(0, code, err);
        String line = out.lines().reduce((a, b) -> b).orElseThrow();
        var numbers = new LinkedHashMap<String, Double>();
        try (var json = new JsonFactory().createParser(line)) {
            assertEquals(JsonToken.START_OBJECT, json.nextToken());
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                assertTrue(json.nextToken().isNumeric(), line);
                numbers.put(name, json.getDoubleValue());
            }
            assertEquals(JsonToken.END_OBJECT, json.currentToken());
        }
        return numbers;
    }

    /** Checks that the run ended with this exit code and said this. */
    void assertMistake(int exitCode, String message) {
        assertEquals(exitCode, code, err);
        assertTrue(err.contains(message), err);
    }

    /** Checks that all pictures were drawn into a folder. */
    static void assertPictures(Path folder) throws IOException {
        for (String name : List.of("loss.png", "predictions.png", "confusion.png")) {
            assertTrue(ImageIO.read(folder.resolve(name).toFile()).getWidth() >= 900, name);
        }
    }
}
