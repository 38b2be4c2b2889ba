package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.ffi.KernelLog;
import io.chagres.runtime.memory.Owner;
import io.chagres.runtime.memory.Storage;
import io.chagres.runtime.memory.Workspace;

/**
 * A primitive and its argument blocks: as many as ran at once, never one used by two runs. A retired plan destroys its native
 * objects when its last run has ended.
 */
abstract class Plan {
    private static final int MOST_SPARE = 16;

    /** Blocks of arguments that no run is using. */
    private final Block[] spare = new Block[MOST_SPARE];
    private final DnnPrimitive primitive;
    private int spares;
    private int running;
    private boolean retired;

    /** Set by the cache. */
    PlanKey key;
    long lastUse;

    Plan(DnnPrimitive primitive) {
        this.primitive = primitive;
    }

    /** One argument block, the memory that it lies in, and the index of its scratchpad. */
    static final class Block {
        final DnnArguments arguments;
        private final Storage storage;
        private final int scratchpad;

        private Block(Plan plan) {
            int most = plan.argumentCount() + 1;
            storage = Storage.own(Owner.PLANS, DnnArguments.bytes(most), "plan");
            DnnArguments made = null;
            try {
                made = new DnnArguments(storage.base(), most);
                plan.describe(made);
                arguments = made;
                scratchpad = plan.primitive.addScratchpad(made);
            } catch (RuntimeException e) {
                if (made != null) {
                    made.close();
                }
                storage.close();
                throw e;
            }
        }

        private void close() {
            arguments.close();
            storage.close();
        }
    }

    /** How many arguments a run has, the scratchpad not counted. */
    abstract int argumentCount();

    /** Adds the arguments, in the order of their indices. */
    abstract void describe(DnnArguments arguments);

    /** Closes what {@link #describe} uses. */
    abstract void closeDescriptions();

    private void destroy() {
        primitive.close();
        closeDescriptions();
    }

    /** What oneDNN calls the kernel. */
    final String kernel() {
        return primitive.kernel();
    }

    /** Begins a run; null if the plan was retired meanwhile. */
    final Block begin() {
        synchronized (this) {
            if (retired) {
                return null;
            }
            running++;
            if (spares > 0) {
                var block = spare[--spares];
                spare[spares] = null;
                return block;
            }
        }
        try {
            return new Block(this);
        } catch (RuntimeException e) {
            end(null);
            throw e;
        }
    }

    /** Runs the primitive with a block whose addresses have been set. */
    final void run(Block block) {
        if (KernelLog.isOn()) {
            KernelLog.ran("oneDNN " + kernel());
        }
        if (primitive.scratchpadBytes() == 0) {
            primitive.execute(block.arguments);
            return;
        }
        var workspace = Workspace.take(primitive.scratchpadBytes());
        try {
            block.arguments.set(block.scratchpad, workspace.address());
            primitive.execute(block.arguments);
        } finally {
            workspace.giveBack();
        }
    }

    /** Ends a run that {@link #begin} began. */
    final void end(Block block) {
        Block surplus = block;
        boolean last;
        synchronized (this) {
            running--;
            last = retired && running == 0;
            if (block != null && !retired && spares < MOST_SPARE) {
                spare[spares++] = block;
                surplus = null;
            }
        }
        if (surplus != null) {
            surplus.close();
        }
        if (last) {
            destroy();
        }
    }

    /** Lets no further run begin. */
    final void retire() {
        boolean idle;
        synchronized (this) {
            retired = true;
            idle = running == 0;
        }
        while (spares > 0) {
            spare[--spares].close();
        }
        if (idle) {
            destroy();
        }
    }
}
