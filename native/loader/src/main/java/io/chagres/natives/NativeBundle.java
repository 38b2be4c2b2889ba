package io.chagres.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/**
 * The libraries of one platform, found by {@link java.util.ServiceLoader}. What a bundle must hold, down to the last
 * bit, is written in this module; a bundle only hands it out.
 */
public interface NativeBundle {
    /** Such as {@code linux-x86_64}. */
    String platform();

    /**
     * Opens one file of this bundle. Unless overridden it is looked for beside the bundle's class, in
     * {@code META-INF/chagres/native/} and the platform's name.
     *
     * @param file such as {@code libdnnl.so.3} or {@code licences/NOTICE.txt}
     * @throws NoSuchFileException if this bundle has no such file
     * @throws IOException if it cannot be read
     */
    default InputStream open(String file) throws IOException {
        var resource = "/META-INF/chagres/native/" + platform() + "/" + file;
        var stream = getClass().getResourceAsStream(resource);
        if (stream == null) {
            throw new NoSuchFileException(resource, null, "missing from " + getClass().getName());
        }
        return stream;
    }
}
