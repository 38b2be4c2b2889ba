package io.chagres.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.runtime.memory.Memory;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Scope;
import io.chagres.runtime.tensor.DType;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DataLoaderTest {

    /** Rows whose input [2] and label say their number. */
    private static Dataset numbered(int rows) {
        var inputs = new float[2 * rows];
        var labels = new long[rows];
        for (int i = 0; i < rows; i++) {
            inputs[2 * i] = i;
            inputs[2 * i + 1] = -i;
            labels[i] = i;
        }
        return new TensorDataset(Tensor.of(inputs, rows, 2), Tensor.of(labels));
    }

    private static List<Long> labels(Iterable<Batch> batches) {
        var labels = new ArrayList<Long>();
        for (var batch : batches) {
            assertEquals(Shape.of(batch.size(), 2), batch.inputs().shape());
            assertEquals(Shape.of(batch.size()), batch.labels().shape());
            for (int i = 0; i < batch.size(); i++) {
                long label = batch.labels().toLongArray()[i];
                assertEquals(label, batch.inputs().toFloatArray()[2 * i]);
                assertEquals(-label, batch.inputs().toFloatArray()[2 * i + 1]);
                labels.add(label);
            }
        }
        return labels;
    }

    private static List<Long> upTo(int rows) {
        return LongStream.range(0, rows).boxed().toList();
    }

    @Test
    void rowsComeInOrderAndTheLastBatchIsShort() {
        var loader = DataLoader.of(numbered(10)).batchSize(4);
        assertEquals(3, loader.batches());
        assertEquals(10, loader.size());
        assertEquals(upTo(10), labels(loader));
        var sizes = new ArrayList<Integer>();
        long index = 0;
        for (var batch : loader) {
            sizes.add(batch.size());
            assertEquals(index++, batch.index());
            assertEquals(2, batch.epoch());
        }
        assertEquals(List.of(4, 4, 2), sizes);
        assertEquals(upTo(10), labels(loader));
    }

    @Test
    void theLastBatchCanBeDropped() {
        var loader = DataLoader.of(numbered(10)).batchSize(4).dropLast(true);
        assertEquals(2, loader.batches());
        assertEquals(upTo(8), labels(loader));
        assertEquals(2, DataLoader.of(numbered(8)).batchSize(4).dropLast(true).batches());
        assertEquals(2, DataLoader.of(numbered(8)).batchSize(4).batches());
        assertEquals(upTo(3), labels(DataLoader.of(numbered(3)).batchSize(1000)));
    }

    @Test
    void everyShuffledEpochIsAPermutationOfItsOwn() {
        var loader = DataLoader.of(numbered(103)).batchSize(8).shuffle(5);
        var seen = new ArrayList<List<Long>>();
        for (int epoch = 0; epoch < 4; epoch++) {
            var order = labels(loader);
            assertEquals(upTo(103), order.stream().sorted().toList());
            assertFalse(seen.contains(order));
            seen.add(order);
        }
        var again = DataLoader.of(numbered(103)).batchSize(16).shuffle(5);
        assertEquals(seen.get(0), labels(again));
        assertEquals(2, again.epoch());
        assertEquals(seen.get(3), labels(again.epoch(4)));
        assertEquals(seen.get(2), labels(again.epoch(3)));
        assertNotEquals(seen.get(0), labels(DataLoader.of(numbered(103)).shuffle(6)));
    }

    @Test
    void usingABatchAfterTheNextWasTakenNamesBoth() {
        var loader = DataLoader.of(numbered(6)).batchSize(2).shuffle(1).epoch(7);
        var batches = loader.iterator();
        var first = batches.next();
        assertTrue(first.inputs().isOpen());
        var second = batches.next();
        var kept = second.inputs().keep().toFloatArray();
        var e = assertThrows(IllegalStateException.class, () -> first.inputs().toFloatArray());
        String reason = "batch 0 of epoch 7 was given back when batch 1 was taken; call keep() on its tensors before";
        assertTrue(e.getMessage().endsWith(reason), e.getMessage());
        e = assertThrows(IllegalStateException.class, () -> first.inputs().add(1));
        assertTrue(e.getMessage().endsWith(reason), e.getMessage());
        var third = batches.next();
        assertFalse(batches.hasNext());
        assertFalse(batches.hasNext());
        e = assertThrows(IllegalStateException.class, () -> third.labels().toLongArray());
        assertTrue(e.getMessage().contains("batch 2 of epoch 7 was given back when the epoch ended"), e.getMessage());
        assertThrows(NoSuchElementException.class, batches::next);
        assertArrayEquals(kept, second.inputs().toFloatArray());
        assertThrows(IllegalStateException.class, () -> second.labels().toLongArray());
        second.inputs().close();
    }

    @Test
    void aScopeDoesNotTouchABatch() {
        var batches = DataLoader.of(numbered(2)).batchSize(2).iterator();
        Batch batch;
        try (var step = Scope.open()) {
            batch = batches.next();
            assertTrue(step.isOpen());
        }
        assertArrayEquals(new long[]{0, 1}, batch.labels().toLongArray());
    }

    @Test
    void closingEndsBatchesAndFreesTheirMemory() {
        var data = numbered(100);
        long before = Memory.liveBytes(Owner.DATA);
        var loader = DataLoader.of(data).batchSize(10);
        labels(loader);
        var running = loader.iterator();
        var batch = running.next();
        var other = loader.iterator();
        other.next();
        // at most: what the collector frees meanwhile may have been counted before
        assertTrue(Memory.liveBytes(Owner.DATA) <= before + 2 * 10 * (2 * 4 + 8));
        loader.close();
        loader.close();
        assertTrue(Memory.liveBytes(Owner.DATA) <= before);
        var e = assertThrows(IllegalStateException.class, () -> batch.inputs().toFloatArray());
        assertTrue(e.getMessage().contains("its loader was closed"), e.getMessage());
        assertThrows(IllegalStateException.class, running::next);
        assertThrows(IllegalStateException.class, loader::iterator);
    }

    @Test
    void aSteadyStepAllocatesNothingOffTheHeapAndLittleOnIt() {
        try (var loader = DataLoader.of(numbered(10_000)).batchSize(10).shuffle(1)) {
            labels(loader);
            labels(loader);
            long nativeBytes = Memory.liveBytes();
            Memory.resetPeak();
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long heapBytes = threads.getCurrentThreadAllocatedBytes();
            long rows = 0;
            for (int epoch = 0; epoch < 3; epoch++) {
                for (var batch : loader) {
                    rows += batch.size();
                }
            }
            long perStep = (threads.getCurrentThreadAllocatedBytes() - heapBytes) / (3 * loader.batches());
            assertEquals(30_000, rows);
            assertTrue(Memory.liveBytes() <= nativeBytes);
            assertTrue(Memory.peakBytes() <= nativeBytes);
            assertTrue(perStep < 1024, perStep + " heap bytes a step");
        }
    }

    @Test
    void iterationsOfOneLoaderMayRunAtOnce() {
        var loader = DataLoader.of(numbered(20)).batchSize(3).shuffle(2);
        var alone = DataLoader.of(numbered(20)).batchSize(3).shuffle(2);
        var firstEpoch = labels(alone);
        var secondEpoch = labels(alone);
        var outer = loader.iterator();
        var inner = loader.iterator();
        var outerRows = new ArrayList<Long>();
        var innerRows = new ArrayList<Long>();
        while (outer.hasNext()) {
            var a = outer.next();
            var b = inner.next();
            for (int i = 0; i < a.size(); i++) {
                outerRows.add(a.labels().toLongArray()[i]);
                innerRows.add(b.labels().toLongArray()[i]);
            }
        }
        assertEquals(firstEpoch, outerRows);
        assertEquals(secondEpoch, innerRows);
    }

    @Test
    void anIterationLeftHalfwayDoesNotDisturbTheNext() {
        var loader = DataLoader.of(numbered(20)).batchSize(3);
        var batch = loader.iterator().next();
        assertEquals(upTo(20), labels(loader));
        assertEquals(upTo(20), labels(loader));
        assertArrayEquals(new long[]{0, 1, 2}, batch.labels().toLongArray());
    }

    @Test
    void threadsMayLoadFromOneDataSetAtOnce() throws Exception {
        var data = numbered(500);
        var expected = labels(DataLoader.of(data).batchSize(7).shuffle(3));
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<List<Long>> task = () -> labels(DataLoader.of(data).batchSize(7).shuffle(3));
            for (var result : threads.invokeAll(java.util.Collections.nCopies(8, task))) {
                assertEquals(expected, result.get());
            }
        }
    }

    @Test
    void aFailedReadCanBeTriedAgain() {
        var data = numbered(4);
        var failing = new Dataset() {
            boolean fail = true;

            @Override
            public long size() {
                return data.size();
            }

            @Override
            public Shape inputShape() {
                return data.inputShape();
            }

            @Override
            public DType inputDType() {
                return data.inputDType();
            }

            @Override
            public Shape labelShape() {
                return data.labelShape();
            }

            @Override
            public DType labelDType() {
                return data.labelDType();
            }

            @Override
            public void read(long[] rows, int from, int count, Tensor inputs, Tensor labels) {
                if (fail) {
                    throw new IllegalStateException("the disk is asleep");
                }
                data.read(rows, from, count, inputs, labels);
            }

            @Override
            public void close() {
                data.close();
            }
        };
        var batches = DataLoader.of(failing).batchSize(2).iterator();
        assertThrows(IllegalStateException.class, batches::next);
        failing.fail = false;
        assertArrayEquals(new long[]{0, 1}, batches.next().labels().toLongArray());
        failing.close();
    }

    @Test
    void settingsAreChecked() {
        var e = assertThrows(IllegalArgumentException.class, () -> DataLoader.of(numbered(1)).batchSize(0));
        assertEquals("data loader: batches of 0 rows; a batch has at least 1, and 32 to 512 is common", e.getMessage());
        var empty = new TensorDataset(Tensor.zeros(0, 2), Tensor.zeros(0));
        e = assertThrows(IllegalArgumentException.class, () -> DataLoader.of(empty));
        assertTrue(e.getMessage().contains("the data set is empty"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class,
                () -> DataLoader.of(numbered(3)).batchSize(4).dropLast(true).iterator());
        assertTrue(e.getMessage().contains("no batch of 4 rows in a data set of 3"), e.getMessage());
        var started = DataLoader.of(numbered(3));
        started.iterator();
        assertThrows(IllegalStateException.class, () -> started.batchSize(2));
        assertThrows(IllegalStateException.class, () -> started.shuffle(2));
        assertThrows(IllegalStateException.class, () -> started.dropLast(true));
    }
}
