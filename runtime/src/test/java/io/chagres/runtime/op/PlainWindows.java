package io.chagres.runtime.op;

/** Convolutions by their formula, element by element, in float64. */
final class PlainWindows {
    private PlainWindows() {
    }

    /** See {@link Convolution#conv2d}; of any number of spatial dimensions. */
    static Array conv(Array x, Array w, Array b, long[] stride, long[] padding, long[] dilation, long groups) {
        int spatial = w.dims().length - 2;
        if (x.dims().length == spatial + 1) {
            var y = conv(new Array(Array.insert(x.dims(), 0, 1), x.values()), w, b, stride, padding, dilation, groups);
            return new Array(Array.remove(y.dims(), 0), y.values());
        }
        var dims = x.dims().clone();
        dims[1] = w.dims()[0];
        for (int d = 0; d < spatial; d++) {
            long extent = at(dilation, d) * (w.dims()[2 + d] - 1) + 1;
            dims[2 + d] = (int) Math.floorDiv(
                    dims[2 + d] + pad(padding, spatial, 2 * d) + pad(padding, spatial, 2 * d + 1) - extent,
                    at(stride, d)) + 1;
        }
        int perGroup = w.dims()[1];
        int outs = (int) (w.dims()[0] / groups);
        return Array.generate(dims, index -> {
            double[] sum = {b == null ? 0 : b.at(index[1])};
            var kernel = w.dims().clone();
            kernel[0] = 1;
            Array.generate(kernel, k -> {
                var from = index.clone();
                from[1] = index[1] / outs * perGroup + k[1];
                boolean inside = true;
                for (int d = 0; d < spatial; d++) {
                    long at = index[2 + d] * at(stride, d) + k[2 + d] * at(dilation, d) - pad(padding, spatial, 2 * d);
                    inside &= at >= 0 && at < x.dims()[2 + d];
                    from[2 + d] = (int) at;
                }
                sum[0] += inside ? exact(x, from) * exact(w, Array.with(k, 0, index[1])) : 0;
                return 0;
            });
            return sum[0];
        });
    }

    /** See {@link Convolution#convTranspose2d}; of any number of spatial dimensions. */
    static Array transposed(Array x, Array w, Array b, long[] stride, long[] padding, long[] more, long groups,
            long[] dilation) {
        int spatial = w.dims().length - 2;
        if (x.dims().length == spatial + 1) {
            var y = transposed(new Array(Array.insert(x.dims(), 0, 1), x.values()), w, b, stride, padding, more, groups,
                    dilation);
            return new Array(Array.remove(y.dims(), 0), y.values());
        }
        var dims = x.dims().clone();
        int perGroup = w.dims()[1];
        dims[1] = (int) (perGroup * groups);
        for (int d = 0; d < spatial; d++) {
            dims[2 + d] = (int) ((x.dims()[2 + d] - 1) * at(stride, d) - pad(padding, spatial, 2 * d)
                    - pad(padding, spatial, 2 * d + 1) + at(dilation, d) * (w.dims()[2 + d] - 1) + at(more, d) + 1);
        }
        int ins = (int) (x.dims()[1] / groups);
        var y = Array.generate(dims, index -> b == null ? 0 : b.at(index[1]));
        Array.generate(x.dims(), index -> {
            var kernel = w.dims().clone();
            kernel[0] = 1;
            Array.generate(kernel, k -> {
                int at = index[0];
                at = at * dims[1] + index[1] / ins * perGroup + k[1];
                boolean inside = true;
                for (int d = 0; d < spatial; d++) {
                    long to = index[2 + d] * at(stride, d) + k[2 + d] * at(dilation, d) - pad(padding, spatial, 2 * d);
                    inside &= to >= 0 && to < dims[2 + d];
                    at = (int) (at * dims[2 + d] + to);
                }
                if (inside) {
                    y.values()[at] += exact(x, index) * exact(w, Array.with(k, 0, index[1]));
                }
                return 0;
            });
            return 0;
        });
        return y;
    }

    private static double exact(Array array, int... index) {
        int position = 0;
        for (int d = 0; d < index.length; d++) {
            position = position * array.dims()[d] + index[d];
        }
        return array.values()[position];
    }

    private static long at(long[] values, int d) {
        return values[values.length == 1 ? 0 : d];
    }

    private static long pad(long[] padding, int spatial, int i) {
        return padding[padding.length == 1 ? 0 : padding.length == spatial ? i / 2 : i];
    }
}
