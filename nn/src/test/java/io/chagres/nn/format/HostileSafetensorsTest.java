package io.chagres.nn.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are cut short, damaged or made to do harm: only the documented exception, and nothing is left mapped. */
class HostileSafetensorsTest {
    @TempDir
    Path directory;
    private byte[] good;
    private long mapped;

    @BeforeEach
    void writeAGoodFile() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("fc1.weight", Tensor.ones(4, 3));
        tensors.put("fc1.bias", Tensor.zeros(4));
        tensors.put("steps", Tensor.of(new long[]{5}));
        var file = directory.resolve("good.safetensors");
        Safetensors.save(file, tensors, Map.of("format", "pt", "note", "\u00e4\u4e2d"));
        good = Files.readAllBytes(file);
        mapped = Memory.liveBytes(Owner.DATA);
    }

    @Test
    void everyPrefixIsRefused() throws IOException {
        for (int length = 0; length < good.length; length++) {
            var file = write(Arrays.copyOf(good, length));
            var e = assertThrows(FormatException.class, () -> SafetensorsFile.open(file));
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        }
        // at most: what the collector frees meanwhile may have been counted before
        assertTrue(Memory.liveBytes(Owner.DATA) <= mapped);
    }

    @Test
    void aLongerFileIsRefused() throws IOException {
        var file = write(Arrays.copyOf(good, good.length + 1));
        var e = assertThrows(FormatException.class, () -> SafetensorsFile.open(file));
        assertEquals(file + ": the header describes 72 bytes of data, the file holds 73", e.getMessage());
    }

    @Test
    void flippedBytesAreRefusedOrReadable() throws IOException {
        var random = new Random(3);
        int headerEnd = good.length - 72;
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] damaged = good.clone();
            damaged[random.nextInt(headerEnd)] ^= (byte) (1 << random.nextInt(8));
            if (i % 4 == 0) {
                damaged[random.nextInt(headerEnd)] = (byte) random.nextInt();
            }
            refused += readAll(write(damaged)) ? 0 : 1;
        }
        assertTrue(refused > 500, refused + " refused");
        assertTrue(Memory.liveBytes(Owner.DATA) <= mapped);
    }

    private static boolean readAll(Path file) throws IOException {
        try (var saved = SafetensorsFile.open(file)) {
            for (String name : saved.names()) {
                saved.tensor(name).segment().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            }
            return true;
        } catch (FormatException expected) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "[] | header: expected START_OBJECT, found START_ARRAY",
            "{\"a\":1} | tensor 'a': expected START_OBJECT, found VALUE_NUMBER_INT",
            "{} {} | header: its JSON object is followed by START_OBJECT",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}} | tensor 'a': needs a dtype, a shape and two data_offsets",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | tensor 'a': needs a dtype, a shape and two data_offsets",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}} | tensor 'a', data_offsets: more than 2 numbers",
            "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}} | tensor 'a': dtype 'F31' is none of [F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL]",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}} | tensor 'a': unknown key 'x'",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | tensor 'a', shape: negative number -2",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}} | tensor 'a', shape: expected VALUE_NUMBER_INT, found VALUE_NUMBER_FLOAT",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | tensor 'a': F32 [3] takes 12 bytes, its data_offsets [0, 8] span 8",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | tensor 'a': F32 [2] takes 8 bytes, its data_offsets [8, 0] span -8",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | tensor 'a': starts at byte 4 of the data, away from the one before it, which ends at 0",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | tensor 'b': starts at byte 4 of the data, inside the one before it, which ends at 8",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | the header describes 4 bytes of data, the file holds 8",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483648,4294967296],\"data_offsets\":[0,8]}} | tensor 'a': shape [2147483648, 4294967296]: more than 2^63 - 1 elements",
            "{\"a\":{\"dtype\":\"F64\",\"shape\":[1073741824,4294967296],\"data_offsets\":[0,8]}} | tensor 'a': shape [1073741824, 4294967296] of FLOAT64: more than 2^63 - 1 bytes",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}} | tensor 'a', shape: more than 12 numbers",
            "{\"__metadata__\":{\"k\":1}} | __metadata__ 'k': expected VALUE_STRING, found VALUE_NUMBER_INT",
            "{\"__metadata__\":null} | __metadata__: expected START_OBJECT, found VALUE_NULL"})
    void saysWhatIsWrongWithAHeader(String header, String problem) throws IOException {
        var file = write(SafetensorsFiles.of(header, new byte[8]));
        var e = assertThrows(FormatException.class, () -> SafetensorsFile.open(file));
        assertEquals(file + ": " + problem, e.getMessage());
        assertTrue(Memory.liveBytes(Owner.DATA) <= mapped);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"__metadata__\":{},\"__metadata__\":{}} | Duplicate field '__metadata__'",
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}} | Duplicate field 'dtype'",
            "{\"a\":{\"shape\":[[1]]}} | nesting depth (4) exceeds",
            "{\"a\":{\"shape\":[123456789012345678901]}} | length (21) exceeds",
            "{\"a\":{\"shape\":[99999999999999999999]}} | out of range of long", "{\"a\" | end-of-input",
            "// comment | Unexpected character", "{'a':1} | Unexpected character", "{\"a\u0001\":{}} | CTRL-CHAR"})
    void saysWhereItsJsonIsWrong(String header, String problem) throws IOException {
        var file = write(SafetensorsFiles.of(header, new byte[0]));
        var e = assertThrows(FormatException.class, () -> SafetensorsFile.open(file));
        assertTrue(
                e.getMessage()
                        .matches("(?s)" + java.util.regex.Pattern.quote(file.toString()) + ": header, byte \\d+: .*"),
                e.getMessage());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
    }

    @Test
    void aHeaderLongerThanTheFileOrTheLimitIsNotAllocated() throws IOException {
        for (long length : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, good.length - 7}) {
            byte[] bytes = good.clone();
            java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(length);
            var file = write(bytes);
            var e = assertThrows(FormatException.class, () -> SafetensorsFile.open(file));
            assertEquals(file + ": byte 0: a header of " + Long.toUnsignedString(length) + " bytes; at most "
                    + (good.length - 8) + " are possible here", e.getMessage());
        }
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("hostile.safetensors"), bytes);
    }
}
