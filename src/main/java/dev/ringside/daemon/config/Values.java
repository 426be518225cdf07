package dev.ringside.daemon.config;

import java.util.HashMap;
import java.util.Map;

/** The value of every setting, with where it was given. */
public final class Values {

    private record Given(Object value, Origin origin) {}

    private final Map<Setting<?>, Given> given = new HashMap<>();

    /** A later source wins over an earlier one. */
    <T> void put(Setting<T> setting, T value, Origin origin) {
        given.put(setting, new Given(value, origin));
    }

    <T> T get(Setting<T> setting) {
        Given found = given.get(setting);
        return found == null ? setting.defaultValue() : setting.type().javaType().cast(found.value());
    }

    Origin origin(Setting<?> setting) {
        Given found = given.get(setting);
        return found == null ? new Origin.Default() : found.origin();
    }

    boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting);
    }
}
