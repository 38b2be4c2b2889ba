package io.chagres.natives.load;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in lower-case hexadecimal. */
final class Sha256 {
    private Sha256() {
    }

    static String of(byte[] bytes) {
        try {
            return of(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String of(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            return of(stream);
        }
    }

    static String of(InputStream stream) throws IOException {
        return ofCopy(stream, OutputStream.nullOutputStream());
    }

    /** Copies all that is left of the stream, and tells the hash of what was copied. */
    static String ofCopy(InputStream from, OutputStream to) throws IOException {
        var digest = digest();
        var buffer = new byte[1 << 17];
        for (int n; (n = from.read(buffer)) >= 0;) {
            digest.update(buffer, 0, n);
            to.write(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
