package io.chagres.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.util.Arrays;
import java.util.Locale;

/**
 * The confusion matrix: how many test images of each class (row) a network takes for each class (column). The darker a cell, the
 * greater its share of the row; blue ones are right, red ones mistakes.
 */
final class ConfusionPicture extends Picture {
    private static final int CELL_WIDTH = 84;
    private static final int CELL_HEIGHT = 46;
    private static final int LEFT = 150;
    private static final int TOP = 120;
    private static final int SHARES = 96;
    private static final int MARGIN = 24;
    private static final Color ALL_RIGHT = new Color(0x1f4e9c);
    private static final Color ALL_WRONG = new Color(0xa81c0d);
    private static final Color GRID = new Color(0xd9dde2);

    private final String title;
    private final Evaluation evaluation;

    ConfusionPicture(String title, Evaluation evaluation) {
        this.title = title;
        this.evaluation = evaluation;
    }

    private int classes() {
        return evaluation.classes().size();
    }

    @Override
    int width() {
        return LEFT + classes() * CELL_WIDTH + SHARES + MARGIN;
    }

    @Override
    int height() {
        return TOP + classes() * CELL_HEIGHT + MARGIN;
    }

    @Override
    void draw(Graphics2D g) {
        text(g, String.format(Locale.ROOT, "%s: %.2f %% of %,d test images right", title, 100 * evaluation.accuracy(),
                evaluation.size()), MARGIN, 40, 0, Font.BOLD, 22, Color.BLACK);
        text(g, "taken for", LEFT + classes() * CELL_WIDTH / 2.0, 80, 0.5, Font.PLAIN, 14, FAINT);
        text(g, "is", LEFT - 12, TOP - 12, 1, Font.PLAIN, 14, FAINT);
        text(g, "right", width() - MARGIN, TOP - 12, 1, Font.PLAIN, 14, FAINT);
        int[][] counts = evaluation.confusion();
        for (int label = 0; label < classes(); label++) {
            String name = evaluation.classes().get(label);
            int all = Arrays.stream(counts[label]).sum();
            double baseline = TOP + label * CELL_HEIGHT + CELL_HEIGHT / 2.0 + 5;
            text(g, name, LEFT + (label + 0.5) * CELL_WIDTH, TOP - 12, 0.5, Font.BOLD, 13, Color.BLACK);
            text(g, name, LEFT - 12, baseline, 1, Font.BOLD, 13, Color.BLACK);
            if (all > 0) {
                text(g, String.format(Locale.ROOT, "%.1f %%", 100.0 * counts[label][label] / all), width() - MARGIN,
                        baseline, 1, Font.BOLD, 14, Color.BLACK);
            }
            for (int taken = 0; taken < classes(); taken++) {
                cell(g, label, taken, counts[label][taken], all);
            }
        }
    }

    private static void cell(Graphics2D g, int label, int taken, int count, int all) {
        int x = LEFT + taken * CELL_WIDTH;
        int y = TOP + label * CELL_HEIGHT;
        double share = all == 0 ? 0 : (double) count / all;
        // mistakes are few: the root makes them visible
        double strength = label == taken ? share : Math.min(1, 1.6 * Math.sqrt(share));
        g.setColor(mix(label == taken ? ALL_RIGHT : ALL_WRONG, strength));
        g.fillRect(x, y, CELL_WIDTH, CELL_HEIGHT);
        g.setColor(GRID);
        g.drawRect(x, y, CELL_WIDTH, CELL_HEIGHT);
        if (count > 0) {
            text(g, Integer.toString(count), x + CELL_WIDTH / 2.0, y + CELL_HEIGHT / 2.0 + 5, 0.5,
                    label == taken ? Font.BOLD : Font.PLAIN, 15, strength > 0.5 ? Color.WHITE : Color.BLACK);
        }
    }

    /** A colour on white. */
    private static Color mix(Color color, double strength) {
        return new Color((int) (255 - strength * (255 - color.getRed())),
                (int) (255 - strength * (255 - color.getGreen())), (int) (255 - strength * (255 - color.getBlue())));
    }
}
