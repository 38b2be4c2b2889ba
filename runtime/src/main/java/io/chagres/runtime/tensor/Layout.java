package io.chagres.runtime.tensor;

/** Where a tensor's elements lie in its storage. Layouts that native primitives prefer will stand beside {@link Strided}. */
public sealed interface Layout permits Layout.Strided {

    /** Whether the elements are dense and in row-major order. */
    boolean isContiguous();

    /** Dense elements in row-major order. */
    static Strided contiguous(long[] dims) {
        var strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, dims[i]);
        }
        return new Strided(strides, true);
    }

    /** Elements at given strides (in elements); says whether that is dense row-major order for these sizes. */
    static Strided of(long[] dims, long[] strides) {
        long dense = 1;
        boolean contiguous = true;
        for (int i = dims.length - 1; i >= 0; i--) {
            if (dims[i] == 0) {
                return new Strided(strides, true);
            }
            contiguous &= dims[i] == 1 || strides[i] == dense;
            dense *= dims[i];
        }
        return new Strided(strides, contiguous);
    }

    /** One stride a dimension, in elements; 0 repeats. */
    final class Strided implements Layout {
        private final long[] strides;
        private final boolean contiguous;

        private Strided(long[] strides, boolean contiguous) {
            this.strides = strides;
            this.contiguous = contiguous;
        }

        /** The stride of a dimension, in elements. */
        public long stride(int axis) {
            return strides[axis];
        }

        /** A copy of the strides. */
        public long[] toArray() {
            return strides.clone();
        }

        @Override
        public boolean isContiguous() {
            return contiguous;
        }
    }
}
