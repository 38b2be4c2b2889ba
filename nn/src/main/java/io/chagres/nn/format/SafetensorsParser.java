package io.chagres.nn.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.chagres.nn.format.SafetensorsHeader.Entry;
import io.chagres.runtime.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the header of a safetensors file, and believes nothing of it that it has not checked. */
final class SafetensorsParser implements AutoCloseable {
    private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(3).maxNumberLength(20).build())
            .build();

    private final Path file;
    private final JsonParser json;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private SafetensorsParser(Path file, byte[] header) throws IOException {
        this.file = file;
        this.json = JSON.createParser(header);
    }

    /**
     * Parses and checks a header.
     *
     * @param dataBytes bytes of the file after the header
     */
    static SafetensorsHeader parse(Path file, byte[] header, long dataBytes) throws FormatException {
        try (var parser = new SafetensorsParser(file, header)) {
            parser.readHeader();
            parser.checkOffsets(dataBytes);
            return new SafetensorsHeader(parser.entries, parser.metadata);
        } catch (FormatException e) {
            throw e;
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw new FormatException(file, "header, byte " + at + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new FormatException(file, "header: " + e.getMessage(), e);
        }
    }

    private void readHeader() throws IOException {
        expect("header", json.nextToken(), JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (name.equals(SafetensorsHeader.METADATA)) {
                readMetadata();
            } else {
                entries.put(name, readEntry("tensor '" + name + "'"));
            }
        }
        if (json.nextToken() != null) {
            throw wrong("header", "its JSON object is followed by " + json.currentToken());
        }
    }

    private void readMetadata() throws IOException {
        expect(SafetensorsHeader.METADATA, json.nextToken(), JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            expect(SafetensorsHeader.METADATA + " '" + key + "'", json.nextToken(), JsonToken.VALUE_STRING);
            metadata.put(key, json.getText());
        }
    }

    private Entry readEntry(String tensor) throws IOException {
        SafetensorsType type = null;
        long[] dims = null;
        long[] offsets = null;
        expect(tensor, json.nextToken(), JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            switch (key) {
                case "dtype" -> type = readType(tensor);
                case "shape" -> dims = readNumbers(tensor + ", shape", Shape.MAX_RANK);
                case "data_offsets" -> offsets = readNumbers(tensor + ", data_offsets", 2);
                default -> throw wrong(tensor, "unknown key '" + key + "'");
            }
        }
        if (type == null || dims == null || offsets == null || offsets.length != 2) {
            throw wrong(tensor, "needs a dtype, a shape and two data_offsets");
        }
        return entry(tensor, type, dims, offsets[0], offsets[1]);
    }

    private Entry entry(String tensor, SafetensorsType type, long[] dims, long begin, long end) throws FormatException {
        try {
            var shape = Shape.of(dims);
            long bytes = shape.bytes(type.dtype());
            if (end - begin != bytes) {
                throw wrong(tensor, type + " " + shape + " takes " + bytes + " bytes, its data_offsets [" + begin + ", "
                        + end + "] span " + (end - begin));
            }
            return new Entry(type.dtype(), shape, begin, end);
        } catch (IllegalArgumentException tooLarge) {
            throw new FormatException(file, tensor + ": " + tooLarge.getMessage(), tooLarge);
        }
    }

    private SafetensorsType readType(String tensor) throws IOException {
        expect(tensor + ", dtype", json.nextToken(), JsonToken.VALUE_STRING);
        String name = json.getText();
        return SafetensorsType.named(name).orElseThrow(() -> wrong(tensor,
                "dtype '" + name + "' is none of " + Arrays.toString(SafetensorsType.values())));
    }

    /** Whole numbers from 0 to 2^63 - 1. */
    private long[] readNumbers(String where, int most) throws IOException {
        expect(where, json.nextToken(), JsonToken.START_ARRAY);
        long[] numbers = new long[most];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(where, json.currentToken(), JsonToken.VALUE_NUMBER_INT);
            if (count == most) {
                throw wrong(where, "more than " + most + " numbers");
            }
            numbers[count] = json.getLongValue();
            if (numbers[count++] < 0) {
                throw wrong(where, "negative number " + numbers[count - 1]);
            }
        }
        return Arrays.copyOf(numbers, count);
    }

    /** The tensors must cover the data from its first byte to its last, without a hole or an overlap. */
    private void checkOffsets(long dataBytes) throws FormatException {
        var sorted = new ArrayList<>(entries.entrySet());
        sorted.sort(Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long covered = 0;
        for (var entry : sorted) {
            long begin = entry.getValue().begin();
            if (begin != covered) {
                throw wrong("tensor '" + entry.getKey() + "'", "starts at byte " + begin + " of the data, "
                        + (begin < covered ? "inside" : "away from") + " the one before it, which ends at " + covered);
            }
            covered = entry.getValue().end();
        }
        if (covered != dataBytes) {
            throw new FormatException(file,
                    "the header describes " + covered + " bytes of data, the file holds " + dataBytes);
        }
    }

    private void expect(String where, JsonToken found, JsonToken wanted) throws FormatException {
        if (found != wanted) {
            throw wrong(where, "expected " + wanted + ", found " + (found == null ? "the end" : found));
        }
    }

    private FormatException wrong(String where, String problem) {
        return new FormatException(file, where + ": " + problem);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
