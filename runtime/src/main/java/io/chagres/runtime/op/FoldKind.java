package io.chagres.runtime.op;

/**
 * What makes one number of two. Each has its own loops, over two arrays at the same index, which the compiler turns into
 * vectors; integers stay integers and wrap around.
 */
enum FoldKind {
    SUM(0) {
        @Override
        void fold(double[] acc, double[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] += t[i];
            }
        }

        @Override
        void fold(long[] acc, long[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] += t[i];
            }
        }

        @Override
        double row(double[] t, int from, int n) {
            double even = 0;
            double odd = 0;
            int i = from;
            for (; i + 2 <= from + n; i += 2) {
                even += t[i];
                odd += t[i + 1];
            }
            return i < from + n ? even + t[i] + odd : even + odd;
        }

        @Override
        long row(long[] t, int from, int n) {
            long sum = 0;
            for (int i = from; i < from + n; i++) {
                sum += t[i];
            }
            return sum;
        }
    },
    PROD(1) {
        @Override
        void fold(double[] acc, double[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] *= t[i];
            }
        }

        @Override
        void fold(long[] acc, long[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] *= t[i];
            }
        }

        @Override
        double row(double[] t, int from, int n) {
            double product = 1;
            for (int i = from; i < from + n; i++) {
                product *= t[i];
            }
            return product;
        }

        @Override
        long row(long[] t, int from, int n) {
            long product = 1;
            for (int i = from; i < from + n; i++) {
                product *= t[i];
            }
            return product;
        }
    },
    MAX(0) {
        @Override
        void fold(double[] acc, double[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] = Math.max(acc[i], t[i]);
            }
        }

        @Override
        void fold(long[] acc, long[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] = Math.max(acc[i], t[i]);
            }
        }

        @Override
        double row(double[] t, int from, int n) {
            double max = t[from];
            for (int i = from + 1; i < from + n; i++) {
                max = Math.max(max, t[i]);
            }
            return max;
        }

        @Override
        long row(long[] t, int from, int n) {
            long max = t[from];
            for (int i = from + 1; i < from + n; i++) {
                max = Math.max(max, t[i]);
            }
            return max;
        }
    },
    MIN(1) {
        @Override
        void fold(double[] acc, double[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] = Math.min(acc[i], t[i]);
            }
        }

        @Override
        void fold(long[] acc, long[] t, int n) {
            for (int i = 0; i < n; i++) {
                acc[i] = Math.min(acc[i], t[i]);
            }
        }

        @Override
        double row(double[] t, int from, int n) {
            double min = t[from];
            for (int i = from + 1; i < from + n; i++) {
                min = Math.min(min, t[i]);
            }
            return min;
        }

        @Override
        long row(long[] t, int from, int n) {
            long min = t[from];
            for (int i = from + 1; i < from + n; i++) {
                min = Math.min(min, t[i]);
            }
            return min;
        }
    };

    /** What no elements make; of the greatest and the least, if elements are truths. */
    final int ofNothing;

    FoldKind(int ofNothing) {
        this.ofNothing = ofNothing;
    }

    /** acc[i] = acc[i] with t[i]. */
    abstract void fold(double[] acc, double[] t, int n);

    abstract void fold(long[] acc, long[] t, int n);

    /** What n >= 1 elements make. */
    abstract double row(double[] t, int from, int n);

    abstract long row(long[] t, int from, int n);
}
