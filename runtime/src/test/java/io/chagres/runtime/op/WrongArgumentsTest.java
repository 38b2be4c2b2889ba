package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.MemoryBudgetException;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import io.chagres.runtime.tensor.TensorCreation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever an operation is given, it computes, or throws one of a few exceptions with a message that begins with its name. The
 * operations are found by reflection: static ones, and the methods of tensors that call them.
 */
class WrongArgumentsTest {
    private static final long ROOM = 64 << 20;
    private static final int ROUNDS = 40;
    private static final DType[] TYPES = {DType.FLOAT32, DType.FLOAT64, DType.FLOAT32, DType.FLOAT32, DType.INT64,
            DType.BOOL, DType.UINT8, DType.BFLOAT16};
    private static final long[] SIZES = {0, 1, 2, 3, -1, 2, 1, -7, 1L << 62, Long.MIN_VALUE, Long.MAX_VALUE};
    private static final int[] DIMS = {0, 1, -1, -2, 2, 5, -9, 1 << 12, Integer.MIN_VALUE};

    /** Static methods that serve operations, or are called by tensors alone. */
    private static final Set<String> NO_OPERATIONS = Set.of("Op.composed", "InPlace.identity", "InPlace.viewOf",
            "Arithmetic.addInto", "Arithmetic.scalarLike", "Convert.element", "Convert.elementAsLong",
            "Convert.checkAlive");
    /** Names of what an operation consists of, or of which it is a form. */
    private static final Map<String, String> OTHER_NAMES = Map.of("matrixPower", "inv:", "randLike", "rand",
            "randnLike", "randn", "ones", "full:", "scalar", "full:");

    private long budget;
    private Scope scope;

    @BeforeEach
    void leaveLittleRoom() {
        Memory.trim();
        budget = Memory.budget();
        Memory.setBudget(Memory.liveBytes() + ROOM);
        scope = Scope.open();
    }

    @AfterEach
    void restore() {
        scope.close();
        Memory.setBudget(budget);
    }

