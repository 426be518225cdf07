package dev.ringside.dashboards;

import dev.ringside.dashboards.Panel.Column;
import dev.ringside.dashboards.Panel.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How each kind of panel is drawn, in Grafana's words: only options that Grafana 9 has and that later ones still read. */
final class PanelLook {
    private static final String CELLS = "ops";

    private PanelLook() {}

    static Map<String, Object> fieldConfig(Panel panel) {
        // A heatmap's unit is that of its axis; what its cells count, they count a second.
        Map<String, Object> defaults = Json.object("unit", panel.kind == Kind.HEATMAP ? CELLS : panel.unit, "min", panel.kind == Kind.TABLE ? null : panel.least,
                "max", panel.most);
        defaults.values().removeIf(value -> value == null);
        if (!panel.whenEmpty.isEmpty()) {
            defaults.put("noValue", panel.whenEmpty);
        }
        defaults.put("color", Json.object("mode", panel.kind == Kind.TIME_SERIES ? "palette-classic" : "thresholds"));
        defaults.put("thresholds", panel.threshold == null ? Threshold.none() : panel.threshold.json());
        if (panel.kind == Kind.TIME_SERIES) {
            defaults.put("custom", Json.object("drawStyle", "line", "lineWidth", 1, "fillOpacity", panel.stacked ? 40 : 10, "showPoints", "never",
                    "spanNulls", false, "axisSoftMin", panel.usuallyLeast, "stacking", Json.object("mode", panel.stacked ? "normal" : "none", "group", "A"),
                    "thresholdsStyle", Json.object("mode", panel.threshold == null ? "off" : "line")));
            Tree.object(defaults.get("custom")).values().removeIf(value -> value == null);
        }
        return Json.object("defaults", defaults, "overrides", panel.columns.stream().filter(PanelLook::isSpecial).map(PanelLook::override).toList());
    }

    private static boolean isSpecial(Column column) {
        return !column.unit().isEmpty() || !column.link().isEmpty();
    }

    private static Map<String, Object> override(Column column) {
        List<Object> properties = new ArrayList<>();
        if (!column.unit().isEmpty()) {
            properties.add(property("unit", column.unit()));
        }
        if (column.threshold() != null) {
            properties.add(property("thresholds", column.threshold().json()));
            // The name before Grafana 9.4 was displayMode; later ones translate it.
            properties.add(property("custom.displayMode", "color-text"));
        }
        if (!column.link().isEmpty()) {
            properties.add(property("links", List.of(Json.object("title", "Open", "url", column.link()))));
        }
        return Json.object("matcher", Json.object("id", "byName", "options", column.title()), "properties", properties);
    }

    private static Map<String, Object> property(String id, Object value) {
        return Json.object("id", id, "value", value);
    }

    static Map<String, Object> options(Panel panel) {
        return switch (panel.kind) {
            case TIME_SERIES -> Json.object(
                    "legend", Json.object("displayMode", "list", "placement", "bottom", "showLegend", true, "calcs", List.of()),
                    "tooltip", Json.object("mode", "multi", "sort", "desc"));
            case STAT -> Json.object("colorMode", "value", "graphMode", "none", "justifyMode", "auto", "orientation", "auto", "textMode", "auto",
                    "reduceOptions", lastValue());
            case HEATMAP -> Json.object("calculate", false, "cellGap", 1, "cellValues", Json.object("unit", CELLS),
                    "color", Json.object("mode", "scheme", "scheme", "Oranges", "exponent", 0.5, "steps", 64, "reverse", false),
                    "filterValues", Json.object("le", 1e-9), "rowsFrame", Json.object("layout", "auto"),
                    "legend", Json.object("show", false), "tooltip", Json.object("yHistogram", true),
                    "yAxis", Json.object("axisPlacement", "left", "reverse", false, "unit", panel.unit));
            case BAR_GAUGE -> Json.object("displayMode", "basic", "orientation", "horizontal", "showUnfilled", true, "reduceOptions", lastValue());
            case TABLE -> Json.object("showHeader", true, "cellHeight", "sm",
                    "sortBy", panel.columns.stream().filter(column -> !column.unit().isEmpty()).limit(1)
                            .map(column -> Json.object("displayName", column.title(), "desc", true)).toList());
        };
    }

    private static Map<String, Object> lastValue() {
        return Json.object("calcs", List.of("lastNotNull"), "fields", "", "values", false);
    }

    /** One row per set of labels with all queries' values in it, in the order of the columns; the rest is hidden. */
    static List<Object> transformations(Panel panel) {
        Map<String, Object> order = new LinkedHashMap<>();
        Map<String, Object> names = new LinkedHashMap<>();
        for (Column column : panel.columns) {
            // The letter is there only to tell several queries apart.
            String field = panel.queries.size() == 1 ? column.field().replaceFirst("^Value #A$", "Value") : column.field();
            order.put(field, order.size());
            names.put(field, column.title());
        }
        return List.of(
                Json.object("id", "merge", "options", Json.object()),
                Json.object("id", "organize", "options", Json.object("excludeByName", Json.object("Time", true), "indexByName", order, "renameByName", names)));
    }
}
