package io.chagres.bench.report;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * From which size on one contender is faster than the best of others and stays so. Between two sizes the ratio of the times is
 * taken to be a straight line in logarithms of both.
 *
 * @param kind whether there is such a size
 * @param from that size; the smallest one measured if it wins everywhere, NaN if it wins nowhere at the end
 * @param largest the largest size at which both were measured
 * @param factor how many times as fast it is there
 * @param rival the best of the others there
 */
public record Crossover(Kind kind, double from, double largest, double factor, String rival) {
    /** Where one is faster. */
    public enum Kind {
        /** At every size. */
        EVERYWHERE,
        /** From a size on. */
        FROM,
        /** Not at the largest size. */
        NOT_YET
    }

    /**
     * Finds it.
     *
     * @param ours times by size
     * @param others times by size, by contender
     * @return null if there is no size at which both were measured
     */
    public static Crossover of(SortedMap<Double, Double> ours,
            Map<String, ? extends SortedMap<Double, Double>> others) {
        var gains = new TreeMap<Double, Double>();
        String rival = "";
        for (var point : ours.entrySet()) {
            double best = Double.POSITIVE_INFINITY;
            for (var other : others.entrySet()) {
                double time = other.getValue().getOrDefault(point.getKey(), Double.POSITIVE_INFINITY);
                if (time < best) {
                    best = time;
                    rival = other.getKey();
                }
            }
            if (best < Double.POSITIVE_INFINITY) {
                gains.put(point.getKey(), best / point.getValue());
            }
        }
        if (gains.isEmpty()) {
            return null;
        }
        double largest = gains.lastKey();
        double factor = gains.get(largest);
        if (factor <= 1) {
            return new Crossover(Kind.NOT_YET, Double.NaN, largest, factor, rival);
        }
        Double lost = null;
        for (var gain : gains.entrySet()) {
            lost = gain.getValue() <= 1 ? gain.getKey() : lost;
        }
        if (lost == null) {
            return new Crossover(Kind.EVERYWHERE, gains.firstKey(), largest, factor, rival);
        }
        return new Crossover(Kind.FROM, between(lost, gains.get(lost), gains.higherEntry(lost)), largest, factor,
                rival);
    }

    /** Where the logarithm of the gain is zero. */
    private static double between(double lost, double loss, Map.Entry<Double, Double> won) {
        double share = -Math.log(loss) / (Math.log(won.getValue()) - Math.log(loss));
        return Math.exp(Math.log(lost) + share * (Math.log(won.getKey()) - Math.log(lost)));
    }
}
