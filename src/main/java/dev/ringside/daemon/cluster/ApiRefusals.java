package dev.ringside.daemon.cluster;

import dev.ringside.daemon.kubelet.ServerRefusals;
import dev.ringside.identity.kubelet.PodAnswer.Failed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the API server's refusals mean. */
final class ApiRefusals extends ServerRefusals {

    private final Path tokenFile;

    ApiRefusals(String url, Path tokenFile) {
        super("API server", url, "peers.cluster", "name its CA in peers.cluster.ca_file");
        this.tokenFile = tokenFile;
    }

    /** @param retryAfter the header's value, null without one */
    Failed status(int status, String body, String resource, String retryAfter) {
        String remedy = switch (status) {
            case 401 -> "it doesn't know our token: token_file=" + tokenFile + (Files.exists(tokenFile) ? "" : " (missing)") + "; name the service account's token";
            case 403 -> "our token lacks a right; grant verbs list and watch on resource " + resource + " in a ClusterRole, or switch peers.cluster.enabled off";
            case 404 -> "there are no " + resource + " at this address; set peers.cluster.url to the API server's";
            case 410 -> "it no longer knows what happened since; everything is listed again";
            case 429 -> "it is asked too much; it will be asked again later";
            default -> status >= 500 ? "it is in trouble itself; see its log" : "this is no answer of an API server's; check peers.cluster.url";
        };
        return refused("url=" + url + ", resource=" + resource, status, body, remedy, retryAfter);
    }

    /** By an event in the stream. */
    Failed ended(String code, String message) {
        return new Failed(code, "API server ended a watch: url=" + url + ", code=" + code + quoted(message) + "; everything is listed again", Optional.empty());
    }
}
