package io.chagres.runtime.tensor;

import static io.chagres.runtime.tensor.DType.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.DType.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DTypeTest {
    private static final List<DType> TYPES = List.of(BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32,
            FLOAT64);
    private static final List<String> SHORT = List.of("b", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32",
            "f64");
    /** What {@code torch.promote_types} says. */
    private static final List<String> PROMOTED = List.of(
            "b u8 i8 i16 i32 i64 f16 bf16 f32 f64",
            "u8 u8 i16 i16 i32 i64 f16 bf16 f32 f64",
            "i8 i16 i8 i16 i32 i64 f16 bf16 f32 f64",
            "i16 i16 i16 i16 i32 i64 f16 bf16 f32 f64",
            "i32 i32 i32 i32 i32 i64 f16 bf16 f32 f64",
            "i64 i64 i64 i64 i64 i64 f16 bf16 f32 f64",
            "f16 f16 f16 f16 f16 f16 f16 f32 f32 f64",
            "bf16 bf16 bf16 bf16 bf16 bf16 f32 bf16 f32 f64",
            "f32 f32 f32 f32 f32 f32 f32 f32 f32 f64",
            "f64 f64 f64 f64 f64 f64 f64 f64 f64 f64");

    private static DType type(String name) {
        return TYPES.get(SHORT.indexOf(name));
    }

    @Test
    void everyPair() {
        for (int a = 0; a < TYPES.size(); a++) {
            var row = PROMOTED.get(a).split(" ");
            for (int b = 0; b < TYPES.size(); b++) {
                assertEquals(type(row[b]), DType.promote(TYPES.get(a), TYPES.get(b)), SHORT.get(a) + " " + row[b]);
            }
        }
        assertThrows(NullPointerException.class, () -> DType.promote(null, INT8));
        assertThrows(NullPointerException.class, () -> DType.promote(INT8, (DType) null));
    }

    @Test
    void numbersBesideATensor() {
        for (var type : TYPES) {
            boolean floating = TYPES.indexOf(type) >= TYPES.indexOf(FLOAT16);
            assertEquals(floating ? type : FLOAT32, DType.promote(type, Category.FLOATING));
            assertEquals(type == BOOL ? INT64 : type, DType.promote(type, Category.INTEGER));
            assertEquals(type, DType.promote(type, Category.BOOL));
        }
    }

    @Test
    void tensorsOfNoDimensionsDoNotWiden() {
        assertEquals(FLOAT32, DType.promote(FLOAT32, 1, FLOAT64, 0));
        assertEquals(FLOAT64, DType.promote(FLOAT64, 0, INT32, 2));
        assertEquals(INT32, DType.promote(INT32, 1, INT64, 0));
        assertEquals(UINT8, DType.promote(INT8, 0, UINT8, 1));
        assertEquals(INT16, DType.promote(BOOL, 3, INT16, 0));
        assertEquals(FLOAT16, DType.promote(INT64, 1, FLOAT16, 0));
        assertEquals(FLOAT64, DType.promote(FLOAT32, 0, FLOAT64, 0));
        assertEquals(FLOAT64, DType.promote(FLOAT32, 2, FLOAT64, 1));
    }

    @Test
    void theDocumentedTableIsThis() throws IOException {
        var lines = Files.readAllLines(Path.of("docs/dtypes.md"));
        for (var type : TYPES) {
            var text = SHORT.get(TYPES.indexOf(type));
            var line = lines.stream().filter(each -> each.startsWith("| **" + text + "** |")).findFirst().orElseThrow();
            var cells = Arrays.stream(line.split("\\|")).map(String::strip).skip(2).toList();
            for (int b = 0; b < TYPES.size(); b++) {
                assertEquals(DType.promote(type, TYPES.get(b)), type(cells.get(b)));
            }
            assertEquals(DType.promote(type, Category.FLOATING), type(cells.get(10)));
            assertEquals(DType.promote(type, Category.INTEGER), type(cells.get(11)));
            assertEquals(DType.promote(type, Category.BOOL), type(cells.get(12)));
        }
    }

    @Test
    void whatTypesAre() {
        assertTrue(UINT8.isInteger() && INT64.isInteger());
        assertFalse(BOOL.isInteger() || FLOAT16.isInteger());
        assertFalse(BOOL.isSigned() || UINT8.isSigned());
        assertTrue(INT8.isSigned() && BFLOAT16.isSigned());
        assertEquals(FLOAT32, INT64.floating());
        assertEquals(BFLOAT16, BFLOAT16.floating());
        assertEquals(FLOAT32, BFLOAT16.computed());
        assertEquals(INT8, INT8.computed());
    }
}
