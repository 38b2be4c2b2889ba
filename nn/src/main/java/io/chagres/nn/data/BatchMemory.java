package io.chagres.nn.data;

import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;

/** What every batch of an epoch uses again: row numbers, and bytes off the heap that are lent to one batch at a time. */
final class BatchMemory {

    /** Why a batch is gone; made a text only for somebody who comes too late. */
    private record GivenBack(long index, long epoch, String event) {
        @Override
        public String toString() {
            return "batch " + index + " of epoch " + epoch + " was given back when "
                    + (event == null ? "batch " + (index + 1) + " was taken" : event)
                    + "; call keep() on its tensors before";
        }
    }

    private final Dataset dataset;
    private final Storage inputs;
    private final Storage labels;
    private final long[] rows;
    private Shape inputShape;
    private Shape labelShape;
    private Storage lentInputs;
    private Storage lentLabels;
    private Batch lent;

    BatchMemory(Dataset dataset, int batchSize, int rows) {
        this.dataset = dataset;
        this.rows = new long[rows];
        this.inputShape = dataset.inputShape().insert(0, batchSize);
        this.labelShape = dataset.labelShape().insert(0, batchSize);
        this.inputs = Storage.collected(Owner.DATA, inputShape.bytes(dataset.inputDType()), "inputs of a batch");
        this.labels = Storage.collected(Owner.DATA, labelShape.bytes(dataset.labelDType()), "labels of a batch");
    }

    /** Row numbers, for its user to fill. */
    long[] rows() {
        return rows;
    }

    /** A batch of rows {@code rows()[from]} to {@code rows()[from + count - 1]}; the one before is given back. */
    Batch fill(int from, int count, long index, long epoch) {
        giveBack(null);
        if (inputShape.dim(0) != count) {
            inputShape = inputShape.with(0, count);
            labelShape = labelShape.with(0, count);
        }
        lentInputs = inputs.lend("inputs of a batch");
        lentLabels = labels.lend("labels of a batch");
        lent = new Batch(Tensor.over(lentInputs, 0, dataset.inputDType(), inputShape),
                Tensor.over(lentLabels, 0, dataset.labelDType(), labelShape), count, index, epoch);
        dataset.read(epoch, rows, from, count, lent.inputs(), lent.labels());
        return lent;
    }

    /** Ends the loan. The event, null for the next batch, is told to whoever uses the batch later. */
    void giveBack(String event) {
        if (lent != null) {
            var reason = new GivenBack(lent.index(), lent.epoch(), event);
            lentInputs.close(reason);
            lentLabels.close(reason);
            lent = null;
        }
    }

    void close() {
        giveBack("its loader was closed");
        inputs.close("its loader was closed");
        labels.close("its loader was closed");
    }
}
