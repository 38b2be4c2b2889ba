package io.chagres.bench.peers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How cases are measured.
 *
 * @param only regular expressions, one of which must be found in {@code W1 training batch=64 threads=2: chagres}; none for
 *        everything
 * @param threads numbers of threads
 * @param rounds how many quiet rounds are enough
 * @param window how long a contender's turn takes at least
 * @param warmUp for how long a contender runs at least before the first round
 * @param patience how much longer than expected an answer may take
 * @param learning for how long a contender may learn one fixed batch by heart, to show that it learns: 100 steps, or as many
 *        as fit into that time
 * @param errors the folder for what contenders print to standard error
 */
record PeerSettings(List<Pattern> only, List<Integer> threads, int rounds, Duration window, Duration warmUp,
        Duration patience, Duration learning, Path errors) {
    private static final int LEAST_LEARNING = 5;
    private static final int MOST_LEARNING = 100;

    static PeerSettings of(boolean quick, List<String> only) {
        int most = Math.min(2, Runtime.getRuntime().availableProcessors());
        var threads = quick ? List.of(most) : Stream.of(1, most).distinct().toList();
        return new PeerSettings(only.stream().map(Pattern::compile).toList(), threads, quick ? 3 : 10,
                Duration.ofMillis(quick ? 200 : 700), Duration.ofMillis(quick ? 1000 : 5000), Duration.ofMinutes(2),
                quick ? Duration.ofSeconds(5) : Duration.ofMinutes(2), Path.of("target", "peers"));
    }

    /** Steps of learning by heart, for what a step takes. */
    int learnSteps(double secondsPerStep) {
        double steps = learning.toMillis() / 1e3 / secondsPerStep;
        return (int) Math.clamp(steps, LEAST_LEARNING, MOST_LEARNING);
    }

    PeerSettings withThreads(List<Integer> numbers) {
        return new PeerSettings(only, numbers, rounds, window, warmUp, patience, learning, errors);
    }

    boolean wants(PeerCase c, Peer peer) {
        String name = c.name() + ": " + peer.name();
        return peer.takes(c) && (only.isEmpty() || only.stream().anyMatch(pattern -> pattern.matcher(name).find()));
    }
}
