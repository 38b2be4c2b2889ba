package io.chagres.runtime.autograd;

import io.chagres.runtime.tensor.Shape;
import io.chagres.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Derivatives of functions of tensors, as {@code torch.autograd.functional}. A function is given leaves of its own with the
 * values of the inputs, so what the inputs hold and require is not touched. Results are not recorded.
 */
public final class Functional {
    private Functional() {
    }

    /**
     * A result and a product of its Jacobian.
     *
     * @param output what the function gives
     * @param product for {@link #vjp} and {@link #hvp} one for each input, of its shape; for {@link #jvp} one of the output's
     *        shape
     */
    public record Product(Tensor output, List<Tensor> product) {
        /** The only product. */
        public Tensor single() {
            if (product.size() != 1) {
                throw new IllegalStateException("product: there are " + product.size() + ", one for each input");
            }
            return product.getFirst();
        }
    }

    /**
     * vᵀ J, the product of a vector and the Jacobian: one walk back.
     *
     * @param function gives one tensor
     * @param v of the output's shape and type; null for 1, if the output is a single number
     * @param inputs float32 or float64
     * @throws IllegalArgumentException if v does not fit the output
     */
    public static Product vjp(Function<Tensor[], Tensor> function, Tensor v, Tensor... inputs) {
        var leaves = leaves("vjp", inputs);
        return recording(() -> {
            var y = function.apply(leaves);
            return new Product(y.detach(), gradients(y, v, false, leaves));
        });
    }

    /**
     * J v, the product of the Jacobian and a vector, by walking back twice: the product uᵀ J is linear in u, and its derivative by
     * u in the direction of v is J v.
     *
     * @param function gives one tensor, of operations that have second derivatives
     * @param v one for each input, of its shape and type
     * @throws IllegalArgumentException if v does not fit the inputs
     */
    public static Product jvp(Function<Tensor[], Tensor> function, List<Tensor> v, Tensor... inputs) {
        var leaves = leaves("jvp", inputs);
        checkLike("jvp", v, inputs);
        return recording(() -> {
            var y = function.apply(leaves);
            if (!y.requiresGrad()) {
                return new Product(y, List.of(zeros(y)));
            }
            var u = zeros(y).requiresGrad(true);
            var products = gradients(y, u, true, leaves);
            var roots = new ArrayList<Tensor>();
            var seeds = new ArrayList<Tensor>();
            for (int i = 0; i < leaves.length; i++) {
                if (products.get(i).requiresGrad()) {
                    roots.add(products.get(i));
                    seeds.add(v.get(i));
                }
            }
            var found = roots.isEmpty()
                    ? null
                    : Autograd.grad(roots, List.of(u), seeds, false, false, true).getFirst();
            return new Product(y.detach(), List.of(found == null ? zeros(y) : found));
        });
    }

    /**
     * The Jacobian of a function of one tensor: all derivatives of all elements of the output.
     *
     * @return [output sizes..., input sizes...]
     */
    public static Tensor jacobian(Function<Tensor, Tensor> function, Tensor input) {
        var leaves = leaves("jacobian", input);
        return recording(() -> rows(function.apply(leaves[0]), leaves[0]));
    }

    /**
     * The Hessian of a function of one tensor to a single number: all second derivatives.
     *
     * @param function of operations that have second derivatives
     * @return [input sizes..., input sizes...]
     * @throws IllegalArgumentException if the function gives more than one number
     */
    public static Tensor hessian(Function<Tensor, Tensor> function, Tensor input) {
        var leaves = leaves("hessian", input);
        return recording(() -> {
            var gradient = gradients(single("hessian", function.apply(leaves[0])), null, true, leaves).getFirst();
            return rows(gradient, leaves[0]);
        });
    }

