package io.chagres.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Tables of measurements of any suite. */
final class GeneralSection {
    private GeneralSection() {
    }

    static void write(Page page, String title, List<Measurement> all) {
        if (!all.isEmpty()) {
            page.heading(0, title);
            table(page, all);
        }
    }

    /** A table for each benchmark: sizes below each other, contenders side by side, or a row for each contender. */
    static void writeEach(Page page, String title, List<Measurement> all) {
        if (!all.isEmpty()) {
            page.heading(0, title);
        }
        Groups.by(all, one -> one.benchmark() + " " + String.join(" ", one.parameters().keySet()))
                .forEach((name, some) -> {
                    String axis = Groups.axis(some);
                    page.paragraph("**" + some.getFirst().benchmark() + "**, " + some.getFirst().unit()
                            + (axis == null ? "" : ", by " + axis));
                    if (axis != null && Groups.by(some, one -> Groups.without(one, axis)).size() == 1) {
                        matrix(page, some, axis);
                    } else {
                        table(page, some);
                    }
                });
    }

    /** A row for each measurement. */
    static void table(Page page, List<Measurement> all) {
        var extras = new TreeSet<String>();
        all.forEach(one -> extras.addAll(one.extras().keySet()));
        boolean notes = all.stream().anyMatch(one -> one.isMeasured() && !one.note().isEmpty());
        boolean several = all.stream().map(Measurement::benchmark).distinct().count() > 1;
        var heads = new ArrayList<>(List.of("contender", "parameters", "median (least - greatest)", "unit"));
        if (several) {
            heads.addFirst("benchmark");
        }
        heads.addAll(extras);
        if (notes) {
            heads.add("note");
        }
        var rows = new ArrayList<List<String>>();
        for (var one : all) {
            var row = new ArrayList<>(List.of(one.contender(), one.setting(), Figures.spread(one), one.unit()));
            if (several) {
                row.addFirst(one.benchmark());
            }
            extras.forEach(name -> row.add(Figures.plain(Groups.extra(one, name))));
            if (notes) {
                row.add(one.isMeasured() ? one.note() : "");
            }
            rows.add(row);
        }
        page.table(heads, rows);
    }

    /** A row for each value of a parameter, a column for each contender. */
    static void matrix(Page page, List<Measurement> all, String parameter) {
        var contenders = List.copyOf(Groups.by(all, Measurement::contender).keySet());
        var heads = new ArrayList<>(List.of(parameter));
        heads.addAll(contenders);
        var rows = new ArrayList<List<String>>();
        Groups.by(all, one -> one.parameters().get(parameter)).forEach((value, some) -> {
            var row = new ArrayList<>(List.of(value));
            for (String contender : contenders) {
                row.add(some.stream().filter(one -> one.contender().equals(contender)).findFirst()
                        .map(Figures::spread).orElse("-"));
            }
            rows.add(row);
        });
        page.table(heads, rows);
    }
}
