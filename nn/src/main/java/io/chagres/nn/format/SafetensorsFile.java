package io.chagres.nn.format;

import io.chagres.nn.format.SafetensorsHeader.Entry;
import io.chagres.runtime.memory.MappedFile;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped into memory: its tensors are views of the file, and nothing is copied.
 * <p>
 * Opening checks the whole header against the file: known types, shapes and offsets that agree, data covered without holes
 * or overlaps, no name twice. The elements themselves are taken as they are. The file must not be shortened while it is
 * open; {@link Safetensors#save} never does that.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MappedFile file;
    private final long dataStart;
    private final SafetensorsHeader header;

    private SafetensorsFile(MappedFile file, long dataStart, SafetensorsHeader header) {
        this.file = file;
        this.dataStart = dataStart;
        this.header = header;
    }

    /**
     * Opens a file.
     *
     * @throws FormatException if it is not a whole and correct safetensors file
     * @throws IOException if it cannot be opened or mapped
     */
    public static SafetensorsFile open(Path path) throws IOException {
        var file = MappedFile.open(path);
        try {
            long headerLength = headerLength(file);
            byte[] json = file.segment().asSlice(Long.BYTES, headerLength).toArray(ValueLayout.JAVA_BYTE);
            long dataStart = Long.BYTES + headerLength;
            return new SafetensorsFile(file, dataStart, SafetensorsParser.parse(path, json, file.size() - dataStart));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static long headerLength(MappedFile file) throws FormatException {
        if (file.size() < Long.BYTES) {
            throw new FormatException(file.path(), "holds " + file.size() + " bytes; the length of a header takes 8");
        }
        long length = file.segment().get(LENGTH, 0);
        long most = Math.min(Safetensors.MAX_HEADER, file.size() - Long.BYTES);
        if (length < 0 || length > most) {
            throw new FormatException(file.path(), "byte 0: a header of " + Long.toUnsignedString(length)
                    + " bytes; at most " + most + " are possible here");
        }
        return length;
    }

    /** The names of the tensors, in the order of the header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    /** The free text by key; empty if there is none. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /**
     * The element type of a tensor.
     *
     * @throws IllegalArgumentException if there is no tensor of this name
     */
    public DType dtype(String name) {
        return entry(name).dtype();
    }

    /**
     * The sizes of a tensor.
     *
     * @throws IllegalArgumentException if there is no tensor of this name
     */
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /**
     * A tensor as a view of the file: it cannot be written, and ends when the file is closed. Only where the file does not
     * keep its elements aligned (as files of {@link Safetensors#save} do) it is a copy, which belongs to the innermost open
     * scope like any result.
     *
     * @throws IllegalArgumentException if there is no tensor of this name
     * @throws IllegalStateException if the file was closed
     */
    public Tensor tensor(String name) {
        var entry = entry(name);
        long from = dataStart + entry.begin();
        if (from % entry.dtype().bytes() == 0) {
            return Tensor.map(file, from, entry.dtype(), entry.shape());
        }
        var copy = Tensor.empty(entry.dtype(), entry.shape(), "tensor '" + name + "'");
        MemorySegment.copy(file.segment(), from, copy.segment(), 0, entry.end() - entry.begin());
        return copy;
    }

    /** All tensors by name, in the order of the header; see {@link #tensor}. */
    public Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        names().forEach(name -> tensors.put(name, tensor(name)));
        return tensors;
    }

    private Entry entry(String name) {
        var entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(file.path() + ": no tensor '" + name + "'; it holds " + names());
        }
        return entry;
    }

    /** Ends the mapping; views of it can no longer be used. Closing twice does nothing. */
    @Override
    public void close() {
        file.close();
    }
}
