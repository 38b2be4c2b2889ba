package io.chagres.examples;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss of a training over its epochs, in at most a few hundred points, each the mean of some steps. */
final class LossCurve {
    private static final int POINTS = 400;

    private final long batches;
    private final long stepsPerPoint;
    private final List<Double> epochs = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private long steps;
    private double sum;
    private int summed;

    LossCurve(int epochs, long batches) {
        this.batches = batches;
        this.stepsPerPoint = Math.max(1, epochs * batches / POINTS);
    }

    /** The loss of the next step; that of the first is a point of its own. */
    void add(double loss) {
        sum += loss;
        summed++;
        if (steps++ % stepsPerPoint == 0) {
            epochs.add((double) steps / batches);
            losses.add(Double.isFinite(sum) ? sum / summed : Double.NaN); // a gap in the curve
            sum = 0;
            summed = 0;
        }
    }

    /** The points' losses, in order. */
    List<Double> losses() {
        return List.copyOf(losses);
    }

    /**
     * Draws the curve; needs no screen.
     *
     * @throws IOException if the file cannot be written, or Java finds no fonts to draw with
     */
    void writePng(Path file) throws IOException {
        Picture.writePng(file, () -> BitmapEncoder.getBufferedImage(chart()));
    }

    private XYChart chart() {
        var chart = new XYChartBuilder().width(900).height(540).title("Training loss").xAxisTitle("epoch")
                .yAxisTitle("cross-entropy").build();
        chart.getStyler().setLegendVisible(false).setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisMin(0.0).setXAxisDecimalPattern("0.#").setYAxisMin(0.0);
        chart.addSeries("loss", epochs, losses).setMarker(SeriesMarkers.NONE);
        return chart;
    }
}
