package dev.ringside.daemon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a running daemon for events. */
final class EventClient {

    private final DaemonClient daemon;
    private final JsonFactory factory = new JsonFactory();

    EventClient(DaemonClient daemon) {
        this.daemon = daemon;
    }

    record Query(String probe, boolean follow, List<String> filters, Optional<Long> count, Optional<Long> seconds) {

        String toText() {
            StringBuilder text = new StringBuilder("probe=").append(encode(probe));
            if (follow) {
                text.append("&follow=1");
            }
            filters.forEach(filter -> text.append("&filter=").append(encode(filter)));
            count.ifPresent(number -> text.append("&count=").append(number));
            seconds.ifPresent(number -> text.append("&seconds=").append(number));
            return text.toString();
        }

        private static String encode(String value) {
            return URLEncoder.encode(value, StandardCharsets.UTF_8);
        }
    }

    void read(Query query, EventPrinter printer) throws CommandException {
        daemon.read("debug/events?" + query.toText(), line -> print(line, printer));
    }

    private void print(String line, EventPrinter printer) throws IOException {
        Map<String, Object> event = object(line);
        if (event.get("lost") instanceof Long lost) {
            printer.lost(lost);
        } else {
            printer.event(line, event);
        }
    }

    /** One level of objects below the first is all that events have. */
    private Map<String, Object> object(String json) throws IOException {
        try (JsonParser parser = factory.createParser(json)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? fields(parser) : Map.of();
        }
    }

    private static Map<String, Object> fields(JsonParser parser) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            switch (parser.nextToken()) {
                case START_OBJECT -> fields.put(name, fields(parser));
                case START_ARRAY -> parser.skipChildren();
                case VALUE_NUMBER_INT -> fields.put(name, parser.getLongValue());
                default -> fields.put(name, parser.getText());
            }
        }
        return fields;
    }
}
