package dev.ringside.daemon.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The settings as a JSON Schema (draft 2020-12), for editors and for checking a file before it is rolled out. */
public final class ConfigSchema {

    private ConfigSchema() {}

    /** As maps and lists, to be written as JSON. */
    public static Map<String, Object> of(Settings settings) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Ringside's config file");
        schema.putAll(section("", settings));
        return schema;
    }

    private static Map<String, Object> section(String path, Settings settings) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String key : settings.keysOf(path)) {
            String below = Settings.join(path, key);
            properties.put(key, settings.find(below).map(ConfigSchema::value).orElseGet(() -> section(below, settings)));
        }
        Map<String, Object> section = new LinkedHashMap<>();
        // A section whose keys are all commented out is null.
        section.put("type", List.of("object", "null"));
        section.put("additionalProperties", false);
        section.put("properties", properties);
        return section;
    }

    private static <T> Map<String, Object> value(Setting<T> setting) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("description", setting.doc());
        switch (setting.type()) {
            case SettingType.Flag _ -> value.put("type", "boolean");
            case SettingType.WholeNumber number -> {
                value.put("type", "integer");
                value.put("minimum", number.minimum());
                value.put("maximum", number.maximum());
            }
            case SettingType.Choice choice -> value.put("enum", choice.choices());
            case SettingType.Text text -> putPattern(value, "string", text.regex());
            case SettingType.TextList list -> {
                putPattern(value, List.of("array", "string"), "(" + list.regex() + "(," + list.regex() + ")*)?");
                value.put("items", Map.of("pattern", "^" + list.regex() + "$"));
            }
            case SettingType.Directory _ -> putPattern(value, "string", "/.*");
            case SettingType.TimeSpan _ -> putPattern(value, "string", SettingType.TimeSpan.REGEX);
            case SettingType.ByteSize _ -> putPattern(value, List.of("string", "integer"), SettingType.ByteSize.REGEX);
        }
        if (!setting.secret()) {
            value.put("default", setting.showJson(setting.defaultValue()));
        }
        return value;
    }

    private static void putPattern(Map<String, Object> value, Object type, String regex) {
        value.put("type", type);
        value.put("pattern", "^" + regex + "$");
    }
}
