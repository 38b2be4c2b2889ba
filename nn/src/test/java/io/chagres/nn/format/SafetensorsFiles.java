package io.chagres.nn.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Safetensors files made by hand. */
final class SafetensorsFiles {
    private SafetensorsFiles() {
    }

    /** A file of any header and data, right or wrong. */
    static byte[] of(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json).put(data).array();
    }
}
