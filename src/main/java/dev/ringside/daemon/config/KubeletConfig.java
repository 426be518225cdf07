package dev.ringside.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the node's pods are asked for.
 *
 * @param use                whether to ask at all
 * @param url                of the kubelet; empty for the one at {@code NODE_IP}
 * @param tokenFile          the bearer token; read anew for every question
 * @param caFile             what the kubelet's certificate is checked against
 * @param serverName         the name in that certificate; empty for the one in the URL
 * @param insecureSkipVerify whether any certificate will do
 */
public record KubeletConfig(Use use, String url, Path tokenFile, Path caFile, String serverName, boolean insecureSkipVerify, Duration refreshInterval,
                            Duration timeout) {

    /** {@link #AUTO}: if a URL is given, or a service account's token shows that we are in a pod. */
    public enum Use { AUTO, TRUE, FALSE }

    static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    static final Setting<String> ENABLED = Setting.choice("kubelet.enabled", "auto", List.of("auto", "true", "false"),
            "Whether to ask the node's kubelet for its pods; auto does if a url is given, or inside a pod.");
    static final Setting<String> URL = Setting.text("kubelet.url", "", "(https?://[^/?#]+)?/?", "a URL without a path, such as https://10.0.0.5:10250, or nothing",
            "Where the kubelet is; empty for port 10250 of the address in the environment variable NODE_IP.");
    static final Setting<Path> TOKEN_FILE = Setting.directory("kubelet.token_file", SERVICE_ACCOUNT.resolve("token"),
            "File with the bearer token; read anew for every question, as tokens rotate.");
    static final Setting<Path> CA_FILE = Setting.directory("kubelet.ca_file", SERVICE_ACCOUNT.resolve("ca.crt"),
            "Certificates, in PEM, that the kubelet's own is checked against.");
    static final Setting<String> SERVER_NAME = Setting.text("kubelet.server_name", "", "[A-Za-z0-9.:_-]*", "a host name, an IP address, or nothing",
            "The name in the kubelet's certificate, where it isn't the one in the url: a kubelet that made its own put the node's name there.");
    static final Setting<Boolean> INSECURE_SKIP_VERIFY = Setting.flag("kubelet.insecure_skip_verify", false,
            "Whether to take any certificate for the kubelet's. Whoever answers at its address then gets our token, and tells us which pods there are.");
    static final Setting<Duration> REFRESH_INTERVAL = Setting.duration("kubelet.refresh_interval", Duration.ofSeconds(30),
            Duration.ofSeconds(1), Duration.ofMinutes(10), "Pods are asked for at least this often, and early when a container isn't known.");
    static final Setting<Duration> TIMEOUT = Setting.duration("kubelet.timeout", Duration.ofSeconds(10),
            Duration.ofMillis(100), Duration.ofMinutes(1), "How long an answer may take, to its end.");

    static final List<Setting<?>> SETTINGS =
            List.of(ENABLED, URL, TOKEN_FILE, CA_FILE, SERVER_NAME, INSECURE_SKIP_VERIFY, REFRESH_INTERVAL, TIMEOUT);

    static KubeletConfig from(Values values) {
        return new KubeletConfig(
                switch (values.get(ENABLED)) {
                    case "true" -> Use.TRUE;
                    case "false" -> Use.FALSE;
                    default -> Use.AUTO;
                },
                values.get(URL).replaceAll("/$", ""),
                values.get(TOKEN_FILE),
                values.get(CA_FILE),
                values.get(SERVER_NAME),
                values.get(INSECURE_SKIP_VERIFY),
                values.get(REFRESH_INTERVAL),
                values.get(TIMEOUT));
    }

    /** The same, but without ever asking. */
    public KubeletConfig off() {
        return new KubeletConfig(Use.FALSE, url, tokenFile, caFile, serverName, insecureSkipVerify, refreshInterval, timeout);
    }
}
