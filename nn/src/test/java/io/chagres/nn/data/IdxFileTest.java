package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.nn.format.FormatException;
import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxFileTest {
    private static final byte[] GOOD = IdxFiles.bytes(new byte[]{0, 1, 127, (byte) 128, (byte) 255, 5}, 2, 1, 3);

    @TempDir
    Path directory;

    @Test
    void showsTheElementsWithoutACopy() throws IOException {
        var file = write(GOOD);
        long before = Memory.liveBytes();
        var idx = IdxFile.open(file);
        // at most: what the collector frees meanwhile may have been counted before
        assertTrue(Memory.liveBytes() <= before + GOOD.length);
        assertEquals(Shape.of(2, 1, 3), idx.shape());
        assertEquals(DType.UINT8, idx.tensor().dtype());
        assertTrue(idx.tensor().segment().isReadOnly());
        assertArrayEquals(new float[]{0, 1, 127, 128, 255, 5}, idx.tensor().toFloatArray());
        var view = idx.tensor();
        idx.close();
        idx.close();
        assertTrue(Memory.liveBytes() <= before);
        var e = assertThrows(IllegalStateException.class, view::toFloatArray);
        assertTrue(e.getMessage().contains("idx"), e.getMessage());
    }

    @Test
    void everyPrefixIsRefused() throws IOException {
        long before = Memory.liveBytes(Owner.DATA);
        for (int length = 0; length < GOOD.length; length++) {
            var file = write(Arrays.copyOf(GOOD, length));
            var e = assertThrows(FormatException.class, () -> IdxFile.open(file));
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            assertTrue(e.getMessage().contains(length + " bytes") || e.getMessage().endsWith("has " + length),
                    e.getMessage());
        }
        assertTrue(Memory.liveBytes(Owner.DATA) <= before);
    }

    @Test
    void everyFlippedBitOfTheHeaderIsRefused() throws IOException {
        for (int bit = 0; bit < 16 * 8; bit++) {
            byte[] damaged = GOOD.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            var file = write(damaged);
            assertThrows(FormatException.class, () -> IdxFile.open(file), "bit " + bit);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "00000803 00000002 00000001 00000003 000000000000 00 | the header says [2, 1, 3], which makes 16 + 6 bytes; the file has 23",
            "00000803 00000002 00000001 00000003 0000 | the header says [2, 1, 3], which makes 16 + 6 bytes; the file has 18",
            "00000803 00000002 00000001 | has 12 bytes; the sizes of 3 dimensions end at byte 16",
            "0008 | has 2 bytes; the magic number alone takes 4",
            "1f8b0808 00000000 | starts with magic number 0x1f8b0808; unsigned bytes of 1 to 12 dimensions have 0x00000801 to 0x0000080c",
            "00000d01 00000001 00000000 | starts with magic number 0x00000d01; unsigned bytes of 1 to 12 dimensions have 0x00000801 to 0x0000080c",
            "00000800 00 | starts with magic number 0x00000800; unsigned bytes of 1 to 12 dimensions have 0x00000801 to 0x0000080c",
            "00000803 ffffffff ffffffff ffffffff | shape [4294967295, 4294967295, 4294967295]: more than 2^63 - 1 elements",
            "00000801 ffffffff 00 | the header says [4294967295], which makes 8 + 4294967295 bytes; the file has 9"})
    void saysWhatWasExpectedAndFound(String hex, String problem) throws IOException {
        var file = write(HexFormat.of().parseHex(hex.replace(" ", "")));
        var e = assertThrows(FormatException.class, () -> IdxFile.open(file));
        assertEquals(file + ": " + problem, e.getMessage());
    }

    @Test
    void aMissingFileIsNamed() {
        var e = assertThrows(IOException.class, () -> IdxFile.open(directory.resolve("missing")));
        assertTrue(e.getMessage().contains("missing"), e.getMessage());
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("a.idx"), bytes);
    }
}