    /** Static operations, those of Tensor, and methods of tensors. */
    private static Stream<Method> operations() throws Exception {
        var fluent = Arrays.stream(Tensor.class.getInterfaces())
                .filter(type -> type.getPackage() == Tensor.class.getPackage())
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()));
        return Stream
                .of(EveryOpHasATest.publicMethods().filter(method -> !NO_OPERATIONS.contains(name(method))
                        && method.getDeclaringClass() != JavaArrays.class),
                        Arrays.stream(TensorCreation.class.getDeclaredMethods()), fluent)
                .flatMap(methods -> methods)
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .sorted(Comparator.comparing(Method::toString));
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    private static String signature(Method method) {
        return name(method)
                + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    // ---- Arguments

    /** Arguments, of which some are wrong now and then. */
    private static final class Arguments {
        private final Random random;

        Arguments(Method method, int round) {
            random = new Random(31L * method.toString().hashCode() + round);
        }

        Tensor tensor() {
            int kind = random.nextInt(24);
            if (kind == 0) {
                return null;
            }
            int rank = random.nextInt(3) == 0 ? random.nextInt(6) : 2;
            long same = 1 + random.nextInt(3);
            var dims = random.longs(rank, 0, 4).map(d -> random.nextInt(3) == 0 ? d : same).toArray();
            if (kind == 1) {
                return Checks.closed(dims);
            }
            var dtype = TYPES[random.nextInt(TYPES.length)];
            var x = Tensor.rand(new Generator(random.nextInt()), dims).mul(3.0).to(dtype);
            return dims.length > 1 && kind < 6 ? x.transpose(0, 1) : x;
        }

        private boolean isNull() {
            return random.nextInt(20) == 0;
        }

        private long[] longs() {
            return random.ints(random.nextInt(4), 0, SIZES.length).mapToLong(i -> SIZES[i]).toArray();
        }

        private int[] ints() {
            return random.ints(random.nextInt(4), 0, DIMS.length).map(i -> DIMS[i]).toArray();
        }

        Object of(Class<?> type) {
            if (type == Tensor.class) {
                return tensor();
            }
            if (!type.isPrimitive() && isNull()) {
                return null;
            }
            if (type.isEnum()) {
                var constants = type.getEnumConstants();
                return constants[random.nextInt(constants.length)];
            }
            return switch (type.getSimpleName()) {
                case "int" -> DIMS[random.nextInt(DIMS.length)];
                case "long" -> SIZES[random.nextInt(SIZES.length)];
                case "double" -> new double[]{0.5, 0, -1, 2, Double.NaN, Double.POSITIVE_INFINITY}[random.nextInt(6)];
                case "boolean" -> random.nextBoolean();
                case "int[]" -> ints();
                case "long[]" -> longs();
                case "float[]" -> new float[random.nextInt(4)];
                case "double[]" -> new double[random.nextInt(4)];
                case "short[]" -> new short[random.nextInt(4)];
                case "byte[]" -> new byte[random.nextInt(4)];
                case "boolean[]" -> new boolean[random.nextInt(4)];
                case "Tensor[]" -> Stream.generate(this::tensor).limit(random.nextInt(4)).toArray(Tensor[]::new);
                case "List" -> Stream.generate(this::tensor).limit(random.nextInt(4)).toList();
                case "Index[]" -> new Index[]{isNull() ? null : Index.at(random.nextInt(3)), Index.all()};
                case "Generator" -> new Generator(1);
                case "Shape" -> Shape.of(2, random.nextInt(3));
                case "String" -> new String[]{"ij,jk->ik", "ii", "i->", "nonsense"}[random.nextInt(4)];
                case "Object" -> new Object[]{new float[2][2], "text", new int[][]{{1}, {1, 2}}}[random.nextInt(3)];
                case "UnaryOperator" -> UnaryOperator.identity();
                case "LongToDoubleFunction" -> (LongToDoubleFunction) i -> i;
                default -> throw new AssertionError("a value for " + type + " is missing here");
            };
        }

        Object[] of(Method method) {
            return Arrays.stream(method.getParameterTypes()).map(this::of).toArray();
        }

        /** A tensor to call methods of. */
        Tensor receiver() {
            var x = tensor();
            return x == null ? Tensor.ones(2, 2) : x;
        }
    }

    /** What a call throws; null if nothing. */
    private static Throwable call(Method method, Object receiver, Object... arguments) throws IllegalAccessException {
        try (var _ = Scope.open()) {
            method.invoke(receiver, arguments);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    private static boolean isProper(Method method, Throwable thrown) {
        if (thrown == null || thrown instanceof MemoryBudgetException) {
            return true;
        }
        boolean kind = thrown instanceof IllegalArgumentException || thrown instanceof IllegalStateException
                || thrown instanceof NullPointerException || thrown instanceof IndexOutOfBoundsException
                || thrown instanceof ArithmeticException;
        var message = String.valueOf(thrown.getMessage());
        var name = method.getName();
        // sizes that are no shape are refused by Shape itself; all ways into Java arrays are one operation
        return kind && (message.startsWith(name) || message.startsWith("shape ") || message.startsWith("shape:")
                || message.startsWith(OTHER_NAMES.getOrDefault(name, name))
                || name.startsWith("to") && message.startsWith("toArray"));
    }

    @Test
    @Timeout(120)
    void messagesBeginWithTheName() throws Exception {
        Map<String, String> wrong = new TreeMap<>();
        int count = 0;
        for (var method : operations().toList()) {
            for (int round = 0; round < ROUNDS; round++) {
                var arguments = new Arguments(method, round);
                var thrown = call(method, Modifier.isStatic(method.getModifiers()) ? null : arguments.receiver(),
                        arguments.of(method));
                if (!isProper(method, thrown)) {
                    wrong.putIfAbsent(signature(method), thrown + " in round " + round);
                }
            }
            count++;
        }
        assertTrue(count > 800, count + " operations");
        assertEquals(Map.of(), wrong);
    }
}
