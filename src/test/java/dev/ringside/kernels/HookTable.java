package dev.ringside.kernels;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.probe.ProbeCatalog;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of {@code docs/kernels.md}: each hook there is, with the kernels that took it, that gave the same numbers when it was insisted on,
 * and that refused it. Kernels that did not run keep what the page says of them.
 */
final class HookTable {
    private static final String HEADER = """
            | probe | point | hook | taken by | insisted on, with the same numbers | refused by |
            |---|---|---|---|---|---|
            """;
    private static final Comparator<String> BY_VERSION = Comparator.<String>comparingInt(series -> part(series, 0)).thenComparingInt(series -> part(series, 1));

    private record Row(Set<String> taken, Set<String> insisted, Set<String> refused) {
        Row() {
            this(new TreeSet<>(BY_VERSION), new TreeSet<>(BY_VERSION), new TreeSet<>(BY_VERSION));
        }
    }

    private final Map<Hook, Row> rows = new LinkedHashMap<>();

    /** @param page with the table as it was */
    HookTable(ProbeCatalog catalog, String page) {
        catalog.probes().forEach(probe -> {
            for (AttachPoint point : probe.spec().points()) {
                for (Alternative way : point.alternatives()) {
                    rows.put(new Hook(probe.spec().name(), point.name(), way.mechanism().label(), way.hook()), new Row());
                }
            }
        });
        page.lines().filter(line -> line.startsWith("| `")).forEach(this::remember);
    }

    private void remember(String line) {
        String[] cells = line.replace("`", "").split(" *\\| *", -1);
        String[] hook = cells[3].split(" ", 2);
        Row row = rows.get(new Hook(cells[1], cells[2], hook[0], hook[1]));
        if (row != null) { // else the probe has it no more
            row.taken.addAll(kernels(cells[4]));
            row.insisted.addAll(kernels(cells[5]));
            row.refused.addAll(kernels(cells[6]));
        }
    }

    private static Set<String> kernels(String cell) {
        return cell.isEmpty() ? Set.of() : Set.of(cell.split(" "));
    }

    void add(GuestReport report) {
        String series = report.series();
        rows.forEach((hook, row) -> {
            set(row.taken, series, report.taken().getOrDefault(GuestReport.BEST, List.of()).contains(hook));
            set(row.refused, series, report.refused().containsKey(hook));
        });
        report.taken().forEach((hooks, taken) -> rows.forEach((hook, row) -> {
            if (hook.mechanism().equals(hooks)) {
                set(row.insisted, series, taken.contains(hook) && report.allGood(hooks, hook.probe()));
            }
        }));
    }

    private static void set(Set<String> kernels, String series, boolean there) {
        if (there) {
            kernels.add(series);
        } else {
            kernels.remove(series);
        }
    }

    /** Of kernels that are no longer on the ladder nothing is kept. */
    void keepOnly(Collection<String> ladder) {
        rows.values().forEach(row -> {
            row.taken.retainAll(ladder);
            row.insisted.retainAll(ladder);
            row.refused.retainAll(ladder);
        });
    }

    String text() {
        StringBuilder text = new StringBuilder(HEADER);
        rows.forEach((hook, row) -> text.append("| `").append(hook.probe()).append("` | ").append(hook.point()).append(" | `").append(hook.mechanism())
                .append("` ").append(hook.target()).append(" | ").append(String.join(" ", row.taken)).append(" | ")
                .append(String.join(" ", row.insisted)).append(" | ").append(String.join(" ", row.refused)).append(" |\n"));
        return text.toString();
    }

    private static int part(String series, int index) {
        return Integer.parseInt(series.split("\\.")[index]);
    }
}