    /**
     * H v, the product of the Hessian of a function to a single number and a vector, without the Hessian: the gradient of the
     * product of gradient and vector (Pearlmutter, 1994).
     *
     * @param function gives a single number, of operations that have second derivatives
     * @param v one for each input, of its shape and type
     */
    public static Product hvp(Function<Tensor[], Tensor> function, List<Tensor> v, Tensor... inputs) {
        var leaves = leaves("hvp", inputs);
        checkLike("hvp", v, inputs);
        return recording(() -> {
            var y = single("hvp", function.apply(leaves));
            var first = gradients(y, null, true, leaves);
            var roots = new ArrayList<Tensor>();
            var seeds = new ArrayList<Tensor>();
            for (int i = 0; i < leaves.length; i++) {
                if (first.get(i).requiresGrad()) {
                    roots.add(first.get(i));
                    seeds.add(v.get(i));
                }
            }
            var found = new ArrayList<Tensor>();
            var second = roots.isEmpty()
                    ? null
                    : Autograd.grad(roots, List.of(leaves), seeds, false, false, true);
            for (int i = 0; i < leaves.length; i++) {
                found.add(second == null || second.get(i) == null ? zeros(leaves[i]) : second.get(i));
            }
            return new Product(y.detach(), found);
        });
    }

    private static Tensor[] leaves(String operation, Tensor... inputs) {
        var leaves = new Tensor[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            Objects.requireNonNull(inputs[i], operation + ": input " + i + " is null");
            leaves[i] = inputs[i].detach().requiresGrad(true);
        }
        return leaves;
    }

    private static void checkLike(String operation, List<Tensor> v, Tensor... inputs) {
        if (v.size() != inputs.length) {
            throw new IllegalArgumentException(
                    operation + ": " + v.size() + " vectors for " + inputs.length + " inputs; one for each is needed");
        }
        for (int i = 0; i < inputs.length; i++) {
            if (!v.get(i).shape().equals(inputs[i].shape()) || v.get(i).dtype() != inputs[i].dtype()) {
                throw new IllegalArgumentException(operation + ": vector " + v.get(i).dtype() + " " + v.get(i).shape()
                        + " for input " + inputs[i].dtype() + " " + inputs[i].shape()
                        + "; shapes and types must be equal");
            }
        }
    }

    private static Tensor single(String operation, Tensor y) {
        if (y.numel() != 1) {
            throw new IllegalArgumentException(operation + ": the function gives " + y.shape()
                    + "; a single number is needed, sum() or mean() make one");
        }
        return y;
    }

    private interface Work<T> {
        T run();
    }

    private static <T> T recording(Work<T> work) {
        var engine = Engine.mine();
        int pauses = engine.pauses;
        engine.pauses = 0;
        try {
            return work.run();
        } finally {
            engine.pauses = pauses;
        }
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.empty(like.dtype(), like.shape(), "zeros").fill(0);
    }

    /** The gradients of a result, zeros where it does not depend on a leaf. */
    private static List<Tensor> gradients(Tensor y, Tensor v, boolean recorded, Tensor... leaves) {
        if (!y.requiresGrad()) {
            return Arrays.stream(leaves).map(Functional::zeros).toList();
        }
        var found = Autograd.grad(List.of(y), List.of(leaves), v == null ? null : List.of(v), recorded, recorded, true);
        var all = new ArrayList<Tensor>();
        for (int i = 0; i < leaves.length; i++) {
            all.add(found.get(i) == null ? zeros(leaves[i]) : found.get(i));
        }
        return all;
    }

    /** The derivatives of all elements of a result by a leaf. */
    private static Tensor rows(Tensor y, Tensor leaf) {
        long count = y.numel();
        var rows = Tensor.empty(leaf.dtype(), Shape.of(count, leaf.numel()), "jacobian").fill(0);
        if (y.requiresGrad()) {
            var flat = y.reshape(-1);
            for (long i = 0; i < count; i++) {
                var gradient = Autograd.grad(List.of(flat.select(0, i)), List.of(leaf), null, true, false, true)
                        .getFirst();
                if (gradient != null) {
                    rows.select(0, i).copyFrom(gradient.reshape(-1));
                }
            }
        }
        var dims = new long[y.rank() + leaf.rank()];
        for (int d = 0; d < dims.length; d++) {
            dims[d] = d < y.rank() ? y.size(d) : leaf.size(d - y.rank());
        }
        return rows.view(dims);
    }
}
