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

    /**
     * Dense elements with the second dimension, the channels, innermost: [N, C, H, W] in the order N, H, W, C. With fewer than
     * three dimensions that is row-major order.
     */
    static Strided channelsLast(long[] dims) {
        return of(dims, channelsLastStrides(dims));
    }

    private static long[] channelsLastStrides(long[] dims) {
        if (dims.length < 3) {
            return contiguous(dims).toArray();
        }
        var strides = new long[dims.length];
        strides[1] = 1;
        long stride = Math.max(1, dims[1]);
        for (int i = dims.length - 1; i >= 2; i--) {
            strides[i] = stride;
            stride *= Math.max(1, dims[i]);
        }
        strides[0] = stride;
        return strides;
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

        /**
         * Whether the elements are dense with the channels innermost, as {@link Layout#channelsLast} lays them out for these
         * sizes. Strides of dimensions of size 1 do not matter, so that a layout can be both this and contiguous.
         */
        public boolean isChannelsLast(Shape shape) {
            int rank = strides.length;
            if (rank < 3 || shape.numel() == 0) {
                return contiguous;
            }
            long dense = 1;
            for (int i = 0; i < rank; i++) {
                int d = i == 0 ? 1 : i == rank - 1 ? 0 : rank - i; // 1, rank - 1, ..., 2, 0
                if (shape.dim(d) != 1 && strides[d] != dense) {
                    return false;
                }
                dense *= shape.dim(d);
            }
            return true;
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
