package dev.ringside.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code dashboards/*.json} to their source, and to what Grafana 9 to 13 can show; with {@code -Dringside.update=true} writes them. */
class DashboardsTest {
    private static final String UPDATE = "mvn test -Dtest=DashboardsTest -Dsurefire.failIfNoSpecifiedTests=false -Dringside.update=true";
    /** Panels that Grafana 9 has and 13 still has. */
    private static final Set<String> PANEL_TYPES = Set.of("row", "timeseries", "stat", "heatmap", "bargauge", "gauge", "table", "text");
    /** Those of Grafana's units that are used here; a unit it doesn't know becomes a suffix. */
    private static final Set<String> UNITS = Set.of("short", "none", "s", "bytes", "Bps", "ops", "percentunit");
    private static final Set<String> GRAFANAS_VARIABLES = Set.of("__rate_interval", "__range", "__all", "__url_time_range", "__value");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z_]+)");
    private static final int COLUMNS = 24;
    /** The schema of its first release. */
    private static final int GRAFANA_9 = 36;

    @BeforeAll
    static void update() throws IOException {
        if (Boolean.getBoolean("ringside.update")) {
            for (Dashboard dashboard : dashboards()) {
                Files.writeString(Repository.path(dashboard.file()), JsonText.of(dashboard.json()));
            }
        }
    }

    static List<Dashboard> dashboards() {
        return Dashboard.all();
    }

    static Map<String, Object> read(Dashboard dashboard) {
        return Tree.read(Repository.path(dashboard.file()));
    }

    private static List<Map<String, Object>> panels(Dashboard dashboard) {
        return Tree.objects(read(dashboard), "panels");
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void theFileIsCurrent(Dashboard dashboard) {
        assertThat(Repository.path(dashboard.file())).as("written anew by: %s", UPDATE).hasContent(JsonText.of(dashboard.json()));
    }

    @Test
    void thereAreNoOthers() {
        assertThat(Rules.files("dashboards", ".json")).containsExactlyInAnyOrderElementsOf(
                dashboards().stream().map(dashboard -> Repository.path(dashboard.file())).toList());
        assertThat(dashboards()).extracting(Dashboard::uid).doesNotHaveDuplicates().allMatch(uid -> uid.length() <= 40);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void eachPanelHasATypeAUnitAndAnExplanation(Dashboard dashboard) {
        for (Map<String, Object> panel : panels(dashboard)) {
            String title = (String) panel.get("title");
            assertThat(PANEL_TYPES).as(title).contains((String) panel.get("type"));
            if (!panel.get("type").equals("row")) {
                assertThat((String) panel.get("description")).as(title).endsWith(".").hasSizeGreaterThan(40);
                assertThat(Tree.objects(panel, "targets")).as(title).isNotEmpty();
            }
        }
        assertThat(panels(dashboard)).extracting(panel -> panel.get("id")).doesNotHaveDuplicates();
        assertThat(dashboard.panels()).flatExtracting(panel -> panel.columns.isEmpty() ? List.of(panel.unit) : panel.columns.stream().map(Panel.Column::unit).filter(unit -> !unit.isEmpty()).toList())
                .isSubsetOf(UNITS);
    }

    /** A query's values are in the field {@code Value}, and only where there are several queries in {@code Value #A} and so on. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void aTablesValuesAreInTheFieldsThatGrafanaMakes(Dashboard dashboard) {
        for (Map<String, Object> panel : panels(dashboard)) {
            if (panel.get("type").equals("table")) {
                List<String> letters = Tree.objects(panel, "targets").stream().map(target -> "Value #" + target.get("refId")).toList();
                Map<String, Object> organize = Tree.object(Tree.objects(panel, "transformations").getLast().get("options"));
                assertThat(Tree.object(organize.get("indexByName")).keySet()).filteredOn(field -> field.startsWith("Value")).as("%s", panel.get("title"))
                        .containsExactlyElementsOf(letters.size() == 1 ? List.of("Value") : letters);
            }
        }
    }

    @Test
    void theSchemaIsOneThatTheOldestGrafanaKnows() {
        assertThat(dashboards()).allSatisfy(dashboard -> assertThat((Integer) read(dashboard).get("schemaVersion")).isLessThanOrEqualTo(GRAFANA_9));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void panelsFillTheGridAndDoNotOverlap(Dashboard dashboard) {
        Set<List<Integer>> taken = new HashSet<>();
        int bottom = 0;
        for (Map<String, Object> panel : panels(dashboard)) {
            Map<String, Object> position = Tree.object(panel.get("gridPos"));
            int x = (Integer) position.get("x");
            int y = (Integer) position.get("y");
            int right = x + (Integer) position.get("w");
            assertThat(right).as("right edge: panel=%s", panel.get("title")).isLessThanOrEqualTo(COLUMNS);
            for (int row = y; row < y + (Integer) position.get("h"); row++) {
                for (int column = x; column < right; column++) {
                    assertThat(taken.add(List.of(column, row))).as("overlap: panel=%s, column=%d, row=%d", panel.get("title"), column, row).isTrue();
                }
                bottom = Math.max(bottom, row + 1);
            }
        }
        assertThat(taken).as("no gap").hasSize(COLUMNS * bottom);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyDataSourceIsTheOneChosen(Dashboard dashboard) {
        List<Map<?, ?>> sourced = new ArrayList<>();
        Tree.everything(read(dashboard)).forEach(each -> {
            if (each instanceof Map<?, ?> map && map.containsKey("datasource")) {
                sourced.add(map);
            }
        });

        assertThat(sourced).isNotEmpty().allMatch(each -> Variable.DATA_SOURCE.equals(each.get("datasource")));
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyVariableIsThere(Dashboard dashboard) throws IOException {
        Set<String> known = new HashSet<>(GRAFANAS_VARIABLES);
        dashboard.variables().forEach(variable -> known.add(variable.name()));

        List<String> used = VARIABLE.matcher(Files.readString(Repository.path(dashboard.file()))).results().map(result -> result.group(1)).toList();

        assertThat(used).isSubsetOf(known);
        dashboard.variables().forEach(variable -> assertThat(used).contains(variable.name()));
    }

    /** Its numbers are a panel's numbers, and there is a line that they cross. */
    @ParameterizedTest
    @MethodSource("alerts")
    void whatAnAlertFiresForIsRedSomewhere(String alert) {
        Set<String> watched = measured(new Expression(alert, Rules.read().alert(alert).expression()));

        assertThat(dashboards().stream().flatMap(Dashboard::panels).filter(panel -> panel.threshold != null || panel.columns.stream().anyMatch(column -> column.threshold() != null))
                .flatMap(panel -> panel.queries.stream()).flatMap(query -> measured(new Expression(alert, query.expression())).stream())).containsAnyElementsOf(watched);
    }

    static List<String> alerts() {
        // A daemon that is down tells nothing; the stat Daemons counts those that do.
        return RulesTest.alerts().stream().filter(alert -> !alert.equals("RingsideDown")).toList();
    }

    /** The metrics it asks for, by way of recorded series as well. */
    private static Set<String> measured(Expression expression) {
        Set<String> metrics = new HashSet<>();
        expression.metrics().keySet().forEach(metric -> Rules.read().recordings().stream().filter(rule -> rule.name().equals(metric)).findFirst()
                .ifPresentOrElse(rule -> metrics.addAll(measured(new Expression(rule.name(), rule.expression()))), () -> metrics.add(metric)));
        return metrics;
    }

    @Test
    void linksLeadToOneOfThese() {
        assertThat(dashboards()).flatExtracting(dashboard -> dashboard.panels().flatMap(panel -> panel.columns.stream()).map(Panel.Column::link).filter(link -> !link.isEmpty()).toList())
                .isNotEmpty().allSatisfy(link -> assertThat(dashboards()).anyMatch(dashboard -> link.startsWith("/d/" + dashboard.uid() + "?")));
    }
}
