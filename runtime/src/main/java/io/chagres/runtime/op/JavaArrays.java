package io.chagres.runtime.op;

import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.util.Arrays;

/** The way from Java arrays to tensors and back, by bulk copies: flat arrays and nested ones. */
public final class JavaArrays {
    private JavaArrays() {
    }

    // ---- In

    /** See {@link Tensor#of(float[], long...)}. */
    public static Tensor fromArray(float[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(double[], long...)}. */
    public static Tensor fromArray(double[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(long[], long...)}. */
    public static Tensor fromArray(long[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(int[], long...)}. */
    public static Tensor fromArray(int[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(short[], long...)}. */
    public static Tensor fromArray(short[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(byte[], long...)}. */
    public static Tensor fromArray(byte[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    /** See {@link Tensor#of(boolean[], long...)}. */
    public static Tensor fromArray(boolean[] values, Shape shape) {
        return from(values, values.length, shape);
    }

    private static Tensor from(Object values, int count, Shape shape) {
        if (shape.numel() != count) {
            throw new IllegalArgumentException("of: " + count + " values for a tensor " + shape);
        }
        var x = Tensor.empty(type(values.getClass().getComponentType()), shape, "of");
        put(values, x, 0);
        return x;
    }

    /** Writes a flat array to the elements from one on. */
    private static void put(Object values, Tensor x, long at) {
        var from = segment(values);
        MemorySegment.copy(from, 0, x.storage().base(), x.position() + at * x.dtype().bytes(), from.byteSize());
    }

    private static MemorySegment segment(Object flat) {
        return switch (flat) {
            case float[] values -> MemorySegment.ofArray(values);
            case double[] values -> MemorySegment.ofArray(values);
            case long[] values -> MemorySegment.ofArray(values);
            case int[] values -> MemorySegment.ofArray(values);
            case short[] values -> MemorySegment.ofArray(values);
            case byte[] values -> MemorySegment.ofArray(values);
            case boolean[] values -> {
                var bytes = new byte[values.length];
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) (values[i] ? 1 : 0);
                }
                yield MemorySegment.ofArray(bytes);
            }
            default -> throw new AssertionError(flat.getClass());
        };
    }

    /** The type of tensors with elements of a primitive type; null if there is none. */
    private static DType type(Class<?> primitive) {
        return switch (primitive.getName()) {
            case "float" -> DType.FLOAT32;
            case "double" -> DType.FLOAT64;
            case "long" -> DType.INT64;
            case "int" -> DType.INT32;
            case "short" -> DType.INT16;
            case "byte" -> DType.INT8;
            case "boolean" -> DType.BOOL;
            default -> null;
        };
    }

    /** See {@link Tensor#ofArray(Object)}. */
    public static Tensor fromNested(Object values) {
        var element = Check.notNull("ofArray", "the array", values).getClass();
        int rank = 0;
        for (; element.isArray(); rank++) {
            element = element.getComponentType();
        }
        var dtype = rank == 0 ? null : type(element);
        if (dtype == null) {
            throw new IllegalArgumentException("ofArray: " + values.getClass().getTypeName()
                    + "; an array of numbers or truth values is needed, such as float[][]");
        }
        var dims = new long[rank];
        var first = values;
        for (int d = 0; d < rank; d++) {
            dims[d] = first == null ? 0 : Array.getLength(first);
            first = d < rank - 1 && dims[d] > 0 ? Array.get(first, 0) : null;
        }
        var x = Tensor.empty(dtype, Shape.of(dims), "ofArray");
        put(values, x, dims, 0, 0);
        return x;
    }

    private static void put(Object values, Tensor x, long[] dims, int depth, long at) {
        if (values == null || Array.getLength(values) != dims[depth]) {
            throw new IllegalArgumentException("ofArray: ragged: an array of length "
                    + (values == null ? "null" : Array.getLength(values)) + " in dimension " + depth
                    + ", where the first has " + dims[depth] + "; all must have one length");
        }
        if (depth == dims.length - 1) {
            put(values, x, at);
            return;
        }
        long inner = 1;
        for (int d = depth + 1; d < dims.length; d++) {
            inner *= dims[d];
        }
        for (int i = 0; i < dims[depth]; i++) {
            put(Array.get(values, i), x, dims, depth + 1, at + i * inner);
        }
    }

    // ---- Out

    /** See {@link Tensor#item}. */
    public static double item(Tensor x) {
        return Convert.element(single("item", x), 0);
    }

    /** See {@link Tensor#itemLong}. */
    public static long itemLong(Tensor x) {
        return Convert.elementAsLong(single("itemLong", x), 0);
    }

    private static Tensor single(String op, Tensor x) {
        if (x.numel() != 1) {
            throw new IllegalArgumentException(
                    op + ": " + x.shape() + " has " + x.numel() + " elements; exactly one is needed");
        }
        return x;
    }

    /** See {@link Tensor#toFloatArray}. */
    public static float[] toFloatArray(Tensor x) {
        var values = new float[length(x)];
        read(x, DType.FLOAT32, MemorySegment.ofArray(values));
        return values;
    }

    /** See {@link Tensor#toDoubleArray}. */
    public static double[] toDoubleArray(Tensor x) {
        var values = new double[length(x)];
        read(x, DType.FLOAT64, MemorySegment.ofArray(values));
        return values;
    }

    /** See {@link Tensor#toLongArray}. */
    public static long[] toLongArray(Tensor x) {
        var values = new long[length(x)];
        read(x, DType.INT64, MemorySegment.ofArray(values));
        return values;
    }

    /** See {@link Tensor#toIntArray}. */
    public static int[] toIntArray(Tensor x) {
        var values = new int[length(x)];
        read(x, DType.INT32, MemorySegment.ofArray(values));
        return values;
    }

    private static short[] toShortArray(Tensor x) {
        var values = new short[length(x)];
        read(x, DType.INT16, MemorySegment.ofArray(values));
        return values;
    }

    /** See {@link Tensor#toByteArray}. */
    public static byte[] toByteArray(Tensor x) {
        var values = new byte[length(x)];
        read(x, DType.INT8, MemorySegment.ofArray(values));
        return values;
    }

    /** See {@link Tensor#toBooleanArray}. */
    public static boolean[] toBooleanArray(Tensor x) {
        var bytes = new byte[length(x)];
        read(x, DType.BOOL, MemorySegment.ofArray(bytes));
        var values = new boolean[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] != 0;
        }
        return values;
    }

    private static int length(Tensor x) {
        if (x.numel() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "toArray: " + x.shape() + " has more elements than a Java array can hold");
        }
        return (int) x.numel();
    }

    private static void read(Tensor x, DType type, MemorySegment into) {
        x.storage().acquire("toArray");
        try {
            Copies.run(x, type, into, 0, x.shape().contiguous());
        } finally {
            x.storage().release();
        }
    }

    /** See {@link Tensor#toArray}. */
    public static Object toNested(Tensor x) {
        Object flat = switch (x.dtype()) {
            case FLOAT32, FLOAT16, BFLOAT16 -> toFloatArray(x);
            case FLOAT64 -> toDoubleArray(x);
            case INT64 -> toLongArray(x);
            case INT32, UINT8 -> toIntArray(x);
            case INT16 -> toShortArray(x);
            case INT8 -> toByteArray(x);
            case BOOL -> toBooleanArray(x);
        };
        return x.rank() == 0 ? Array.get(flat, 0) : nested(flat, x.shape().toArray(), 0, new int[1]);
    }

    private static Object nested(Object flat, long[] dims, int depth, int[] at) {
        var sizes = Arrays.stream(dims, depth, dims.length).mapToInt(Math::toIntExact).toArray();
        var array = Array.newInstance(flat.getClass().getComponentType(), sizes);
        if (sizes.length == 1) {
            System.arraycopy(flat, at[0], array, 0, sizes[0]);
            at[0] += sizes[0];
        } else {
            for (int i = 0; i < sizes[0]; i++) {
                Array.set(array, i, nested(flat, dims, depth + 1, at));
            }
        }
        return array;
    }
}
