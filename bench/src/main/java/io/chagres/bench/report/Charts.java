package io.chagres.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts in one look, and their files. Needs no screen. */
final class Charts {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    /** Pixels a unit of length, so that letters are sharp. */
    private static final double SCALE = 1.5;
    private static final int BAR_HEIGHT = 460;
    private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);
    private static final Color WHISKER = new Color(0x33, 0x33, 0x33);
    /** Okabe and Ito's colours, which people with most kinds of colour blindness tell apart. */
    private static final Color[] COLOURS = {new Color(0x00, 0x72, 0xb2), new Color(0xe6, 0x9f, 0x00),
            new Color(0x00, 0x9e, 0x73), new Color(0xcc, 0x79, 0xa7), new Color(0xd5, 0x5e, 0x00),
            new Color(0x56, 0xb4, 0xe9), new Color(0x80, 0x80, 0x80), new Color(0xb8, 0xa9, 0x00),
            new Color(0x44, 0x44, 0x99), new Color(0x88, 0x22, 0x55)};

    private Charts() {
    }

    /**
     * A bar with a whisker.
     *
     * @param label below it
     * @param series which decides its colour
     */
    record Bar(String label, String series, double median, double least, double greatest) {
    }

    /**
     * Lines over an axis of powers.
     *
     * @param lines by name, each from x to y
     * @param powers whether the other axis is one of powers too; else it begins at 0
     * @param mark where a dashed line stands; NaN for none
     */
    static XYChart lines(String title, String x, String y, Map<String, ? extends SortedMap<Double, Double>> lines,
            boolean powers, double mark) {
        var chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(y).build();
        look(chart.getStyler());
        // XChart takes its own labels for an axis of powers; with a function for them it would place them wrongly.
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(powers);
        int colour = 0;
        double least = Double.POSITIVE_INFINITY;
        double greatest = 0;
        for (var line : lines.entrySet()) {
            var values = List.copyOf(line.getValue().values());
            var series = chart.addSeries(line.getKey(), List.copyOf(line.getValue().keySet()), values);
            var paint = COLOURS[colour++ % COLOURS.length];
            series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(paint).setLineColor(paint);
            series.setLineStyle(new BasicStroke(line.getKey().startsWith("chagres") ? 3f : 1.5f));
            least = values.stream().reduce(least, Math::min);
            greatest = values.stream().reduce(greatest, Math::max);
        }
        if (!powers) {
            chart.getStyler().setYAxisMin(0.0).setyAxisTickLabelsFormattingFunction(Figures::brief);
        }
        if (!Double.isNaN(mark)) {
            var series = chart.addSeries("from " + Figures.brief(mark), List.of(mark, mark), List.of(least, greatest));
            series.setMarker(SeriesMarkers.NONE).setLineColor(WHISKER);
            series.setLineStyle(new BasicStroke(1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1f,
                    new float[]{4f, 4f}, 0f));
        }
        return chart;
    }

    /** Bars side by side from 0 on, with whiskers from the least to the greatest sample. */
    static CategoryChart bars(String title, String y, List<Bar> bars) {
        var chart = new CategoryChartBuilder().width(WIDTH).height(BAR_HEIGHT).title(title).yAxisTitle(y).build();
        look(chart.getStyler());
        chart.getStyler().setOverlapped(true).setAvailableSpaceFill(0.7).setXAxisLabelRotation(60).setYAxisMin(0.0);
        chart.getStyler().setErrorBarsColor(WHISKER).setyAxisTickLabelsFormattingFunction(Figures::brief);
        var labels = bars.stream().map(Bar::label).toList();
        int colour = 0;
        for (String name : bars.stream().map(Bar::series).distinct().toList()) {
            var heights = bars.stream().map(bar -> bar.series.equals(name) ? bar.median : 0).toList();
            chart.addSeries(name, labels, heights).setFillColor(COLOURS[colour++ % COLOURS.length]);
        }
        // XChart's whiskers reach as far up as down, so they get a series of their own, at the middle of each range.
        var middles = new ArrayList<Double>();
        var reaches = new ArrayList<Double>();
        for (var bar : bars) {
            middles.add((bar.least + bar.greatest) / 2);
            reaches.add((bar.greatest - bar.least) / 2);
        }
        var whiskers = chart.addSeries("least to greatest", labels, middles, reaches);
        whiskers.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Scatter).setMarker(SeriesMarkers.NONE)
                .setShowInLegend(false);
        return chart;
    }

    private static void look(AxesChartStyler styler) {
        styler.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(0.5f)).setAxisTickLabelsFont(PLAIN)
                .setAxisTitleFont(PLAIN);
        styler.setChartBackgroundColor(Color.WHITE).setLegendPosition(LegendPosition.OutsideE).setMarkerSize(5)
                .setPlotBorderVisible(false).setLegendBorderColor(Color.WHITE);
    }

    /**
     * Writes a chart as PNG. (As SVG it would have ten times the size: XChart draws each letter as an outline.)
     *
     * @throws IOException if the file cannot be written, or Java finds no fonts to draw with
     */
    static void write(Chart<?, ?> chart, Path file) throws IOException {
        var image = new BufferedImage((int) (SCALE * chart.getWidth()), (int) (SCALE * chart.getHeight()),
                BufferedImage.TYPE_INT_RGB);
        try {
            var graphics = image.createGraphics();
            graphics.scale(SCALE, SCALE);
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            graphics.dispose();
        } catch (LinkageError | InternalError noFonts) {
            throw new IOException("cannot draw " + file + ": Java finds no fonts; install fontconfig and a font",
                    noFonts);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (!ImageIO.write(Palette.reduce(image), "png", file.toFile())) {
            throw new IOException("cannot write " + file + ": Java has no encoder of PNG");
        }
    }
}
