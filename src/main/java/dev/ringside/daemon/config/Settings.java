package dev.ringside.daemon.config;

import dev.ringside.probe.ProbeCatalog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.TreeSet;

/** All settings there are, in the order in which they are shown. Sections exist because settings are below them. */
public final class Settings {

    private final Map<String, Setting<?>> byPath = new LinkedHashMap<>();
    private final Map<String, Setting<?>> byVariable = new HashMap<>();

    Settings(List<Setting<?>> settings) {
        for (Setting<?> setting : settings) {
            if (byPath.put(setting.path(), setting) != null) {
                throw new IllegalArgumentException("two settings of one path: path=" + setting.path());
            }
            Setting<?> other = byVariable.put(setting.environmentVariable(), setting);
            if (other != null) {
                throw new IllegalArgumentException("two settings of one environment variable: variable=" + setting.environmentVariable()
                        + ", paths=" + other.path() + " " + setting.path());
            }
        }
    }

    /** The daemon's own and those of the probes in the catalogue. */
    public static Settings of(ProbeCatalog catalog) {
        List<Setting<?>> all = new ArrayList<>();
        all.addAll(HttpConfig.SETTINGS);
        all.addAll(LogConfig.SETTINGS);
        all.addAll(EngineSettings.SETTINGS);
        all.addAll(NamesConfig.SETTINGS);
        all.addAll(ClusterConfig.SETTINGS);
        all.addAll(KubeletConfig.SETTINGS);
        all.addAll(PrivilegesConfig.SETTINGS);
        all.addAll(TracesConfig.SETTINGS);
        catalog.probes().forEach(probe -> all.addAll(ProbeKeys.of(probe.spec()).settings()));
        return new Settings(all);
    }

    public SequencedCollection<Setting<?>> all() {
        return List.copyOf(byPath.values());
    }

    Optional<Setting<?>> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    Optional<Setting<?>> findByVariable(String variable) {
        return Optional.ofNullable(byVariable.get(variable));
    }

    Collection<String> variables() {
        return byVariable.keySet();
    }

    boolean isSection(String path) {
        return path.isEmpty() || byPath.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    /** What may stand directly below a section; below the root when the path is empty. */
    List<String> keysOf(String section) {
        String prefix = section.isEmpty() ? "" : section + ".";
        TreeSet<String> keys = new TreeSet<>();
        for (String path : byPath.keySet()) {
            if (path.startsWith(prefix)) {
                keys.add(path.substring(prefix.length()).split("\\.", 2)[0]);
            }
        }
        return List.copyOf(keys);
    }

    /** What may stand where this path's first unknown key stands. */
    List<String> keysBeside(String path) {
        return keysOf(knownParent(path));
    }

    /** The setting or section that was probably meant: the same key elsewhere, or one that is spelled nearly so. */
    Optional<String> nearest(String path) {
        TreeSet<String> known = new TreeSet<>(byPath.keySet());
        for (String each : byPath.keySet()) {
            for (int dot = each.indexOf('.'); dot >= 0; dot = each.indexOf('.', dot + 1)) {
                known.add(each.substring(0, dot));
            }
        }
        Optional<String> sibling = NearestName.find(lastKey(path), keysBeside(path)).map(key -> join(knownParent(path), key)).filter(known::contains);
        return sibling
                .or(() -> NearestName.find(path, known))
                .or(() -> known.stream().filter(each -> lastKey(each).equals(lastKey(path))).findFirst());
    }

    static String join(String section, String key) {
        return section.isEmpty() ? key : section + "." + key;
    }

    private String knownParent(String path) {
        String parent = path;
        do {
            parent = parent.substring(0, Math.max(0, parent.lastIndexOf('.')));
        } while (!isSection(parent));
        return parent;
    }

    private static String lastKey(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
