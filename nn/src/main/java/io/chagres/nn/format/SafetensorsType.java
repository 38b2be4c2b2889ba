package io.chagres.nn.format;

import io.chagres.runtime.tensor.DType;
import java.util.Optional;

/** The format's names of element types. */
enum SafetensorsType {
    // @formatter:off
    F64(DType.FLOAT64), F32(DType.FLOAT32), F16(DType.FLOAT16), BF16(DType.BFLOAT16),
    I64(DType.INT64), I32(DType.INT32), I16(DType.INT16), I8(DType.INT8), U8(DType.UINT8), BOOL(DType.BOOL);
    // @formatter:on

    private final DType dtype;

    SafetensorsType(DType dtype) {
        this.dtype = dtype;
    }

    DType dtype() {
        return dtype;
    }

    static SafetensorsType of(DType dtype) {
        for (var type : values()) {
            if (type.dtype == dtype) {
                return type;
            }
        }
        throw new IllegalArgumentException("safetensors has no name for " + dtype);
    }

    static Optional<SafetensorsType> named(String name) {
        for (var type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
