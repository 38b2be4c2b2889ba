package io.chagres.examples;

import io.chagres.nn.format.AtomicFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The four files of MNIST, unpacked so that they can be mapped. Those that come with the examples are unpacked once, into
 * a cache folder of the user; every use checks their SHA-256 again and replaces a file that does not match.
 */
enum MnistFile {
    // @formatter:off
    TRAIN_IMAGES("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    TRAIN_LABELS("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    TEST_IMAGES("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    TEST_LABELS("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");
    // @formatter:on

    /** More than any data set of this form has; keeps a small archive from filling the disk. */
    private static final long LARGEST = 1L << 30;

    private final String file;
    private final String sha256;

    MnistFile(String file, String sha256) {
        this.file = file;
        this.sha256 = sha256;
    }

    /** The file in the user's cache, unpacked unless it is there and intact. Several programs may ask at once. */
    Path fromCache() throws IOException {
        var unpacked = cacheFolder(TRAIN_IMAGES.sha256).resolve(file);
        if (!isIntact(unpacked)) {
            try (var packed = MnistFile.class.getResourceAsStream("mnist/" + file + ".gz")) {
                unpack("resource mnist/" + file + ".gz", packed, unpacked, sha256);
            } catch (IOException e) {
                if (!isIntact(unpacked)) { // another program may have been faster, and have it open
                    throw e;
                }
            }
        }
        return unpacked;
    }

    /** The file in a folder of the user's choice: as it is, or unpacked from a {@code .gz}. Its checksum may be any. */
    Path from(Path folder) throws IOException {
        var plain = folder.resolve(file);
        if (Files.isRegularFile(plain)) {
            return plain;
        }
        var packed = folder.resolve(file + ".gz");
        if (!Files.isRegularFile(packed)) {
            throw new IOException(folder + ": holds neither " + file + " nor " + file + ".gz");
        }
        var unpacked = cacheFolder(sha256(packed)).resolve(file);
        try (var in = Files.newInputStream(packed)) {
            unpack(packed.toString(), in, unpacked, null);
        }
        return unpacked;
    }

    /** A folder for the data that a checksum stands for. */
    private static Path cacheFolder(String sha256) throws IOException {
        var folder = cache().resolve("mnist-" + sha256.substring(0, 16));
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IOException("cannot make the cache folder " + folder + " (" + e.getMessage()
                    + "); name a writable one with -Dchagres.cache=DIR, or pass the data with --data DIR", e);
        }
    }

    private static Path cache() {
        String set = System.getProperty("chagres.cache");
        if (set != null) {
            return Path.of(set);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        boolean absolute = xdg != null && Path.of(xdg).isAbsolute();
        return (absolute ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache")).resolve("chagres");
    }

    /** Unpacks a file; what does not have the wanted checksum, if one is given, never gets its name. */
    private static void unpack(String name, InputStream packed, Path target, String wanted) throws IOException {
        AtomicFile.write(target, channel -> {
            var digest = sha256();
            try (var in = new GZIPInputStream(packed, 1 << 16)) {
                copy(in, new DigestOutputStream(Channels.newOutputStream(channel), digest));
            } catch (ZipException | EOFException e) {
                throw new IOException(name + " is damaged: " + e.getMessage(), e);
            }
            String found = HexFormat.of().formatHex(digest.digest());
            if (wanted != null && !wanted.equals(found)) {
                throw new IOException(name + " is damaged: it unpacks to SHA-256 " + found + ", not " + wanted);
            }
        });
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            total += read;
            if (total > LARGEST) {
                throw new IOException("more than " + LARGEST + " bytes; no data set of this form is that large");
            }
            out.write(buffer, 0, read);
        }
    }

    private boolean isIntact(Path path) throws IOException {
        return Files.isRegularFile(path) && sha256(path).equals(sha256);
    }

    private static String sha256(Path path) throws IOException {
        var digest = sha256();
        try (var in = Files.newInputStream(path)) {
            copy(in, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
