package io.chagres.nn.format;

import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes named tensors in the safetensors format: eight bytes with the length of a JSON header (little endian), the
 * header, and the elements, dense and without holes. {@link SafetensorsFile} reads it.
 */
public final class Safetensors {
    /** The longest header that the format allows, in bytes. */
    static final long MAX_HEADER = 100_000_000;

    private static final long CHUNK = 1 << 24;

    private Safetensors() {
    }

    /**
     * Writes or replaces a file, {@linkplain AtomicFile atomically}.
     *
     * @param tensors by name, of any types and shapes; the file lists them in the order of the map
     * @param metadata free text by key, may be empty
     * @throws IOException naming the file and the cause; an old file is then as it was
     * @throws IllegalArgumentException if a tensor has the name {@code __metadata__} or is not contiguous, or the header
     *         gets longer than the format allows
     * @throws IllegalStateException if the memory of a tensor is gone
     */
    public static void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        save(new RealDisk(), file, tensors, metadata);
    }

    static void save(Disk disk, Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        tensors.forEach(Safetensors::check);
        var header = SafetensorsHeader.of(tensors, metadata);
        byte[] json = header.toJson();
        if (json.length > MAX_HEADER) {
            throw new IllegalArgumentException("safetensors: a header of " + json.length
                    + " bytes; the format allows " + MAX_HEADER + ". Save fewer tensors a file");
        }
        AtomicFile.write(disk, file, channel -> {
            var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, json.length);
            write(length, channel);
            write(ByteBuffer.wrap(json), channel);
            for (String name : header.namesInFileOrder()) {
                write(tensors.get(name).segment(), channel);
            }
        });
    }

    private static void check(String name, Tensor tensor) {
        if (name.equals(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("safetensors: no tensor can be called " + name);
        }
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("safetensors: the elements of tensor '" + name + "' " + tensor.shape()
                    + " are not contiguous; save its contiguous()");
        }
    }

    private static void write(MemorySegment data, WritableByteChannel channel) throws IOException {
        for (long from = 0; from < data.byteSize(); from += CHUNK) {
            write(data.asSlice(from, Math.min(CHUNK, data.byteSize() - from)).asByteBuffer(), channel);
        }
    }

    private static void write(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
