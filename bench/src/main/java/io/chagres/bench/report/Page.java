package io.chagres.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.internal.chartpart.Chart;

/** Markdown that grows, with charts in files beside it. */
final class Page {
    private static final String CHARTS = "charts";

    private final StringBuilder text = new StringBuilder();
    private final Path folder;
    private final int level;

    /**
     * @param folder where the page will stand; charts go to its folder {@value #CHARTS}; null for a page without charts
     * @param level of its uppermost headings
     */
    Page(Path folder, int level) {
        this.folder = folder;
        this.level = level;
    }

    /** A heading, so many levels below the uppermost. */
    void heading(int below, String title) {
        text.append("#".repeat(level + below)).append(' ').append(title).append("\n\n");
    }

    void paragraph(String words) {
        text.append(words).append("\n\n");
    }

    void bullet(String words) {
        text.append("- ").append(words).append('\n');
    }

    /** Ends a list. */
    void gap() {
        text.append('\n');
    }

    void table(List<String> heads, List<List<String>> rows) {
        row(heads);
        text.append("|---".repeat(heads.size())).append("|\n");
        rows.forEach(this::row);
        text.append('\n');
    }

    private void row(List<String> cells) {
        for (String cell : cells) {
            text.append("| ").append(cell.replace("|", "\\|").replace("\n", " ")).append(' ');
        }
        text.append("|\n");
    }

    /** What follows is hidden until the reader asks for it, up to {@link #endDetails}. */
    void details(String summary) {
        text.append("<details><summary>").append(summary).append("</summary>\n\n");
    }

    void endDetails() {
        text.append("</details>\n\n");
    }

    /** A chart, in a file whose name is made from its title. */
    void chart(String title, Chart<?, ?> chart) {
        if (folder == null) {
            return;
        }
        String name = title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "") + ".png";
        try {
            Charts.write(chart, folder.resolve(CHARTS).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        text.append("![").append(title).append("](").append(CHARTS).append('/').append(name).append(")\n\n");
    }

    @Override
    public String toString() {
        return text.toString().stripTrailing() + "\n";
    }
}
