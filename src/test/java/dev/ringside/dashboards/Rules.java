package dev.ringside.dashboards;

import dev.ringside.testing.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The checked-in recording rules and alerts. */
record Rules(List<Rule> recordings, List<Rule> alerts) {

    /** @param name of the recorded series, or of the alert */
    record Rule(String name, String expression, Map<String, Object> annotations) {}

    static Rules read() {
        return new Rules(rules("dashboards/rules", "record"), rules("dashboards/alerts", "alert"));
    }

    Rule alert(String name) {
        return alerts.stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no such alert: name=" + name));
    }

    static List<Path> files(String folder, String ending) {
        try (Stream<Path> files = Files.list(Repository.path(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Rule> rules(String folder, String kind) {
        return files(folder, ".yml").stream()
                .flatMap(file -> Tree.objects(Tree.read(file), "groups").stream())
                .flatMap(group -> Tree.objects(group, "rules").stream())
                .map(rule -> new Rule((String) rule.get(kind), (String) rule.get("expr"), Tree.object(rule.getOrDefault("annotations", Map.of()))))
                .toList();
    }
}
