package dev.ringside.daemon.cluster;

import dev.ringside.daemon.kubelet.Refusals;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What can be wrong with the API server's answer, and what to do about it, in words. */
final class ApiRefusals {

    private final String url;
    private final Path tokenFile;

    record Failure(String code, String message) {}

    ApiRefusals(String url, Path tokenFile) {
        this.url = url;
        this.tokenFile = tokenFile;
    }

    String status(int status, String body, String resource) {
        String remedy = switch (status) {
            case 401 -> "it doesn't know our token: token_file=" + tokenFile + (Files.exists(tokenFile) ? "" : " (missing)") + "; name the service account's token";
            case 403 -> "our token lacks a right; grant verbs list and watch on resource " + resource + " in a ClusterRole, or switch peers.cluster.enabled off";
            case 404 -> "there are no " + resource + " at this address; set peers.cluster.url to the API server's";
            case 410 -> "it no longer knows what happened since; everything is listed again";
            case 429 -> "it is asked too much; it will be asked again later";
            default -> status >= 500 ? "it is in trouble itself; see its log" : "this is no answer of an API server's; check peers.cluster.url";
        };
        return "API server refused: url=" + url + ", resource=" + resource + ", status=" + status + Refusals.quoted(body) + ": " + remedy;
    }

    /** By an event in the stream. */
    String ended(String code, String message) {
        return "API server ended a watch: url=" + url + ", code=" + code + Refusals.quoted(message) + "; everything is listed again";
    }

    String body(String problem) {
        return "API server's answer can't be read: url=" + url + ", problem=" + problem + "; check peers.cluster.url";
    }

    Failure failure(Throwable failure) {
        return switch (failure) {
            case SSLException tls -> {
                Throwable cause = tls;
                while (cause.getCause() != null) {
                    cause = cause.getCause();
                }
                yield failed("tls", "API server's certificate isn't trusted", cause, "name its CA in peers.cluster.ca_file");
            }
            case ConnectException refused -> failed("connection", "cannot connect to the API server", refused, "see whether it runs, and whether peers.cluster.url is its");
            case UnknownHostException unknown -> failed("connection", "cannot connect to the API server", unknown, "check peers.cluster.url");
            case NoSuchFileException missing -> failed("config", "a file for asking the API server is missing", missing,
                    "check peers.cluster.token_file and peers.cluster.ca_file");
            case FileNotFoundException missing -> failed("config", "a file for asking the API server is missing", missing,
                    "check peers.cluster.token_file and peers.cluster.ca_file");
            case TimeoutException silent -> failed("timeout", "API server fell silent", silent, "see whether it hangs");
            default -> failed("connection", "connection to the API server was lost", failure, "see whether it restarts");
        };
    }

    private Failure failed(String code, String what, Throwable cause, String remedy) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new Failure(code, what + ": url=" + url + ", reason=" + reason + "; " + remedy);
    }
}
