package dev.ringside.daemon.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows events to a person or to a program. */
sealed interface EventPrinter {

    /** @param line the event as it came */
    void event(String line, Map<String, Object> event);

    /** @param soFar events that were left out since the beginning */
    void lost(long soFar);

    /** NDJSON: the daemon's lines, with those that count losses. */
    record Json(Terminal terminal) implements EventPrinter {

        @Override
        public void event(String line, Map<String, Object> event) {
            terminal.print(line);
        }

        @Override
        public void lost(long soFar) {
            terminal.print("{\"lost\":" + soFar + "}");
        }
    }

    /**
     * Columns, as wide as what came so far, under a header that is repeated when a column comes in.
     *
     * <pre>
     * TIME          WORKLOAD       KIND    COMMAND  PID   …
     * 10:15:30.123  nginx.service  opened  nginx    812   …
     * </pre>
     */
    final class Table implements EventPrinter {

        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
        private static final int WIDEST_ALIGNED = 40;

        private final Terminal terminal;
        private final Map<String, Integer> widths = new LinkedHashMap<>();
        private long lost;

        Table(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void event(String line, Map<String, Object> event) {
            Map<String, String> cells = cells(event);
            boolean isNew = false;
            for (Map.Entry<String, String> cell : cells.entrySet()) {
                isNew |= !widths.containsKey(cell.getKey());
                int width = Math.min(WIDEST_ALIGNED, Math.max(cell.getKey().length(), cell.getValue().length()));
                widths.merge(cell.getKey(), width, Math::max);
            }
            if (isNew) {
                print(widths.keySet().stream().toList());
            }
            List<String> row = new ArrayList<>();
            widths.keySet().forEach(column -> row.add(cells.getOrDefault(column, "-")));
            print(row);
        }

        @Override
        public void lost(long soFar) {
            if (soFar > lost) {
                terminal.complain("events left out, as they came faster than they were read: count=" + (soFar - lost));
                lost = soFar;
            }
        }

        private static Map<String, String> cells(Map<String, Object> event) {
            Map<String, String> cells = new LinkedHashMap<>();
            cells.put("TIME", TIME.format(Instant.parse(String.valueOf(event.get("time")))));
            if (event.get("identity") instanceof Map<?, ?> identity) {
                cells.put("WORKLOAD", orDash(identity.get("workload")));
            }
            if (event.get("fields") instanceof Map<?, ?> fields) {
                fields.forEach((name, value) -> cells.put(String.valueOf(name).toUpperCase(Locale.ROOT), orDash(value)));
            }
            return cells;
        }

        private static String orDash(Object value) {
            return value == null || value.toString().isEmpty() ? "-" : value.toString();
        }

        private void print(List<String> cells) {
            StringBuilder line = new StringBuilder();
            int column = 0;
            for (int width : widths.values()) {
                String cell = cells.get(column++);
                line.append(cell).append(" ".repeat(Math.max(0, width - cell.length()))).append("  ");
            }
            terminal.print(line.toString().stripTrailing());
        }
    }
}
