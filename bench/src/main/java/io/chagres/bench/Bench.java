package io.chagres.bench;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures Chagres, writes reports, and compares them. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measure Chagres, report, compare.", subcommands = {
        CompareCommand.class, ReportCommand.class, JmhCommand.class, GemmTableCommand.class})
public final class Bench implements Runnable {
    private static final Map<String, String> QUESTIONS = Map.of("steps",
            "The reference network's step beside its bare products.", "scaling",
            "Speed against batch, width and threads, and shares of the machine's peaks.", "peers",
            "Whole steps of Chagres and of other libraries.", "kernels",
            "Single kernels, ours beside ways to write them in Java.", "calls",
            "What every operation does once: a downcall, a scope, memory, the team.");

    @Spec
    private CommandSpec spec;

    private Bench() {
    }

    /** Does what the arguments say; the exit code is 0 if it could be done. */
    public static void main(String[] args) {
        System.exit(commandLine(Suites.all(), Suites.quick()).execute(args));
    }

    static CommandLine commandLine(Map<String, Suite> suites, Map<String, Suite> quick) {
        var line = new CommandLine(new Bench());
        add(line, "quick", "All suites in their short form: ten minutes at most on two cores.",
                new RunCommand(quick, true));
        add(line, "full", "All suites; takes hours.", new RunCommand(suites, false));
        suites.forEach((name, suite) -> add(line, name, QUESTIONS.getOrDefault(name, name),
                new RunCommand(new LinkedHashMap<>(Map.of(name, suite)), false)));
        line.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true).setExpandAtFiles(false);
        line.setOut(new PrintWriter(System.out, true));
        return line;
    }

    private static void add(CommandLine line, String name, String description, RunCommand command) {
        var sub = new CommandLine(command);
        sub.getCommandSpec().usageMessage().description(description);
        line.addSubcommand(name, sub);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what to do");
    }
}
