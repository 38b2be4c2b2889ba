package io.chagres.runtime.op;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;

/** From what size on work is cut into parts for several threads; {@code CutoffBench} measures whether that pays. */
final class Cutoffs {
    /** Parts begin at multiples of this many elements: whole vectors and cache lines. */
    static final long GRAIN = 64;

    /** Fewer elements than this, read and written once, are faster on one thread. */
    private static final long ELEMENTS = 1 << 15;

    private Cutoffs() {
    }

    /** Into how many parts to cut a pass over so many elements, at most. */
    static int parts(long elements) {
        return (int) Math.min(Integer.MAX_VALUE, elements / (ELEMENTS / 2));
    }

    /** A pass over elements from one on. */
    interface Pass {
        void run(long from, long count);
    }

    /** Runs a pass over n elements, in parts if there are enough of them. */
    static void inParts(long n, Pass pass) {
        inParts(n, 1, pass);
    }

    /** {@link #inParts(long, Pass)} over n groups of so many elements each. */
    static void inParts(long n, long each, Pass pass) {
        int most = parts(n * each);
        if (most <= 1) {
            pass.run(0, n);
            return;
        }
        Team.parallel(most, (part, parts) -> {
            long from = Part.start(part, parts, n, GRAIN);
            pass.run(from, Part.start(part + 1, parts, n, GRAIN) - from);
        });
    }

    /** Runs a pass over n groups of so many elements each, in parts of any number of groups. */
    static void inWholes(long n, long each, Pass pass) {
        inWholes(mostWholes(n, each), n, (_, from, count) -> pass.run(from, count));
    }

    /** A pass over groups that knows which part of how many it is. */
    interface PartPass {
        void run(int part, long from, long count);
    }

    /** Into how many parts {@link #inWholes(int, long, PartPass)} cuts at most, whatever runs at the same time. */
    static int mostWholes(long n, long each) {
        return Math.clamp(Math.min(n, parts(n * each)), 1, Team.limit());
    }

    /** Runs a pass over n groups, none of which is cut, in at most so many parts. */
    static void inWholes(int most, long n, PartPass pass) {
        Team.parallel(most, (part, parts) -> {
            long from = Part.start(part, parts, n, 1);
            pass.run(part, from, Part.start(part + 1, parts, n, 1) - from);
        });
    }
}
