package dev.ringside.daemon.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.ringside.e2e.harness.Certificates;
import dev.ringside.exporters.otlp.OtlpTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VertxTransportTest {

    @TempDir
    private Path directory;
    private Certificates right;
    private Certificates stranger;
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        right = Certificates.make(directory, "right");
        stranger = Certificates.make(directory, "stranger");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(right.serverContext()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static Path copy(Path from, Path to) throws Exception {
        return Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private int send(OtlpTransport transport) throws Exception {
        URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces");
        return transport.send(new OtlpTransport.Request(url, false, Map.of(), new byte[10], Duration.ofSeconds(20))).get(30, TimeUnit.SECONDS).status();
    }

    /** What went wrong is said so that somebody can do something about it, and what was replaced on disk counts from the next request on. */
    @Test
    void strangersAreNamedAndReplacedFilesTakenOver() throws Exception {
        Path ca = copy(stranger.authority(), directory.resolve("ca"));
        Path certificate = copy(stranger.clientCertificate(), directory.resolve("certificate"));
        Path key = copy(stranger.clientKey(), directory.resolve("key"));
        try (OtlpTransport transport = new VertxTransport(new TracePlan.Credentials(Map.of(), "", ca.toString(), certificate.toString(), key.toString()))) {
            assertThatThrownBy(() -> send(transport)).isInstanceOf(ExecutionException.class).hasMessageContaining("unable to find valid certification path");

            copy(right.authority(), ca);
            assertThatThrownBy(() -> send(transport)).isInstanceOf(ExecutionException.class).message().doesNotContain("certification path").isNotBlank();

            copy(right.clientCertificate(), certificate);
            copy(right.clientKey(), key);
            assertThat(send(transport)).isEqualTo(200);

            Files.delete(key);
            assertThatThrownBy(() -> send(transport)).hasMessageContaining("file can't be read: traces.key_file=" + key);
        }
    }
}
