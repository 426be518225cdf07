package dev.ringside.daemon.kubelet;

import dev.ringside.identity.kubelet.PodAnswer.Failed;
import io.vertx.core.VertxException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * What can be wrong with the answer of a server that {@link TokenClient} asks, and what to do about it, in words. What a status means differs from server to
 * server, and is said beside the client of each.
 */
public abstract class ServerRefusals {

    private static final int MAX_QUOTED = 200;

    protected final String url;
    private final String server;
    private final String settings;
    private final String untrusted;

    /**
     * @param server    as in a sentence: {@code kubelet}
     * @param settings  by which it is asked, as a key: {@code peers.cluster}
     * @param untrusted what to do about a certificate that isn't trusted
     */
    protected ServerRefusals(String server, String url, String settings, String untrusted) {
        this.server = server;
        this.url = url;
        this.settings = settings;
        this.untrusted = untrusted;
    }

    public final Failed failure(Throwable failure) {
        return switch (failure) {
            case SSLException _ -> failed("tls", server + "'s certificate isn't trusted", rootOf(failure), untrusted);
            case ConnectException _ -> failed("connection", "cannot connect to the " + server, failure, "see whether it runs, and whether " + settings + ".url is its");
            case UnknownHostException _ -> failed("connection", "cannot connect to the " + server, failure, "check " + settings + ".url");
            case NoSuchFileException _, FileNotFoundException _ -> failed("config", "a file for asking the " + server + " is missing", failure,
                    "check " + settings + ".token_file and " + settings + ".ca_file");
            case TimeoutException _ -> failed("timeout", server + " fell silent", failure, "see whether it hangs");
            // "Connection was closed": by a server that restarts, as often as not.
            case VertxException _, SocketException _ -> failed("connection", "connection to the " + server + " was lost", failure, "see whether it restarts");
            default -> failed("connection", "cannot ask the " + server, failure, "see whether it runs, and whether " + settings + ".url is its");
        };
    }

    private Failed failed(String code, String what, Throwable cause, String remedy) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Failed(code, what + ": url=" + url + ", reason=" + reason + "; " + remedy, Optional.empty());
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** An answer that isn't what was asked for. */
    public final Failed body(String problem) {
        return new Failed("body", server + "'s answer can't be read: url=" + url + ", problem=" + problem + "; check " + settings + ".url", Optional.empty());
    }

    /** An answer that its parser gave up. */
    public final Failed body(Exception problem) {
        return body(problem.getMessage() == null ? "unknown" : problem.getMessage().lines().findFirst().orElse("unknown"));
    }

    /**
     * @param asked      what for: {@code url=https://10.0.0.1:10250/pods}
     * @param retryAfter the header's value, null without one
     */
    protected final Failed refused(String asked, int status, String body, String remedy, String retryAfter) {
        return new Failed(Integer.toString(status), server + " refused: " + asked + ", status=" + status + quoted(body) + ": " + remedy,
                Optional.ofNullable(retryAfter).flatMap(value -> parseRetryAfter(value, Instant.now())));
    }

    /** A refusal's body in one line, if there is one: {@code , answer=Forbidden}. */
    protected static String quoted(String body) {
        String line = body.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.isEmpty() ? "" : ", answer=" + (line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "…" : line);
    }

    /** Seconds, or a date: RFC 9110, section 10.2.3. */
    private static Optional<Duration> parseRetryAfter(String value, Instant now) {
        if (value.matches("[0-9]{1,6}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
        }
        try {
            Duration until = Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return until.isNegative() ? Optional.empty() : Optional.of(until);
        } catch (DateTimeParseException notADate) {
            return Optional.empty();
        }
    }
}
