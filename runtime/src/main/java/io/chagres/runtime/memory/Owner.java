package io.chagres.runtime.memory;

/** What a byte off the heap is there for. Every byte that Chagres holds is counted under exactly one of these. */
public enum Owner {
    /** Parameters of models, and what is saved with them, such as running means. */
    PARAMETERS,
    /** Gradients of leaf tensors; they outlive the step that computes them. */
    GRADIENTS,
    /** What optimizers remember between steps. */
    OPTIMIZER_STATE,
    /** Results of operations: the slabs of open scopes, kept tensors, tensors made outside any scope. */
    ACTIVATIONS,
    /** Scratch memory that a native primitive needs while it runs. */
    WORKSPACE,
    /** Data sets and batches, mapped files among them. */
    DATA,
    /** Argument blocks of prepared native primitives. */
    PLANS,
    /** Slabs that wait for the next scope; {@link Memory#trim()} gives them back, and idle workspaces too. */
    RESERVE
}
