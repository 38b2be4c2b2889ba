package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Finds all operations of the package, and all tests of operations, by looking: nothing is listed. */
class EveryOpHasATest {
    @Test
    void everyOperationIsTestedAndEveryTestedOneExists() throws Exception {
        var operations = publicMethods().filter(EveryOpHasATest::isOperation)
                .map(EveryOpHasATest::signature).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(operations.size() >= 30, () -> "only " + operations + " were found");
        assertEquals(operations, tested());
    }

    /** The public static methods of the package's public classes. */
    static Stream<Method> publicMethods() throws IOException, URISyntaxException {
        return classes(Op.class).filter(type -> Modifier.isPublic(type.getModifiers()) && !type.isMemberClass())
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()) && Modifier.isStatic(method.getModifiers())
                        && !method.isSynthetic());
    }

    private static boolean isOperation(Method method) {
        return method.getReturnType() == Tensor.class;
    }

    private static String signature(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static Set<String> tested() throws Exception {
        var tested = new TreeSet<String>();
        for (var type : classes(EveryOpHasATest.class).toList()) {
            for (var method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Covers.class)) {
                    tested.addAll(Set.of(method.getAnnotation(Covers.class).value()));
                }
            }
        }
        cases().map(Case::signature).forEach(tested::add);
        return tested;
    }

    /** All cases of all tests of operations. */
    static Stream<Case> cases() throws Exception {
        var cases = new ArrayList<Case>();
        for (var type : classes(EveryOpHasATest.class).toList()) {
            if (OpTest.class.isAssignableFrom(type) && type != OpTest.class) {
                Constructor<?> constructor = type.getDeclaredConstructor();
                ((OpTest) constructor.newInstance()).cases().forEach(cases::add);
            }
        }
        return cases.stream();
    }

    /** The classes of this package that come from the same folder as one of them. */
    private static Stream<Class<?>> classes(Class<?> neighbour) throws IOException, URISyntaxException {
        var folder = Path.of(neighbour.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve(neighbour.getPackageName().replace('.', '/'));
        try (var files = Files.list(folder)) {
            var names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info")).toList();
            return names.stream()
                    .map(name -> load(neighbour.getPackageName() + "." + name.substring(0, name.length() - 6)));
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
