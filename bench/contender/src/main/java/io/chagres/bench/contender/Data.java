package io.chagres.bench.contender;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * Random batches of a fixed seed, in a file that every contender maps: {@value #INPUTS} batches of inputs (float32 from N(0, 1),
 * or int64 tokens), then {@value #LABELS} of int64 labels; little-endian, without a header. There is one batch of labels less, so
 * that inputs and labels are cycled out of step: a network that learns one fixed batch by heart ends at loss 0, and its
 * optimizer's state in denormal numbers, which are slow as in no real training.
 */
public final class Data {
    /** Batches of inputs. */
    public static final int INPUTS = 8;
    /** Batches of labels. */
    public static final int LABELS = 7;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment all;
    private final long inputBytes;
    private final long labelBytes;

    private Data(MemorySegment all, Workload workload, int batch) {
        this.all = all;
        inputBytes = inputBytes(workload, batch);
        labelBytes = labelBytes(workload, batch);
    }

    private static long inputBytes(Workload workload, int batch) {
        return (long) batch * workload.inputSize() * (workload.tokens() ? Long.BYTES : Float.BYTES);
    }

    private static long labelBytes(Workload workload, int batch) {
        return (long) batch * workload.labelsPerSample() * Long.BYTES;
    }

    /** Writes the file for a workload and a size of batch: always the same bytes. */
    public static void write(Path file, Workload workload, int batch) throws IOException {
        long inputs = INPUTS * inputBytes(workload, batch);
        long bytes = inputs + LABELS * labelBytes(workload, batch);
        var random = new SplittableRandom(20260718 + workload.ordinal());
        Files.deleteIfExists(file);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE); var arena = Arena.ofConfined()) {
            var all = channel.map(MapMode.READ_WRITE, 0, bytes, arena);
            if (workload.tokens()) {
                fillLongs(all.asSlice(0, inputs), workload.classes(), random);
            } else {
                for (long i = 0; i < inputs / Float.BYTES; i++) {
                    all.setAtIndex(FLOAT, i, (float) random.nextGaussian());
                }
            }
            fillLongs(all.asSlice(inputs), workload.classes(), random);
        }
    }

    private static void fillLongs(MemorySegment out, int bound, SplittableRandom random) {
        for (long i = 0; i < out.byteSize() / Long.BYTES; i++) {
            out.setAtIndex(LONG, i, random.nextInt(bound));
        }
    }

    /**
     * Maps the file that {@link #write} wrote for the same workload and batch, read only, as long as the arena lives.
     *
     * @throws IOException if it is not there or has another size
     */
    public static Data map(Path file, Workload workload, int batch, Arena arena) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = INPUTS * inputBytes(workload, batch) + LABELS * labelBytes(workload, batch);
            if (channel.size() != bytes) {
                throw new IOException(file + " has " + channel.size() + " bytes; " + workload + " at batch " + batch
                        + " takes " + bytes);
            }
            return new Data(channel.map(MapMode.READ_ONLY, 0, bytes, arena), workload, batch);
        }
    }

    /** Batch i % {@value #INPUTS} of inputs: [batch, input shape], dense. */
    public MemorySegment input(int i) {
        return all.asSlice(i % INPUTS * inputBytes, inputBytes);
    }

    /** Batch i % {@value #LABELS} of labels: [batch] or [batch, labels per sample], int64. */
    public MemorySegment labels(int i) {
        return all.asSlice(INPUTS * inputBytes + i % LABELS * labelBytes, labelBytes);
    }
}
