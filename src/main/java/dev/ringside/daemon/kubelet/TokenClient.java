package dev.ringside.daemon.kubelet;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * HTTP to one server of Kubernetes, with our token. The token is read for each question, and the CA's certificates when their file has changed: both are
 * replaced on disk while we run. For one thread.
 */
public final class TokenClient {

    private final Vertx vertx;
    private final URI url;
    private final Path tokenFile;
    private final Path caFile;
    private final String serverName;
    private final boolean insecureSkipVerify;
    private final Duration connectTimeout;
    private final int connections;
    /** Null before the first question, and after the CA has changed. */
    private HttpClient http;
    private byte[] trusted = {};

    /**
     * @param vertx      the caller's, and closed by it
     * @param serverName in the server's certificate; empty for that of the url
     */
    public TokenClient(Vertx vertx, URI url, Path tokenFile, Path caFile, String serverName, boolean insecureSkipVerify, Duration connectTimeout, int connections) {
        this.vertx = vertx;
        this.url = url;
        this.tokenFile = tokenFile;
        this.caFile = caFile;
        this.serverName = serverName;
        this.insecureSkipVerify = insecureSkipVerify;
        this.connectTimeout = connectTimeout;
        this.connections = connections;
    }

    /** A GET of this path and query. */
    public RequestOptions question(String uri) throws IOException {
        int port = url.getPort() >= 0 ? url.getPort() : isTls() ? 443 : 80;
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        RequestOptions question = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(port, host))
                .setHost(serverName.isEmpty() ? host : serverName)
                .setPort(port)
                .setSsl(isTls())
                .setURI(uri)
                .setConnectTimeout(connectTimeout.toMillis())
                .putHeader("Accept", "application/json")
                .putHeader("User-Agent", "ringside");
        // A kubelet's read-only port wants no token; where one is wanted, its 401 will say so.
        if (Files.exists(tokenFile)) {
            question.putHeader("Authorization", "Bearer " + Files.readString(tokenFile).strip());
        }
        return question;
    }

    private boolean isTls() {
        return "https".equals(url.getScheme());
    }

    /** The one to ask now: another after the CA has changed. */
    public HttpClient client() throws IOException {
        byte[] wanted = isTls() && !insecureSkipVerify ? Files.readAllBytes(caFile) : new byte[0];
        if (http == null || !Arrays.equals(wanted, trusted)) {
            if (http != null) {
                http.close();
            }
            HttpClientOptions options = new HttpClientOptions().setSsl(isTls()).setKeepAlive(true).setDecompressionSupported(false);
            if (insecureSkipVerify) {
                options.setTrustAll(true).setVerifyHost(false);
            } else if (isTls()) {
                options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(wanted)));
            }
            http = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(connections));
            trusted = wanted;
        }
        return http;
    }
}
