package dev.ringside.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One thing the daemon can be told.
 *
 * @param path   in the file, {@code section.key}
 * @param type   what values it takes
 * @param secret whether its value is never shown
 * @param doc    one line
 */
public record Setting<T>(String path, SettingType<T> type, T defaultValue, boolean secret, String doc) {

    static final String MASK = "***";

    public Setting {
        if (type.parse(type.format(defaultValue)).isEmpty()) {
            throw new IllegalArgumentException(
                    "default isn't allowed: path=" + path + ", value=" + type.format(defaultValue) + ", allowed=" + type.allowed());
        }
    }

    static Setting<Boolean> flag(String path, boolean defaultValue, String doc) {
        return new Setting<>(path, new SettingType.Flag(), defaultValue, false, doc);
    }

    static Setting<Long> number(String path, long defaultValue, long minimum, long maximum, String doc) {
        return new Setting<>(path, new SettingType.WholeNumber(minimum, maximum), defaultValue, false, doc);
    }

    static Setting<Long> bytes(String path, long defaultValue, long minimum, long maximum, String doc) {
        return new Setting<>(path, new SettingType.ByteSize(minimum, maximum), defaultValue, false, doc);
    }

    static Setting<String> choice(String path, String defaultValue, List<String> choices, String doc) {
        return new Setting<>(path, new SettingType.Choice(choices), defaultValue, false, doc);
    }

    static Setting<String> text(String path, String defaultValue, String regex, String noun, String doc) {
        return new Setting<>(path, new SettingType.Text(regex, noun), defaultValue, false, doc);
    }

    static Setting<SettingType.Texts> texts(String path, String regex, String noun, String doc) {
        return texts(path, List.of(), regex, noun, doc);
    }

    static Setting<SettingType.Texts> texts(String path, List<String> defaultValue, String regex, String noun, String doc) {
        return new Setting<>(path, new SettingType.TextList(regex, noun), new SettingType.Texts(defaultValue), false, doc);
    }

    static Setting<Path> directory(String path, Path defaultValue, String doc) {
        return new Setting<>(path, new SettingType.Directory(), defaultValue, false, doc);
    }

    static Setting<Duration> duration(String path, Duration defaultValue, Duration minimum, Duration maximum, String doc) {
        return new Setting<>(path, new SettingType.TimeSpan(minimum, maximum), defaultValue, false, doc);
    }

    Setting<T> asSecret() {
        return new Setting<>(path, type, defaultValue, true, doc);
    }

    /** {@code http.port} is {@code RINGSIDE_HTTP_PORT}. */
    public String environmentVariable() {
        return EnvironmentVariables.PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** The value as JSON has it: a number, a boolean, or a text. */
    Object showJson(Object value) {
        if (secret) {
            return MASK;
        }
        T typed = type.javaType().cast(value);
        return switch (type) {
            case SettingType.Flag _, SettingType.WholeNumber _ -> typed;
            case SettingType.TextList list -> list.javaType().cast(value).texts();
            case SettingType.Choice _, SettingType.Text _, SettingType.Directory _, SettingType.TimeSpan _, SettingType.ByteSize _ -> type.format(typed);
        };
    }

    /** The value as it is written; of a secret, that there is one. */
    String show(Object value) {
        return secret ? MASK : type.format(type.javaType().cast(value));
    }
}
