package dev.ringside.daemon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a running daemon for events. */
final class EventClient {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int LONGEST_ERROR_BYTES = 64 * 1024;

    private final URI daemon;
    private final JsonFactory factory = new JsonFactory();

    EventClient(URI daemon) {
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
        try {
            HttpURLConnection connection = (HttpURLConnection) daemon.resolve("debug/events?" + query.toText()).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw refused(connection);
            }
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    print(line, printer);
                }
            }
        } catch (ConnectException e) {
            throw CommandException.failed("no daemon answers: url=" + daemon + ", reason=" + e.getMessage()
                    + "; start one with `ringside run`, or name where it listens with --url", e);
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.failed("daemon can't be asked: url=" + daemon + ", reason=" + e, e);
        }
    }

    private void print(String line, EventPrinter printer) throws IOException {
        Map<String, Object> event = object(line);
        if (event.get("lost") instanceof Long lost) {
            printer.lost(lost);
        } else {
            printer.event(line, event);
        }
    }

    private CommandException refused(HttpURLConnection connection) throws IOException {
        String error = "HTTP status " + connection.getResponseCode();
        try (InputStream body = connection.getErrorStream()) {
            if (body != null && String.valueOf(connection.getContentType()).startsWith("application/json")) {
                error = String.valueOf(object(new String(body.readNBytes(LONGEST_ERROR_BYTES), StandardCharsets.UTF_8)).get("error"));
            }
        }
        return CommandException.failed("daemon refuses: url=" + daemon + ", reason=" + error, null);
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
