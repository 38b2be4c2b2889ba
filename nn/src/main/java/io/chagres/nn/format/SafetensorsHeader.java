package io.chagres.nn.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a safetensors file says of its tensors.
 *
 * @param entries by name, in the order of the header
 * @param metadata free text by key
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /**
     * One tensor.
     *
     * @param begin its first byte, counted from the end of the header
     * @param end the byte after its last
     */
    record Entry(DType dtype, Shape shape, long begin, long end) {
    }

    /** Lays tensors out without holes, those of wide elements first, so that each starts at a multiple of its elements. */
    static SafetensorsHeader of(Map<String, Tensor> tensors, Map<String, String> metadata) {
        var widestFirst = new ArrayList<>(tensors.keySet());
        widestFirst.sort(Comparator.comparingInt(name -> -tensors.get(name).dtype().bytes()));
        var begins = new HashMap<String, Long>();
        long end = 0;
        for (String name : widestFirst) {
            begins.put(name, end);
            end = Math.addExact(end, bytes(tensors.get(name)));
        }
        var entries = new LinkedHashMap<String, Entry>();
        tensors.forEach((name, tensor) -> {
            long begin = begins.get(name);
            entries.put(name, new Entry(tensor.dtype(), tensor.shape(), begin, begin + bytes(tensor)));
        });
        return new SafetensorsHeader(entries, metadata);
    }

    private static long bytes(Tensor tensor) {
        return tensor.shape().bytes(tensor.dtype());
    }

    /** The tensors as their data follows in the file. Those without data may stand anywhere. */
    List<String> namesInFileOrder() {
        var names = new ArrayList<>(entries.keySet());
        names.sort(Comparator.comparingLong(name -> entries.get(name).begin()));
        return names;
    }

    /** As JSON, padded with spaces so that the data starts at a multiple of eight. */
    byte[] toJson() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (var text : metadata.entrySet()) {
                    json.writeStringField(text.getKey(), text.getValue());
                }
                json.writeEndObject();
            }
            for (var entry : entries.entrySet()) {
                json.writeFieldName(entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        }
        bytes.writeBytes(" ".repeat(-bytes.size() & 7).getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("dtype", SafetensorsType.of(entry.dtype()).name());
        json.writeFieldName("shape");
        long[] dims = entry.shape().toArray();
        json.writeArray(dims, 0, dims.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[]{entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
    }
}
