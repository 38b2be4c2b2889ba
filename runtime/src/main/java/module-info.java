/** Memory, tensors, operations, autograd and threads. */
@SuppressWarnings("module") // names modules that are built later
module io.chagres.runtime {
    requires transitive io.chagres.natives;
    requires io.chagres.bindings;
    requires java.management;
    requires jdk.management;
    requires static jdk.incubator.vector;

    exports io.chagres.runtime.autograd;
    exports io.chagres.runtime.memory;
    exports io.chagres.runtime.op;
    exports io.chagres.runtime.random;
    exports io.chagres.runtime.tensor;
    exports io.chagres.runtime.thread;
    exports io.chagres.runtime.kernel to io.chagres.nn, io.chagres.bench;
    exports io.chagres.runtime.team to io.chagres.nn, io.chagres.bench;
    exports io.chagres.runtime.plan to io.chagres.bench;
    exports io.chagres.runtime.ffi to io.chagres.bench;

    provides io.chagres.natives.Checkup with io.chagres.runtime.check.ThreadCheckup,
            io.chagres.runtime.check.KernelCheckup;
}
