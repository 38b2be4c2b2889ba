package io.chagres.bench.peers;

import io.chagres.bench.OtherProcesses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Rounds of one case, A B C A B C, until so many were quiet: programs that take no part took hardly any CPU time. If time runs
 * out before, the quietest count. A contender that computes while it is another's turn gets a note.
 */
final class PeerTurns {
    /** How many CPUs others may keep busy in a round that is called quiet, or a contender that is to be idle. */
    private static final double QUIET = 0.1;
    private static final int LEAST_ROUNDS = 3;
    private static final int MOST_ROUNDS = 3;

    private final List<Entrant> entrants;
    private final int wanted;
    private final long settleMillis;
    private final List<Round> rounds = new ArrayList<>();
    private final Map<Entrant, Idleness> idleness = new HashMap<>();

    private record Round(double otherCpus, Map<Entrant, Entrant.Turn> turns) {
    }

    /** What a contender took while it was another's turn. */
    private static final class Idleness {
        double seconds;
        double cpuSeconds;
    }

    PeerTurns(List<Entrant> entrants, PeerSettings settings) {
        this.entrants = entrants;
        this.wanted = settings.rounds();
        this.settleMillis = settings.window().toMillis() / 5;
    }

    void run() throws InterruptedException {
        var others = new OtherProcesses(() -> entrants.stream().mapToDouble(Entrant::cpuSeconds).sum());
        while (entrants.stream().anyMatch(Entrant::isIn) && quietRounds() < wanted
                && (rounds.size() < LEAST_ROUNDS || rounds.size() < MOST_ROUNDS * wanted)) {
            var turns = new HashMap<Entrant, Entrant.Turn>();
            for (var entrant : entrants) {
                if (entrant.isIn()) {
                    take(entrant, turns);
                }
            }
            rounds.add(new Round(others.busyCpus(), turns));
        }
        for (var entrant : entrants) {
            var idle = idleness.get(entrant);
            double busy = idle == null ? 0 : idle.cpuSeconds / idle.seconds;
            if (busy > QUIET) {
                entrant.note("warning: it kept %.2f CPUs busy while it was another's turn", busy);
            }
        }
    }

    private void take(Entrant entrant, Map<Entrant, Entrant.Turn> turns) throws InterruptedException {
        Thread.sleep(settleMillis);
        entrant.prepareTurn();
        if (!entrant.isIn()) {
            return;
        }
        double[] before = entrants.stream().mapToDouble(Entrant::cpuSeconds).toArray();
        long start = System.nanoTime();
        var turn = entrant.turn();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (turn != null) {
            turns.put(entrant, turn);
        }
        for (int i = 0; i < before.length; i++) {
            if (entrants.get(i) != entrant) {
                var idle = idleness.computeIfAbsent(entrants.get(i), _ -> new Idleness());
                idle.seconds += seconds;
                idle.cpuSeconds += entrants.get(i).cpuSeconds() - before[i];
            }
        }
    }

    private long quietRounds() {
        return rounds.stream().filter(round -> round.otherCpus <= QUIET).count();
    }

    private List<Round> quietest() {
        return rounds.stream().sorted(Comparator.comparingDouble(Round::otherCpus))
                .limit(Math.max(LEAST_ROUNDS, quietRounds())).toList();
    }

    /** An entrant's turns in the rounds that count. */
    List<Entrant.Turn> of(Entrant entrant) {
        return quietest().stream().filter(round -> round.turns.containsKey(entrant))
                .map(round -> round.turns.get(entrant)).toList();
    }

    /** The most CPUs that programs that take no part kept busy in a round that counts. */
    double otherCpus() {
        return quietest().stream().mapToDouble(Round::otherCpus).max().orElse(0);
    }

    /** Such as {@code 10 of 12 rounds count; other programs kept 0.03 CPUs busy in the worst of them}. */
    String summary() {
        return String.format(Locale.ROOT,
                "%d of %d rounds count; other programs kept %.2f CPUs busy in the worst of them", quietest().size(),
                rounds.size(), otherCpus());
    }

    boolean isQuiet() {
        return otherCpus() <= QUIET;
    }
}
