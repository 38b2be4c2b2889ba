package io.chagres.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What PyTorch 2 prints, but for names of types, truth values, and that the shape and type always stand there. */
class TensorTextTest {
    private static void prints(String elements, Tensor tensor) {
        assertEquals("tensor(" + elements + ", shape=" + tensor.shape() + ", dtype=" + tensor.dtype() + ")",
                tensor.toString());
    }

    @Test
    void scalarsAndVectors() {
        prints("2.5000", Tensor.scalar(2.5));
        prints("3.", Tensor.scalar(3));
        prints("[1., 2., 3.]", Tensor.of(new float[]{1, 2, 3}));
        prints("[0., 0.]", Tensor.zeros(2));
        prints("[0.1000, 0.2500]", Tensor.of(new float[]{0.1f, 0.25f}));
        prints("[ 1.0000, -2.5000]", Tensor.of(new float[]{1, -2.5f}));
        prints("[ 1, -2, 30]", Tensor.of(new long[]{1, -2, 30}));
        prints("[200]", Tensor.full(DType.UINT8, 200, 1));
        prints("[ true, false]", Tensor.of(new boolean[]{true, false}));
        prints("[9223372036854775807]", Tensor.full(DType.INT64, Long.MAX_VALUE, 1));
        prints("[]", Tensor.zeros(0));
        prints("[]", Tensor.zeros(DType.INT64, 2, 0));
        prints("[1.5000]", Tensor.full(DType.BFLOAT16, 1.5, 1));
    }

    @Test
    void scientificWhereMagnitudesDiffer() {
        prints("[1.0000e+00, 1.0000e+04]", Tensor.of(new float[]{1, 10000}));
        prints("[   1., 1000.]", Tensor.of(new float[]{1, 1000}));
        prints("[1.0000e+09]", Tensor.of(new double[]{1e9}));
        prints("[1.0000e-05, 5.0000e-03]", Tensor.of(new double[]{1e-5, 5e-3}));
        prints("[ 1.5000e-07, -2.0000e+00,  0.0000e+00]", Tensor.of(new double[]{1.5e-7, -2, 0}));
    }

    @Test
    void whatIsNoNumber() {
        prints("[1.5000,    nan,    inf,   -inf]", Tensor.of(new float[]{1.5f, Float.NaN, Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY}));
        prints("[nan, inf]", Tensor.of(new float[]{Float.NaN, Float.POSITIVE_INFINITY}));
        prints("[1., nan]", Tensor.of(new float[]{1, Float.NaN}));
    }

    @Test
    void rowsAndBlocks() {
        prints("[[1., 2.],\n        [3., 4.]]", Tensor.of(new float[]{1, 2, 3, 4}, 2, 2));
        prints("[[1., 3.],\n        [2., 4.]]", Tensor.of(new float[]{1, 2, 3, 4}, 2, 2).t());
        prints("[[[1, 2]],\n\n        [[3, 4]]]", Tensor.of(new int[]{1, 2, 3, 4}, 2, 1, 2));
        prints("[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n"
                + "        18, 19]", Tensor.arange(20));
    }

    @Test
    void manyAreSummarized() {
        prints("[   0,    1,    2,  ..., 1998, 1999, 2000]", Tensor.arange(2001));
        prints("[[   0,    1,    2,  ...,   97,   98,   99],\n"
                + "        [ 100,  101,  102,  ...,  197,  198,  199],\n"
                + "        [ 200,  201,  202,  ...,  297,  298,  299],\n"
                + "        ...,\n"
                + "        [1700, 1701, 1702,  ..., 1797, 1798, 1799],\n"
                + "        [1800, 1801, 1802,  ..., 1897, 1898, 1899],\n"
                + "        [1900, 1901, 1902,  ..., 1997, 1998, 1999]]", Tensor.arange(2000).view(20, 100));
        assertEquals(1000, Tensor.arange(1000).toString().split(",").length - 2);
        var deep = Tensor.zeros(3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3);
        assertTrue(deep.toString().length() < 200_000);
        prints("[1., 1., 1.,  ..., 1., 1., 1.]", Tensor.ones(1).expand(1L << 40));
    }

    @Test
    void historyIsTold() {
        var x = Tensor.ones(1).requiresGrad(true);
        assertEquals("tensor([1.], shape=[1], dtype=FLOAT32, requiresGrad=true)", x.toString());
        assertEquals("tensor([2.], shape=[1], dtype=FLOAT32, gradFn=<mul>)", x.mul(2).toString());
    }

    @Test
    void theSameInEveryCountry() {
        var before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            prints("[1.5000]", Tensor.of(new float[]{1.5f}));
        } finally {
            Locale.setDefault(before);
        }
    }
}
