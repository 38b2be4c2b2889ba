package io.chagres.runtime.op;

/**
 * The error function in double precision, by the rational approximations of W. J. Cody, "Rational Chebyshev approximations
 * for the error function", Mathematics of Computation 23 (1969), 631-637; coefficients as in CALERF of SPECFUN (netlib).
 */
final class Erf {
    private static final double SMALL = 0.46875;
    private static final double ONE_OVER_ROOT_PI = 0.56418958354775628695;

    /** erf(x) / x for |x| up to {@link #SMALL}, in x². */
    private static final double[] NEAR_TOP = {1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
            3.77485237685302021e2, 3.20937758913846947e3};
    private static final double[] NEAR_BOTTOM = {1, 2.36012909523441209e1, 2.44024637934444173e2,
            1.28261652607737228e3, 2.84423683343917062e3};
    /** erfc(x) e^(x²) for x up to 4. */
    private static final double[] MIDDLE_TOP = {2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
            6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3,
            2.05107837782607147e3, 1.23033935479799725e3};
    private static final double[] MIDDLE_BOTTOM = {1, 1.57449261107098347e1, 1.17693950891312499e2,
            5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
            3.43936767414372164e3, 1.23033935480374942e3};
    /** (1/√π - x erfc(x) e^(x²)) x² beyond, in 1/x². */
    private static final double[] FAR_TOP = {1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
            1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4};
    private static final double[] FAR_BOTTOM = {1, 2.56852019228982242e0, 1.87295284992346725e0,
            5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3};

    private Erf() {
    }

    /** The error function. */
    static double erf(double x) {
        double size = Math.abs(x);
        return size <= SMALL ? x * ratio(NEAR_TOP, NEAR_BOTTOM, x * x) : Math.copySign(1 - tail(size), x);
    }

    /** 1 - erf(x), without loss of accuracy where that is small. */
    static double erfc(double x) {
        double size = Math.abs(x);
        if (size <= SMALL) {
            return 1 - x * ratio(NEAR_TOP, NEAR_BOTTOM, x * x);
        }
        double tail = tail(size);
        return x < 0 ? 2 - tail : tail;
    }

    /** erfc for x greater than {@link #SMALL}, and NaN. */
    private static double tail(double x) {
        if (x == Double.POSITIVE_INFINITY) {
            return 0;
        }
        double scaled;
        if (x <= 4) {
            scaled = ratio(MIDDLE_TOP, MIDDLE_BOTTOM, x);
        } else {
            double z = 1 / (x * x);
            scaled = (ONE_OVER_ROOT_PI - z * ratio(FAR_TOP, FAR_BOTTOM, z)) / x;
        }
        // x² in two parts, the first of them exact, so that its rounding is not multiplied by e^(-x²)
        double whole = Math.floor(x * 16) / 16;
        return Math.exp(-whole * whole) * Math.exp(-(x - whole) * (x + whole)) * scaled;
    }

    /** The quotient of two polynomials, highest coefficients first. */
    private static double ratio(double[] top, double[] bottom, double x) {
        return polynomial(top, x) / polynomial(bottom, x);
    }

    private static double polynomial(double[] coefficients, double x) {
        double value = 0;
        for (double coefficient : coefficients) {
            value = value * x + coefficient;
        }
        return value;
    }
}
