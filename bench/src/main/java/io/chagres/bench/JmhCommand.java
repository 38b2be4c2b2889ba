package io.chagres.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** JMH's own program. */
@Command(name = "jmh", description = "Run JMH with its own arguments; -h lists them.")
final class JmhCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ARGS", description = "Arguments for JMH.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException {
        Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
