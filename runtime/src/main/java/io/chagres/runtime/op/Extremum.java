package io.chagres.runtime.op;

import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.team.Part;
import io.chagres.runtime.team.Team;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The search for where the greatest or least element along a dimension is: the first of several, and the first NaN before all
 * others. For the least, elements are looked at upside down. Rows are searched a tile at a time: the greatest of a tile first,
 * which takes no branches, and where it is only if it is greater than all before.
 */
final class Extremum {
    private static final int SHORT = 32;
    /** Rows are cut at such places if there are few. */
    private static final long BLOCK = 1 << 16;
    private static final ThreadLocal<Extremum> MINE = ThreadLocal.withInitial(Extremum::new);

    private final double[] tile = new double[Lines.SIZE];
    private final double[] half = new double[Lines.SIZE];
    private final double[] best = new double[Lines.SIZE];
    private final long[] whole = new long[Lines.SIZE];
    private final long[] wholeBest = new long[Lines.SIZE];
    private final long[] places = new long[Lines.SIZE];
    private double most;
    private long wholeMost;
    private long place;

    private Extremum() {
    }

    /** The indices, int64, with the dimension kept; of a dense tensor with a dimension that is not empty. */
    static Tensor indices(String op, Tensor x, int axis, boolean least) {
        var along = Along.axis(x, axis);
        var y = Tensor.empty(DType.INT64, x.shape().with(axis, 1), op);
        Storage.acquire(op, x.storage(), y.storage(), null, null);
        try {
            if (along.outer() * along.inner() == 1 && along.count() >= 2 * BLOCK) {
                put(y, 0, oneRow(x, along.count(), least));
            } else if (along.inner() == 1) {
                along.inParts(op, x, (index, _, _) -> {
                    var mine = MINE.get();
                    mine.row(x, index * along.count(), along.count(), least);
                    put(y, index, mine.place);
                });
            } else {
                along.inParts(op, x, (index, from, to) -> {
                    for (int i = from; i < to; i += Lines.SIZE) {
                        MINE.get().columns(x, along, index, i, Math.min(Lines.SIZE, to - i), least, y);
                    }
                });
            }
        } finally {
            Storage.release(x.storage(), y.storage(), null, null);
        }
        return y;
    }

    private static void put(Tensor y, long index, long place) {
        y.storage().base().set(ValueLayout.JAVA_LONG_UNALIGNED, y.position() + 8 * index, place);
    }

    /** Blocks of one long row side by side, and the best of them in their order. */
    private static long oneRow(Tensor x, long count, boolean least) {
        int blocks = Math.toIntExact((count + BLOCK - 1) / BLOCK);
        var values = new double[blocks];
        var wholes = new long[blocks];
        var found = new long[blocks];
        Team.parallel(Cutoffs.parts(count), (part, parts) -> {
            var mine = MINE.get();
            for (long b = Part.start(part, parts, blocks, 1); b < Part.start(part + 1, parts, blocks, 1); b++) {
                mine.row(x, b * BLOCK, Math.min(BLOCK, count - b * BLOCK), least);
                values[(int) b] = mine.most;
                wholes[(int) b] = mine.wholeMost;
                found[(int) b] = b * BLOCK + mine.place;
            }
        });
        int first = 0;
        for (int b = 1; b < blocks; b++) {
            boolean better = x.dtype() == DType.INT64
                    ? wholes[b] > wholes[first]
                    : isGreater(values[b], values[first]);
            first = better ? b : first;
        }
        return found[first];
    }

    private static boolean isGreater(double value, double than) {
        return value > than || value != value && than == than;
    }

    private void load(Tensor x, long offset, int n, boolean least) {
        Lines.load(x.dtype(), x.storage().base(), x.position() + offset * x.dtype().bytes(), 1, tile, 0, n);
        if (least) {
            for (int i = 0; i < n; i++) {
                tile[i] = -tile[i];
            }
        }
    }

    private void loadWhole(Tensor x, long offset, int n, boolean least) {
        Lines.load(x.dtype(), x.storage().base(), x.position() + offset * x.dtype().bytes(), 1, whole, 0, n);
        if (least) {
            for (int i = 0; i < n; i++) {
                whole[i] = ~whole[i]; // reverses the order, and overflows nowhere
            }
        }
    }

    private void row(Tensor x, long offset, long count, boolean least) {
        place = 0;
        for (long at = 0; at < count; at += Lines.SIZE) {
            int n = (int) Math.min(Lines.SIZE, count - at);
            if (x.dtype() == DType.INT64) {
                loadWhole(x, offset + at, n, least);
                searchWhole(at, n);
            } else {
                load(x, offset + at, n, least);
                if (at == 0) {
                    most = tile[0];
                }
                if (n <= SHORT || isGreater(greatest(n), most)) {
                    search(at, n);
                }
            }
        }
    }

    private void searchWhole(long at, int n) {
        if (at == 0) {
            wholeMost = whole[0];
        }
        for (int i = 0; i < n; i++) {
            if (whole[i] > wholeMost) {
                wholeMost = whole[i];
                place = at + i;
            }
        }
    }

    private void search(long at, int n) {
        for (int i = 0; i < n; i++) {
            if (isGreater(tile[i], most)) {
                most = tile[i];
                place = at + i;
            }
        }
    }

    /** The greatest of the tile, by halves. */
    private double greatest(int n) {
        System.arraycopy(tile, 0, best, 0, n);
        int left = n;
        while (left > SHORT / 4) {
            int middle = (left + 1) / 2;
            System.arraycopy(best, middle, half, 0, left - middle);
            FoldKind.MAX.fold(best, half, left - middle);
            left = middle;
        }
        return FoldKind.MAX.row(best, 0, left);
    }

    private void columns(Tensor x, Along along, long index, int from, int n, boolean least, Tensor y) {
        Arrays.fill(places, 0, n, 0);
        long first = index * along.count() * along.inner() + from;
        for (long row = 0; row < along.count(); row++) {
            if (x.dtype() == DType.INT64) {
                loadWhole(x, first + row * along.inner(), n, least);
                if (row == 0) {
                    System.arraycopy(whole, 0, wholeBest, 0, n);
                }
                compareWhole(row, n);
            } else {
                load(x, first + row * along.inner(), n, least);
                if (row == 0) {
                    System.arraycopy(tile, 0, best, 0, n);
                }
                compare(row, n);
            }
        }
        Lines.store(places, 0, DType.INT64, y.storage().base(), y.position() + 8 * (index * along.inner() + from), 1,
                n);
    }

    private void compare(long row, int n) {
        for (int i = 0; i < n; i++) {
            if (isGreater(tile[i], best[i])) {
                best[i] = tile[i];
                places[i] = row;
            }
        }
    }

    private void compareWhole(long row, int n) {
        for (int i = 0; i < n; i++) {
            if (whole[i] > wholeBest[i]) {
                wholeBest[i] = whole[i];
                places[i] = row;
            }
        }
    }
}
