package io.chagres.runtime.op;

import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.Tensor;

/** A dense tensor as [outer, count, inner], of which the middle is reduced. */
record Along(long outer, long count, long inner) {
    /** Rows whose results lie in one cache line stay together. */
    private static final long ROWS = 16;

    /** Along one dimension. */
    static Along axis(Tensor x, int axis) {
        long inner = 1;
        for (int d = axis + 1; d < x.rank(); d++) {
            inner *= x.shape().dim(d);
        }
        long results = x.shape().with(axis, 1).numel();
        return new Along(results / Math.max(1, inner), x.shape().dim(axis), inner);
    }

    /** Over all elements. */
    static Along all(Tensor x) {
        return new Along(1, x.numel(), 1);
    }

    /** Reduces the columns from one on up to another, at one outer index. */
    interface Pass {
        void run(long index, int from, int to);
    }

    /** Reduces everything, in parts if there is enough; a part has whole columns, so that the number of parts shows nowhere. */
    void inParts(String op, Tensor x, Pass pass) {
        int columns = Check.int32(op, x.shape(), inner);
        int most = Cutoffs.parts(x.numel());
        if (most <= 1 || outer == 1 && columns <= Cutoffs.GRAIN) {
            run(pass, 0, outer, 0, columns);
        } else if (outer >= ROWS || columns <= Cutoffs.GRAIN) {
            long grain = columns == 1 ? ROWS : 1;
            Team.parallel(most, (part, parts) -> run(pass, Part.start(part, parts, outer, grain),
                    Part.start(part + 1, parts, outer, grain), 0, columns));
        } else {
            Team.parallel(most, (part, parts) -> run(pass, 0, outer,
                    (int) Part.start(part, parts, columns, Cutoffs.GRAIN),
                    (int) Part.start(part + 1, parts, columns, Cutoffs.GRAIN)));
        }
    }

    private static void run(Pass pass, long start, long end, int from, int to) {
        for (long index = start; index < end && from < to; index++) {
            pass.run(index, from, to);
        }
    }
}
