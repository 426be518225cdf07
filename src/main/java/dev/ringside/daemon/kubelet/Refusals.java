package dev.ringside.daemon.kubelet;

import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.identity.kubelet.PodAnswer.Failed;
import io.vertx.core.VertxException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** What can be wrong with the kubelet's answer, and what to do about it, in words. */
public final class Refusals {

    private static final int MAX_QUOTED = 200;

    private final String url;
    private final KubeletConfig config;

    Refusals(String url, KubeletConfig config) {
        this.url = url;
        this.config = config;
    }

    /** @param retryAfter the header's value, null without one */
    Failed status(int status, String body, String retryAfter, Instant now) {
        String remedy = switch (status) {
            case 401 -> "it doesn't know our token: token_file=" + config.tokenFile() + (Files.exists(config.tokenFile()) ? "" : " (missing)")
                    + "; name the service account's token, and let the kubelet authenticate by webhook";
            case 403 -> "our token lacks a right; grant verb get on resource nodes/pods in a ClusterRole, or on nodes/proxy for kubelets before 1.33";
            case 404 -> "there are no pods at this address; set kubelet.url to the kubelet's, https://NODE:" + KubeletAddress.PORT;
            case 429 -> "it is asked too much; it will be asked again later";
            default -> status >= 500 ? "it is in trouble itself; see its log" : "this is no answer of a kubelet's; check kubelet.url";
        };
        return new Failed(Integer.toString(status), "kubelet refused: url=" + url + ", status=" + status + quoted(body) + ": " + remedy,
                Optional.ofNullable(retryAfter).flatMap(value -> parseRetryAfter(value, now)));
    }

    /** A refusal's body in one line, if there is one: {@code , answer=Forbidden}. */
    public static String quoted(String body) {
        String line = body.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.isEmpty() ? "" : ", answer=" + (line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "…" : line);
    }

    Failed timeout() {
        return new Failed("timeout", "kubelet didn't answer in time: url=" + url + ", timeout=" + config.timeout().toMillis()
                + " ms; see whether it hangs, or raise kubelet.timeout", Optional.empty());
    }

    Failed body(String problem) {
        return new Failed("body", "kubelet's answer can't be read: url=" + url + ", problem=" + problem + "; check kubelet.url", Optional.empty());
    }

    Failed failure(Throwable failure) {
        return switch (failure) {
            case SSLException tls -> tls(tls);
            case ConnectException refused -> failed("connection", "cannot connect to the kubelet", refused, "see whether it runs, and whether kubelet.url is its");
            case NoSuchFileException missing -> failed("config", "a file for asking the kubelet is missing", missing,
                    "check kubelet.token_file and kubelet.ca_file");
            case FileNotFoundException missing -> failed("config", "a file for asking the kubelet is missing", missing,
                    "check kubelet.token_file and kubelet.ca_file");
            // "Connection was closed": by a kubelet that restarts, as often as not.
            case VertxException closed -> failed("connection", "connection to the kubelet was lost", closed, "see whether it restarts");
            default -> failed("connection", "cannot ask the kubelet", failure, "see whether it runs, and whether kubelet.url is its");
        };
    }

    private Failed tls(SSLException tls) {
        Throwable cause = tls;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return failed("tls", "kubelet's certificate isn't trusted", cause,
                "name its CA in kubelet.ca_file, and in kubelet.server_name the name it was made for; or, if whoever answers there may have our token, set "
                        + "kubelet.insecure_skip_verify: true");
    }

    private Failed failed(String code, String what, Throwable cause, String remedy) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Failed(code, what + ": url=" + url + ", reason=" + reason + "; " + remedy, Optional.empty());
    }

    /** Seconds, or a date: RFC 9110, section 10.2.3. */
    public static Optional<Duration> parseRetryAfter(String value, Instant now) {
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
