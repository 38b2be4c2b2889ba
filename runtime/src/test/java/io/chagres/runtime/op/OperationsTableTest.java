package io.chagres.runtime.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/operations.md} lists what there is, nothing else, and tells the truth about gradients. */
class OperationsTableTest {
    private static final Pattern FAMILY = Pattern.compile("## .*\\(`(\\w+)`\\)");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    /** What the table says of gradients, by class and name. */
    private static Map<String, String> gradients() throws IOException {
        var found = new TreeMap<String, String>();
        String family = "";
        for (var line : Files.readAllLines(Path.of("docs/operations.md"))) {
            var heading = FAMILY.matcher(line);
            if (heading.matches()) {
                family = heading.group(1);
            } else if (line.startsWith("| `")) {
                var cells = line.split(" \\| ");
                assertEquals(5, cells.length, line);
                for (var name : NAME.matcher(cells[0]).results().map(result -> result.group(1)).toList()) {
                    var twice = found.put(family + "." + name, cells[3]);
                    assertTrue(twice == null, () -> name + " is there twice");
                }
            }
        }
        return found;
    }

    @Test
    void everyOperationIsListedAndEveryListedOneExists() throws Exception {
        var operations = EveryOpHasATest.publicMethods()
                .map(method -> method.getDeclaringClass().getSimpleName() + "." + method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(operations, gradients().keySet());
    }

    /** What tests check is what the table says. */
    @Test
    void gradientsAreToldTruly() throws Exception {
        var gradients = gradients();
        for (var operation : EveryOpHasATest.cases().toList()) {
            var name = operation.signature().substring(0, operation.signature().indexOf('('));
            var expected = operation.hasSecondGradient() ? "any order" : "first";
            assertTrue(gradients.get(name).startsWith(expected), () -> name + ": " + gradients.get(name));
        }
    }
}
