package dev.ringside.dashboards;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A dashboard: sections of lines of panels, which it lays out on Grafana's grid of 24 columns.
 *
 * @param scope what {@code $scope} in a query stands for: the label matchers that the variables make
 */
record Dashboard(String uid, String title, String description, List<Variable> variables, String scope, List<Section> sections) {
    private static final int COLUMNS = 24;
    private static final int HEADING_HEIGHT = 1;
    /** Grafana 9's; later ones bring it up to their own when they load it. */
    private static final int SCHEMA = 36;

    static final String NODE_SCOPE = "cluster=~\"$cluster\", instance=~\"$instance\"";

    /** Under a heading that folds it away. */
    record Section(String title, List<Line> lines) {
        static Section of(String title, Line... lines) {
            return new Section(title, List.of(lines));
        }
    }

    /** Panels of one height beside each other. */
    record Line(int height, List<Panel> panels) {
        static Line of(int height, Panel... panels) {
            return new Line(height, List.of(panels));
        }
    }

    static List<Dashboard> all() {
        return List.of(NodeDashboard.make(), WorkloadsDashboard.make(), PodDashboard.make(), RingsideDashboard.make());
    }

    String file() {
        return "dashboards/" + uid + ".json";
    }

    Stream<Panel> panels() {
        return sections.stream().flatMap(section -> section.lines().stream()).flatMap(line -> line.panels().stream());
    }

    Map<String, Object> json() {
        return Json.object(
                "uid", uid,
                "title", title,
                "description", description,
                "tags", List.of("ringside"),
                "schemaVersion", SCHEMA,
                "editable", true,
                "graphTooltip", 1,
                "timezone", "",
                "time", Json.object("from", "now-1h", "to", "now"),
                "refresh", "30s",
                // To the others, with the time range and the choices made here.
                "links", List.of(Json.object("type", "dashboards", "title", "Ringside", "tags", List.of("ringside"), "asDropdown", false,
                        "icon", "external link", "includeVars", true, "keepTime", true, "targetBlank", false, "tooltip", "", "url", "")),
                "templating", Json.object("list", variables.stream().map(Variable::json).toList()),
                "annotations", Json.object("list", List.of()),
                "panels", layOut());
    }

    private List<Object> layOut() {
        List<Object> laidOut = new ArrayList<>();
        int y = 0;
        for (Section section : sections) {
            laidOut.add(Json.object("id", laidOut.size() + 1, "type", "row", "title", section.title(), "collapsed", false,
                    "gridPos", Json.object("h", HEADING_HEIGHT, "w", COLUMNS, "x", 0, "y", y), "panels", List.of()));
            y += HEADING_HEIGHT;
            for (Line line : section.lines()) {
                int x = 0;
                for (Panel panel : line.panels()) {
                    laidOut.add(panel.json(laidOut.size() + 1, x, y, line.height(), scope));
                    x += panel.width;
                }
                y += line.height();
            }
        }
        return laidOut;
    }
}
