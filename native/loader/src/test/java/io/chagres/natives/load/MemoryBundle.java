package io.chagres.natives.load;

import io.chagres.natives.NativeBundle;
import io.chagres.natives.load.Manifest.Library;
import io.chagres.natives.load.Manifest.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A bundle whose libraries are a few bytes each. */
record MemoryBundle(Map<String, byte[]> files) implements NativeBundle {
    static final String PLATFORM = "linux-x86_64";

    static MemoryBundle sample() {
        return new MemoryBundle(new TreeMap<>(Map.of("liba.so", new byte[]{1, 2, 3}, "libb.so", new byte[300_000])));
    }

    /** The manifest that this content fits. */
    Manifest manifest() {
        return new Manifest(PLATFORM,
                files.entrySet().stream().map(file -> new Library(Role.SUPPORT, Sha256.of(file.getValue()),
                        file.getValue().length, file.getKey())).toList(),
                List.of());
    }

    @Override
    public String platform() {
        return PLATFORM;
    }

    @Override
    public InputStream open(String file) throws IOException {
        if (!files.containsKey(file)) {
            throw new NoSuchFileException(file);
        }
        return new ByteArrayInputStream(files.get(file));
    }
}
