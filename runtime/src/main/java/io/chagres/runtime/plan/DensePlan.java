package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPrimitive;
import io.chagres.runtime.team.Team;
import java.util.function.Supplier;

/** A plan whose operands lie densely, each at an address. */
final class DensePlan extends Plan {
    private final int[] positions;
    private final DnnDesc[] descriptions;
    private final DnnDesc[] distinct;

    /**
     * @param positions those of the arguments
     * @param descriptions what lies there
     * @param distinct the same descriptions, each once; they are closed with the plan
     */
    DensePlan(DnnPrimitive primitive, int[] positions, DnnDesc[] descriptions, DnnDesc... distinct) {
        super(primitive);
        this.positions = positions;
        this.descriptions = descriptions;
        this.distinct = distinct;
    }

    /**
     * Runs the plan of a key, which is made if there is none.
     *
     * @param key all that tells the plan from others but the number of threads
     * @param addresses those of the arguments, which have been checked
     */
    static void run(PlanKey key, Supplier<DensePlan> maker, long... addresses) {
        int width = Team.enter();
        try {
            key.add(width);
            Block block = null;
            Plan plan = null;
            while (block == null) {
                plan = Plans.find(key);
                if (plan == null) {
                    plan = Plans.insert(key, maker.get());
                }
                block = plan.begin();
            }
            try {
                for (int i = 0; i < addresses.length; i++) {
                    block.arguments.set(i, addresses[i]);
                }
                plan.run(block);
            } finally {
                plan.end(block);
            }
        } finally {
            Team.exit();
        }
    }

    @Override
    int argumentCount() {
        return positions.length;
    }

    @Override
    void describe(DnnArguments arguments) {
        for (int i = 0; i < positions.length; i++) {
            arguments.add(positions[i], descriptions[i]);
        }
    }

    @Override
    void closeDescriptions() {
        close(distinct);
    }

    static void close(DnnDesc... descriptions) {
        for (var description : descriptions) {
            if (description != null) {
                description.close();
            }
        }
    }
}
