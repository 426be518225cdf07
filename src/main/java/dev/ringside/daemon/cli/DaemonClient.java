package dev.ringside.daemon.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.ringside.daemon.config.HttpConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks a running daemon for a page, line by line. */
final class DaemonClient {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int LONGEST_ERROR_BYTES = 64 * 1024;

    private final URI daemon;

    /** @param daemon with or without a slash at the end */
    DaemonClient(URI daemon) {
        this.daemon = daemon.toString().endsWith("/") ? daemon : URI.create(daemon + "/");
    }

    interface LineReader {
        void read(String line) throws IOException;
    }

    /** Where a daemon with these settings is found; one that listens everywhere is reached on the loopback. */
    static URI address(HttpConfig http) {
        String host = switch (http.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> http.host();
        };
        return URI.create("http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + http.port() + "/");
    }

    /** @param page relative to the daemon's address */
    void read(String page, LineReader reader) throws CommandException {
        try {
            HttpURLConnection connection = (HttpURLConnection) daemon.resolve(page).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw refused(connection);
            }
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    reader.read(line);
                }
            }
        } catch (ConnectException e) {
            throw CommandException.failed("no daemon answers: url=" + daemon + ", reason=" + e.getMessage()
                    + "; start one with `ringside run`, or name where it listens with --url", e);
        } catch (IOException | IllegalArgumentException e) {
            throw CommandException.failed("daemon can't be asked: url=" + daemon + ", reason=" + e, e);
        }
    }

    private CommandException refused(HttpURLConnection connection) throws IOException {
        String error = "HTTP status " + connection.getResponseCode();
        try (InputStream body = connection.getErrorStream()) {
            if (body != null && String.valueOf(connection.getContentType()).startsWith("application/json")) {
                error = error(new String(body.readNBytes(LONGEST_ERROR_BYTES), StandardCharsets.UTF_8), error);
            }
        }
        return CommandException.failed("daemon refuses: url=" + daemon + ", reason=" + error, null);
    }

    private static String error(String json, String otherwise) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals("error")) {
                    parser.nextToken();
                    return parser.getText();
                }
            }
        }
        return otherwise;
    }
}
