package dev.ringside.daemon.kubelet;

import dev.ringside.daemon.config.KubeletConfig;
import dev.ringside.identity.kubelet.PodAnswer.Failed;
import java.nio.file.Files;
import java.util.Optional;

/** What a kubelet's refusals mean. */
final class KubeletRefusals extends ServerRefusals {

    private final KubeletConfig config;

    KubeletRefusals(String url, KubeletConfig config) {
        super("kubelet", url, "kubelet", "name its CA in kubelet.ca_file, and in kubelet.server_name the name it was made for; or, if whoever answers there "
                + "may have our token, set kubelet.insecure_skip_verify: true");
        this.config = config;
    }

    /** @param retryAfter the header's value, null without one */
    Failed status(int status, String body, String retryAfter) {
        String remedy = switch (status) {
            case 401 -> "it doesn't know our token: token_file=" + config.tokenFile() + (Files.exists(config.tokenFile()) ? "" : " (missing)")
                    + "; name the service account's token, and let the kubelet authenticate by webhook";
            case 403 -> "our token lacks a right; grant verb get on resource nodes/pods in a ClusterRole, or on nodes/proxy for kubelets before 1.33";
            case 404 -> "there are no pods at this address; set kubelet.url to the kubelet's, https://NODE:" + KubeletAddress.PORT;
            case 429 -> "it is asked too much; it will be asked again later";
            default -> status >= 500 ? "it is in trouble itself; see its log" : "this is no answer of a kubelet's; check kubelet.url";
        };
        return refused("url=" + url, status, body, remedy, retryAfter);
    }

    Failed timeout() {
        return new Failed("timeout", "kubelet didn't answer in time: url=" + url + ", timeout=" + config.timeout().toMillis()
                + " ms; see whether it hangs, or raise kubelet.timeout", Optional.empty());
    }
}
