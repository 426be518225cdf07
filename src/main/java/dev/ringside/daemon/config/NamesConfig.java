package dev.ringside.daemon.config;

import java.time.Duration;
import java.util.List;

/**
 * Peers that go by host names.
 *
 * @param names    none is asked for if there are none
 * @param interval how often their addresses are asked for
 */
public record NamesConfig(List<String> names, Duration interval) {

    static final Setting<SettingType.Texts> NAMES = Setting.texts("peers.dns_names", "[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?",
            "host names, as in [db.example.com]",
            "Host names of peers: whoever has one of their addresses, and isn't known better, has peer_kind dns and the name as peer_workload.");
    // The JVM itself keeps an answer for half a minute.
    static final Setting<Duration> INTERVAL = Setting.duration("peers.dns_interval", Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofHours(24),
            "How often these names are resolved.");

    static final List<Setting<?>> SETTINGS = List.of(NAMES, INTERVAL);

    public NamesConfig {
        names = List.copyOf(names);
    }

    static NamesConfig from(Values values) {
        return new NamesConfig(values.get(NAMES).texts(), values.get(INTERVAL));
    }

    /** The same, but without ever asking. */
    public NamesConfig off() {
        return new NamesConfig(List.of(), interval);
    }
}
