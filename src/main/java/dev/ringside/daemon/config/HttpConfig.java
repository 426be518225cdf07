package dev.ringside.daemon.config;

import java.util.List;

/**
 * @param host                 to listen on
 * @param port                 0 for a free one
 * @param concurrentScrapes    served at a time; more are refused
 * @param eventStreams         open at a time; more are refused
 */
public record HttpConfig(String host, int port, int concurrentScrapes, int eventStreams) {

    static final Setting<String> HOST = Setting.text("http.host", "127.0.0.1", "[A-Za-z0-9_.:%-]+", "a host name or an IP address",
            "Address to listen on. Whoever reaches it sees which processes run here and whom they talk to.");
    static final Setting<Long> PORT = Setting.number("http.port", 9770, 0, 65_535, "Port to listen on; 0 takes a free one.");
    static final Setting<Long> CONCURRENT_SCRAPES = Setting.number("http.concurrent_scrapes", 2, 1, 16,
            "Scrapes of /metrics that are served at a time; further ones are answered with 503.");
    static final Setting<Long> EVENT_STREAMS = Setting.number("http.event_streams", 8, 0, 64,
            "Streams of /debug/events that may be open at a time; further ones are answered with 429.");

    static final List<Setting<?>> SETTINGS = List.of(HOST, PORT, CONCURRENT_SCRAPES, EVENT_STREAMS);

    static HttpConfig from(Values values) {
        return new HttpConfig(
                values.get(HOST),
                Math.toIntExact(values.get(PORT)),
                Math.toIntExact(values.get(CONCURRENT_SCRAPES)),
                Math.toIntExact(values.get(EVENT_STREAMS)));
    }
}
