package io.chagres.runtime.plan;

import io.chagres.runtime.ffi.DnnArguments;
import io.chagres.runtime.ffi.DnnAttributes;
import io.chagres.runtime.ffi.DnnDesc;
import io.chagres.runtime.ffi.DnnPrimitive;

/** A copy of an operand into the layout that a primitive likes best. Not in the cache: it belongs to another plan. */
final class Packing extends Plan {
    private final DnnDesc from;
    private final DnnDesc to;

    private Packing(DnnPrimitive primitive, DnnDesc from, DnnDesc to) {
        super(primitive);
        this.from = from;
        this.to = to;
    }

    /** Takes over both descriptions, also when it fails. */
    static Packing make(DnnDesc from, DnnDesc to) {
        try (var attributes = DnnAttributes.plain()) {
            return new Packing(DnnPrimitive.reorder(from, to, attributes), from, to);
        } catch (RuntimeException e) {
            from.close();
            to.close();
            throw e;
        }
    }

    /** What the copy takes. */
    long bytes() {
        return to.bytes();
    }

    /** Copies from one address to another, within a native computation that has begun. */
    void run(long source, long target) {
        var block = begin();
        try {
            block.arguments.set(0, source);
            block.arguments.set(1, target);
            run(block);
        } finally {
            end(block);
        }
    }

    @Override
    int argumentCount() {
        return 2;
    }

    @Override
    void describe(DnnArguments arguments) {
        arguments.add(DnnArguments.FROM, from);
        arguments.add(DnnArguments.TO, to);
    }

    @Override
    void closeDescriptions() {
        from.close();
        to.close();
    }
}
