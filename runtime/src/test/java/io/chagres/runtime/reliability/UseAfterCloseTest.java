package io.chagres.runtime.reliability;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.op.Interpolate;
import io.chagres.runtime.op.Pad;
import io.chagres.runtime.op.Qr;
import io.chagres.runtime.op.ScatterReduce;
import io.chagres.runtime.random.Generator;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Index;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R11: every public method of a tensor that is gone, found by reflection, so that none is forgotten. */
class UseAfterCloseTest {
    /** What needs no memory: facts, the end of life, and what operations note. */
    private static final Set<String> NEED_NO_MEMORY = Set.of("alias", "base", "changedBy", "close", "closeAlong",
            "detach",
            "dtype", "grad", "gradientWritten", "hasHooks", "hooked", "isContiguous", "isChannelsLast", "isInference",
            "isLeaf", "isOpen",
            "layout", "markInference", "node", "numel", "position", "rank", "recordedBy", "registerHook",
            "requiresGrad", "retainGrad", "shape", "size", "storage", "stride", "toString", "viewAs", "zeroGrad");

    /** The ways in which a tensor of numbers [1, 1] can have ended. */
    enum Ending {
        CLOSED("weight", () -> {
            var tensor = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(1, 1), "weight");
            tensor.close();
            return tensor;
        }), COLLECTED_BUT_CLOSED("full", () -> {
            var tensor = Tensor.ones(1, 1);
            tensor.close();
            return tensor;
        }), KEPT_AND_CLOSED("kept add", () -> {
            try (var _ = Scope.open()) {
                var tensor = Tensor.ones(1, 1).add(1).keep();
                tensor.close();
                return tensor;
            }
        }), ITS_SCOPE_ENDED("add", () -> {
            try (var _ = Scope.open()) {
                return Tensor.ones(1, 1).add(1);
            }
        }), ITS_LOAN_ENDED("inputs of a batch", () -> {
            var loan = Storage.collected(Owner.DATA, 4, "memory of batches").lend("inputs of a batch");
            var tensor = Tensor.over(loan, 0, DType.FLOAT32, Shape.of(1, 1));
            loan.close("the next batch was taken");
            return tensor;
        }), ITS_ARENA_CLOSED("wrap", () -> {
            try (var arena = Arena.ofConfined()) {
                return Tensor.wrap(arena.allocate(4, 4), DType.FLOAT32, 1, 1);
            }
        }), VIEW_OF_CLOSED("weight", () -> {
            var tensor = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(1, 1), "weight");
            var view = tensor.t().t();
            tensor.close();
            return view;
        });

        private final String origin;
        private final Supplier<Tensor> made;

        Ending(String origin, Supplier<Tensor> made) {
            this.origin = origin;
            this.made = made;
        }
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static boolean needsMemory(Method method) {
        return !Modifier.isStatic(method.getModifiers()) && isOurs(method.getDeclaringClass())
                && !method.isSynthetic() && !NEED_NO_MEMORY.contains(method.getName());
    }

    private static boolean isOurs(Class<?> declaring) {
        return declaring.getPackage() == Tensor.class.getPackage();
    }

    /** An argument that would be fine if the tensor were there. */
    private static Object argument(Class<?> type, Scope scope, Tensor other) {
        return switch (type.getSimpleName()) {
            case "int" -> 0;
            case "long" -> 0L;
            case "double" -> 1.0;
            case "boolean" -> false;
            case "int[]" -> new int[]{0};
            case "long[]" -> new long[]{1, 1};
            case "DType" -> DType.FLOAT64;
            case "Rounding" -> io.chagres.runtime.op.Arithmetic.Rounding.FLOOR;
            case "Generator" -> new Generator(1);
            case "Scope" -> scope;
            case "Tensor" -> other;
            case "Tensor[]" -> new Tensor[]{null, null};
            case "Index[]" -> new Index[]{Index.at(0)};
            case "Mode" -> type == Qr.Mode.class
                    ? Qr.Mode.COMPLETE
                    : type == Pad.Mode.class ? Pad.Mode.REPLICATE : Interpolate.Mode.NEAREST;
            case "double[]" -> new double[]{1};
            case "Reduction" -> ScatterReduce.Reduction.SUM;
            case "UnaryOperator" -> UnaryOperator.identity();
            default -> throw new AssertionError("a value for " + type + " is missing here");
        };
    }

    /** What a call throws; null if nothing. */
    private static Throwable call(Method method, Tensor on, Tensor other) throws IllegalAccessException {
        try (var scope = Scope.open()) {
            var arguments = Arrays.stream(method.getParameterTypes()).map(type -> argument(type, scope, other))
                    .toArray();
            method.invoke(on, arguments);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodSaysThatItIsGone(Ending ending) throws IllegalAccessException {
        var gone = ending.made.get();
        assertFalse(gone.isOpen());
        var wrong = new TreeSet<String>();
        int called = 0;
        for (var method : Tensor.class.getMethods()) {
            if (needsMemory(method)) {
                called++;
                var thrown = call(method, gone, Tensor.ones(1, 1));
                if (!(thrown instanceof IllegalStateException) || !isNamed(method, ending, thrown.getMessage())) {
                    wrong.add(signature(method) + ": " + thrown);
                }
            }
        }
        assertTrue(called > 45, called + " methods");
        assertEquals(Set.of(), wrong);
    }

    /** A gradient of what is gone is asked for in vain for other reasons first. */
    private static boolean isNamed(Method method, Ending ending, String message) {
        return method.getName().equals("backward") || message.contains(ending.origin);
    }

    @ParameterizedTest
    @EnumSource
    void asAnOperandItIsRefusedToo(Ending ending) throws IllegalAccessException {
        var gone = ending.made.get();
        var wrong = new TreeSet<String>();
        for (var method : Tensor.class.getMethods()) {
            if (needsMemory(method) && Arrays.asList(method.getParameterTypes()).contains(Tensor.class)) {
                var receiver = Tensor.ones(1, 1).requiresGrad(method.getName().equals("backward"));
                var thrown = call(method, receiver, gone);
                if (!(thrown instanceof IllegalStateException) || !thrown.getMessage().contains(ending.origin)) {
                    wrong.add(signature(method) + ": " + thrown);
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @ParameterizedTest
    @EnumSource
    void factsRemainAndClosingAgainDoesNothing(Ending ending) {
        var gone = ending.made.get();
        assertDoesNotThrow(gone::close);
        assertDoesNotThrow(gone::close);
        assertEquals(Shape.of(1, 1), gone.shape());
        assertEquals(DType.FLOAT32, gone.dtype());
        assertTrue(gone.toString().contains("[1, 1]") && gone.toString().contains("gone"), gone.toString());
    }

    @Test
    void theListOfExceptionsHasNoStrangers() {
        var names = Arrays.stream(Tensor.class.getMethods()).map(Method::getName).collect(Collectors.toSet());
        assertTrue(names.containsAll(NEED_NO_MEMORY));
    }

    @Test
    void backwardThroughWhatIsGoneFails() {
        var weight = Tensor.owned(Owner.PARAMETERS, DType.FLOAT32, Shape.of(1, 1), "weight").fill(1).requiresGrad(true);
        try (var _ = Scope.open()) {
            var loss = Tensor.ones(1, 1).requiresGrad(true).matmul(weight).sum();
            weight.close();
            var thrown = assertThrows(IllegalStateException.class, loss::backward);
            assertTrue(thrown.getMessage().contains("weight"), thrown.getMessage());
        }
    }
}
