package io.chagres.nn.data;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Draws batches from a data set. Every iteration is a new epoch, with an order of its own if shuffled:
 *
 * <pre>{@code
 * var loader = DataLoader.of(data).batchSize(64).shuffle(seed);
 * for (int epoch = 1; epoch <= 10; epoch++) {
 *     for (var batch : loader) {
 *         ... batch.inputs() ... batch.labels() ...
 *     }
 * }
 * }</pre>
 *
 * Settings are made before the first iteration. The memory of a batch is used again for the next ({@link Batch}), that of
 * a finished epoch for the next epoch: after the first, nothing is allocated off the heap. It is counted under
 * {@code Owner.DATA} and freed by {@link #close()}, else by the garbage collector. The data set is not closed.
 * <p>
 * Several iterations may run at once, of one loader or of several over one data set. A loader is not thread safe; threads
 * have one each.
 */
public final class DataLoader implements Iterable<Batch>, AutoCloseable {
    private static final long MOST_SHUFFLED = Integer.MAX_VALUE - 8;

    private final Dataset dataset;
    private final Set<BatchMemory> memories = Collections.newSetFromMap(new WeakHashMap<>());
    private final Deque<BatchMemory> spare = new ArrayDeque<>();
    private int batchSize = 1;
    private boolean shuffled;
    private long seed;
    private boolean dropLast;
    private long nextEpoch = 1;
    private boolean started;
    private boolean closed;

    private DataLoader(Dataset dataset) {
        this.dataset = dataset;
    }

    /**
     * A loader of single rows in the order of the data set.
     *
     * @throws IllegalArgumentException if the data set is empty
     */
    public static DataLoader of(Dataset dataset) {
        if (dataset.size() == 0) {
            throw new IllegalArgumentException(
                    "data loader: the data set is empty, there is nothing to draw from; check where its rows come from");
        }
        return new DataLoader(dataset);
    }

    /**
     * Sets the number of rows in a batch.
     *
     * @return this loader
     * @throws IllegalArgumentException if it is less than 1
     * @throws IllegalStateException after the first iteration
     */
    public DataLoader batchSize(int rows) {
        checkNotStarted("batchSize");
        if (rows < 1) {
            throw new IllegalArgumentException("data loader: batches of " + rows
                    + " rows; a batch has at least 1, and 32 to 512 is common");
        }
        batchSize = rows;
        return this;
    }

    /**
     * Draws the rows of each epoch in a random order, which depends on the seed and the epoch's number alone.
     *
     * @return this loader
     * @throws IllegalArgumentException if the data set has more than 2<sup>31</sup> - 9 rows
     * @throws IllegalStateException after the first iteration
     */
    public DataLoader shuffle(long seed) {
        checkNotStarted("shuffle");
        if (dataset.size() > MOST_SHUFFLED) {
            throw new IllegalArgumentException("data loader: " + dataset.size() + " rows cannot be shuffled; at most "
                    + MOST_SHUFFLED + " can. Split the data set");
        }
        this.shuffled = true;
        this.seed = seed;
        return this;
    }

    /**
     * Whether the last batch of an epoch is left out if it has fewer rows than the others.
     *
     * @return this loader
     * @throws IllegalStateException after the first iteration
     */
    public DataLoader dropLast(boolean drop) {
        checkNotStarted("dropLast");
        dropLast = drop;
        return this;
    }

    private void checkNotStarted(String setting) {
        if (started) {
            throw new IllegalStateException("data loader: " + setting
                    + " after the first iteration; settings come before, or with a loader of their own");
        }
    }

    /**
     * Sets the number that the next iteration has as an epoch, to go on where an earlier program stopped. The first has 1.
     *
     * @return this loader
     */
    public DataLoader epoch(long next) {
        nextEpoch = next;
        return this;
    }

    /** The number that the next iteration has as an epoch. */
    public long epoch() {
        return nextEpoch;
    }

    /** The number of batches in an epoch. */
    public long batches() {
        return size() / batchSize + (size() % batchSize == 0 || dropLast ? 0 : 1);
    }

    /** The number of rows in the data set. */
    public long size() {
        return dataset.size();
    }

    /** The data set. */
    public Dataset dataset() {
        return dataset;
    }

    /**
     * Begins an epoch.
     *
     * @throws IllegalStateException if the loader was closed
     * @throws IllegalArgumentException if an epoch has no batches, because the last one is left out
     */
    @Override
    public Iterator<Batch> iterator() {
        checkOpen();
        if (batches() == 0) {
            throw new IllegalArgumentException(
                    "data loader: no batch of " + batchSize + " rows in a data set of " + size()
                            + " when the last is dropped; use smaller batches or dropLast(false)");
        }
        started = true;
        return new Epoch(nextEpoch++);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("data loader: it was closed");
        }
    }

    private BatchMemory memory() {
        if (!spare.isEmpty()) {
            return spare.pop();
        }
        int rows = (int) Math.min(batchSize, size());
        var memory = new BatchMemory(dataset, rows, shuffled ? (int) size() : rows);
        memories.add(memory);
        return memory;
    }

    /** Frees the memory of all batches, which end with it. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
        memories.forEach(BatchMemory::close);
        memories.clear();
        spare.clear();
    }

    /** One way through the data set. */
    private final class Epoch implements Iterator<Batch> {
        private final long number;
        private final BatchMemory memory;
        private long index;
        private boolean finished;

        Epoch(long number) {
            this.number = number;
            this.memory = memory();
            if (shuffled) {
                Permutation.fill(memory.rows(), seed, number);
            }
        }

        @Override
        public boolean hasNext() {
            if (index < batches()) {
                return true;
            }
            if (!finished && !closed) {
                memory.giveBack("the epoch ended");
                spare.push(memory);
                finished = true;
            }
            return false;
        }

        @Override
        public Batch next() {
            checkOpen();
            if (!hasNext()) {
                throw new NoSuchElementException("data loader: epoch " + number + " has only " + index + " batches");
            }
            long first = index * batchSize;
            int count = (int) Math.min(batchSize, size() - first);
            var batch = shuffled ? memory.fill((int) first, count, index, number) : inOrder(first, count);
            index++;
            return batch;
        }

        private Batch inOrder(long first, int count) {
            for (int i = 0; i < count; i++) {
                memory.rows()[i] = first + i;
            }
            return memory.fill(0, count, index, number);
        }
    }
}
