package io.chagres.bench.contender;

/** A library that takes part. It has a process of its own for each task. */
public interface Contender {
    /** The library, its version and the settings that its documentation recommends and that were made, in one line. */
    String describe();

    /**
     * Sets the number of threads, builds the network and the optimizer from a fixed seed, and makes the library's own tensors
     * of all batches, so that steps convert nothing.
     *
     * @throws NotYetException if the workload, or a part of it, does not exist here
     */
    Session open(Task task) throws NotYetException;
}
