package dev.ringside.daemon.config;

import java.util.List;

/**
 * What becomes of the daemon's capabilities.
 *
 * @param keep whether it goes on with them when everything is attached
 */
public record PrivilegesConfig(boolean keep) {

    static final Setting<Boolean> KEEP = Setting.flag("privileges.keep", false,
            "Whether the daemon stays root when everything is attached, instead of going on as nobody without any capability.");

    static final List<Setting<?>> SETTINGS = List.of(KEEP);

    static PrivilegesConfig from(Values values) {
        return new PrivilegesConfig(values.get(KEEP));
    }

    public static PrivilegesConfig kept() {
        return new PrivilegesConfig(true);
    }
}
