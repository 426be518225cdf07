package dev.ringside.daemon.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes settings as a config file that reads back as the same config. */
public final class ConfigYaml {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/][A-Za-z0-9_./-]*");
    private static final Pattern WORD_OF_YAML = Pattern.compile("(?i)null|true|false|yes|no|on|off|[0-9.].*");

    private ConfigYaml() {}

    /** Every setting with its default, what it does and what it takes. */
    public static String commentedDefault(Settings settings) {
        StringBuilder yaml = new StringBuilder("""
                # Ringside's settings and their defaults. Keep the lines you change.
                # Each can be given as --set path=value as well, or as the environment variable named beside it;
                # --set wins over the environment, the environment over this file.
                """);
        write(yaml, settings, setting -> new Written(
                setting.show(setting.defaultValue()),
                setting.doc() + "\n" + capitalized(setting.type().allowed()) + ". " + setting.environmentVariable(),
                ""));
        return yaml.toString();
    }

    /** Every setting with its value, and where that was given unless it is the default. */
    public static String effective(Settings settings, Values values) {
        StringBuilder yaml = new StringBuilder();
        write(yaml, settings, setting -> new Written(
                setting.show(values.get(setting)),
                "",
                values.isGiven(setting) ? "  # " + values.origin(setting) : ""));
        return yaml.toString();
    }

    /** The same as maps of maps, for JSON. */
    public static Map<String, Object> tree(Settings settings, Values values) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (Setting<?> setting : settings.all()) {
            Map<String, Object> section = root;
            String[] keys = setting.path().split("\\.");
            for (int depth = 0; depth < keys.length - 1; depth++) {
                section = child(section, keys[depth]);
            }
            section.put(keys[keys.length - 1], setting.showJson(values.get(setting)));
        }
        return root;
    }

    @SuppressWarnings("unchecked") // A section's key is never a setting's: Settings would hold both paths.
    private static Map<String, Object> child(Map<String, Object> section, String key) {
        return (Map<String, Object>) section.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
    }

    /**
     * @param above comment lines
     * @param after the value, on its line
     */
    private record Written(String value, String above, String after) {}

    private interface Style {
        Written of(Setting<?> setting);
    }

    private static void write(StringBuilder yaml, Settings settings, Style style) {
        String[] open = {};
        for (Setting<?> setting : settings.all()) {
            String[] keys = setting.path().split("\\.");
            Written written = style.of(setting);
            int shared = 0;
            while (shared < keys.length - 1 && shared < open.length - 1 && keys[shared].equals(open[shared])) {
                shared++;
            }
            for (int depth = shared; depth < keys.length - 1; depth++) {
                yaml.append(depth == 0 && !yaml.isEmpty() && !written.above().isEmpty() ? "\n" : "")
                        .append("  ".repeat(depth)).append(keys[depth]).append(":\n");
            }
            String indent = "  ".repeat(keys.length - 1);
            written.above().lines().forEach(line -> yaml.append(indent).append("# ").append(line).append('\n'));
            yaml.append(indent).append(keys[keys.length - 1]).append(": ").append(scalar(setting, written.value())).append(written.after()).append('\n');
            open = keys;
        }
    }

    private static String scalar(Setting<?> setting, String value) {
        boolean isText = setting.type().javaType() == String.class || setting.type().javaType() == SettingType.Texts.class || setting.secret();
        boolean plain = PLAIN.matcher(value).matches() && !(isText && WORD_OF_YAML.matcher(value).matches());
        return plain ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
