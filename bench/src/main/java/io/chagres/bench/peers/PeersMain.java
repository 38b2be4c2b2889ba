package io.chagres.bench.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures whole steps of Chagres and of other libraries, and prints Markdown as it goes. */
@Command(name = "PeersMain", sortOptions = false)
public final class PeersMain implements Callable<Integer> {
    @Option(names = "--quick", description = "little: for a look at whether everything works")
    private boolean quick;

    @Option(names = "--only", paramLabel = "REGEX", description = "found in such as \"W1 training batch=64 threads=2: chagres\"; may be repeated")
    private List<String> only = List.of();

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "numbers of threads, such as 1,2")
    private List<Integer> threads;

    @Option(names = "--rounds", paramLabel = "N", description = "how many quiet rounds are enough")
    private Integer rounds;

    @Option(names = "--window", paramLabel = "MILLIS", description = "how long a turn takes at least")
    private Integer window;

    @Option(names = "--python", paramLabel = "PATH", description = "an interpreter that can import torch")
    private String python;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "shows this and exits")
    private boolean help;

    /** See {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PeersMain()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        var settings = PeerSettings.of(quick, only);
        if (threads != null) {
            settings = settings.withThreads(threads);
        }
        if (rounds != null) {
            settings = settings.withRounds(rounds);
        }
        if (window != null) {
            settings = settings.withWindow(Duration.ofMillis(window));
        }
        try (var found = Contenders.find(python)) {
            new PeerSuite(found.peers(), settings, System.out).run(PeerCase.all(settings.threads()));
        }
        return 0;
    }
}
