package dev.ringside.daemon.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Whether the API server is asked for pods of other nodes and for services, and where.
 *
 * @param url         of the API server; empty for the one in a pod's environment
 * @param tokenFile   the bearer token; read anew for every question
 * @param caFile      what the server's certificate is checked against
 * @param sampleRatio part of all nodes that ask
 * @param maxPods     pods and services that are remembered
 */
public record ClusterConfig(boolean enabled, String url, Path tokenFile, Path caFile, double sampleRatio, int maxPods) {

    static final Setting<Boolean> ENABLED = Setting.flag("peers.cluster.enabled", false,
            "Whether to ask the API server for the pods of other nodes and for services, so that peers have their names: a list and a watch of each, on every node.");
    static final Setting<String> URL = Setting.text("peers.cluster.url", "", "(https?://[^/?#]+)?/?", "a URL without a path, such as https://10.96.0.1:443, or nothing",
            "Where the API server is; empty for the address in the environment of every pod.");
    static final Setting<Path> TOKEN_FILE = Setting.directory("peers.cluster.token_file", KubeletConfig.SERVICE_ACCOUNT.resolve("token"),
            "File with the bearer token; read anew for every question, as tokens rotate.");
    static final Setting<Path> CA_FILE = Setting.directory("peers.cluster.ca_file", KubeletConfig.SERVICE_ACCOUNT.resolve("ca.crt"),
            "Certificates, in PEM, that the API server's own is checked against.");
    static final Setting<String> SAMPLE_RATIO = Setting.text("peers.cluster.sample_ratio", "1", "0|1|0?\\.[0-9]{1,9}|1\\.0{1,9}", "a number from 0 to 1",
            "Part of all nodes that ask the API server, chosen by their names (NODE_NAME): on the others, peers on other nodes go by their ranges.");
    static final Setting<Long> MAX_PODS = Setting.number("peers.cluster.max_pods", 20_000, 100, 1_000_000,
            "Pods of other nodes and services that are remembered, at 300 bytes each; further ones go by their ranges, and are counted.");

    static final List<Setting<?>> SETTINGS = List.of(ENABLED, URL, TOKEN_FILE, CA_FILE, SAMPLE_RATIO, MAX_PODS);

    static ClusterConfig from(Values values) {
        return new ClusterConfig(values.get(ENABLED), values.get(URL).replaceAll("/$", ""), values.get(TOKEN_FILE), values.get(CA_FILE),
                Double.parseDouble(values.get(SAMPLE_RATIO)), Math.toIntExact(values.get(MAX_PODS)));
    }

    /** The same, but without ever asking. */
    public ClusterConfig off() {
        return new ClusterConfig(false, url, tokenFile, caFile, sampleRatio, maxPods);
    }
}
