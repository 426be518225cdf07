package dev.ringside.dashboards;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A panel under construction: what it is called, what its number is, what it asks, how it is drawn. */
final class Panel {

    enum Kind {
        TIME_SERIES("timeseries"), STAT("stat"), HEATMAP("heatmap"), BAR_GAUGE("bargauge"), TABLE("table");

        final String type;

        Kind(String type) {
            this.type = type;
        }
    }

    /** @param legend of a time series: a template such as {@code {{workload}}} */
    record Query(String expression, String legend) {}

    /**
     * A table's column.
     *
     * @param field     what Grafana calls it: a label, or {@code Value #A} for the first query's value
     * @param unit      empty for text
     * @param threshold null for none
     * @param link      where a click on it leads; empty for nowhere
     */
    record Column(String field, String title, String unit, Threshold threshold, String link) {
        static Column label(String label, String title) {
            return new Column(label, title, "", null, "");
        }

        /** @param query which one, from 0 */
        static Column value(int query, String title, String unit) {
            return new Column("Value #" + refId(query), title, unit, null, "");
        }

        Column alertedBy(String alert) {
            return new Column(field, title, unit, Threshold.of(alert), link);
        }

        Column linkedTo(String url) {
            return new Column(field, title, unit, threshold, url);
        }
    }

    final Kind kind;
    final String title;
    final String description;
    final List<Query> queries = new ArrayList<>();
    final List<Column> columns = new ArrayList<>();
    int width;
    String unit = "short";
    Threshold threshold;
    /** Where the axis begins; null for wherever the data does. */
    BigDecimal least = BigDecimal.ZERO;
    /** Where the axis begins unless the data goes further; null for nowhere. */
    BigDecimal usuallyLeast;
    BigDecimal most;
    boolean stacked;
    String whenEmpty = "";

    private Panel(Kind kind, String title, String description, int width) {
        this.kind = kind;
        this.title = title;
        this.description = description;
        this.width = width;
    }

    static Panel timeSeries(String title, String description) {
        return new Panel(Kind.TIME_SERIES, title, description, 12);
    }

    static Panel stat(String title, String description) {
        return new Panel(Kind.STAT, title, description, 4);
    }

    /** Of a histogram of seconds: a column per moment, a cell per bucket. */
    static Panel heatmap(String title, String description) {
        return new Panel(Kind.HEATMAP, title, description, 12).unit("s");
    }

    static Panel barGauge(String title, String description) {
        return new Panel(Kind.BAR_GAUGE, title, description, 12);
    }

    static Panel table(String title, String description) {
        return new Panel(Kind.TABLE, title, description, 24);
    }

    /** @param columnsOfTheGrid of 24 */
    Panel width(int columnsOfTheGrid) {
        width = columnsOfTheGrid;
        return this;
    }

    /** @param grafanaUnit one of Grafana's unit ids */
    Panel unit(String grafanaUnit) {
        unit = grafanaUnit;
        return this;
    }

    /** @param expression PromQL; {@code $scope} in it stands for the matchers of the dashboard's variables */
    Panel query(String expression, String legend) {
        queries.add(new Query(expression, legend));
        return this;
    }

    Panel query(String expression) {
        return query(expression, "");
    }

    /** Red where this alert fires. */
    Panel alertedBy(String alert) {
        threshold = Threshold.of(alert);
        return this;
    }

    /** Red above none: it counts what its alert fires for one by one. */
    Panel redAboveNone() {
        threshold = new Threshold(true, BigDecimal.ZERO);
        return this;
    }

    /** The axis ends here, whatever the data. */
    Panel upTo(String value) {
        most = new BigDecimal(value);
        return this;
    }

    /** The axis begins here unless the data goes below, so that small differences from the most that there can be are seen. */
    Panel near(String value, String end) {
        least = null;
        usuallyLeast = new BigDecimal(value);
        return upTo(end);
    }

    Panel stacked() {
        stacked = true;
        return this;
    }

    /** What to show instead of "No data" where having none is usual. */
    Panel whenEmpty(String text) {
        whenEmpty = text;
        return this;
    }

    Panel column(Column column) {
        columns.add(column);
        return this;
    }

    Map<String, Object> json(int id, int x, int y, int height, String scope) {
        Map<String, Object> json = Json.object(
                "id", id,
                "type", kind.type,
                "title", title,
                "description", description,
                "gridPos", Json.object("h", height, "w", width, "x", x, "y", y),
                "datasource", Variable.DATA_SOURCE,
                "targets", targets(scope),
                "fieldConfig", PanelLook.fieldConfig(this),
                "options", PanelLook.options(this));
        if (kind == Kind.TABLE) {
            json.put("transformations", PanelLook.transformations(this));
        }
        return json;
    }

    private List<Object> targets(String scope) {
        // What is shown as one number is the number now: the last one of a range may be an hour old.
        boolean instant = kind == Kind.TABLE || kind == Kind.BAR_GAUGE || kind == Kind.STAT;
        List<Object> targets = new ArrayList<>();
        for (Query query : queries) {
            targets.add(Json.object(
                    "refId", refId(targets.size()),
                    "datasource", Variable.DATA_SOURCE,
                    "expr", query.expression().replace("$scope", scope),
                    "legendFormat", query.legend().isEmpty() ? "__auto" : query.legend(),
                    "format", kind == Kind.TABLE ? "table" : kind == Kind.HEATMAP ? "heatmap" : "time_series",
                    "instant", instant,
                    "range", !instant));
        }
        return targets;
    }

    private static String refId(int query) {
        return String.valueOf((char) ('A' + query));
    }
}
