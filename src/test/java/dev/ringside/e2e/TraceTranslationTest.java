package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.OtelCollector;
import dev.ringside.e2e.harness.Run;
import dev.ringside.e2e.harness.SentSpan;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The kernel translates both addresses of a connection, as it does for a Service whose clients are masqueraded: neither end knows an address of the other. */
@NeedsDistribution
final class TraceTranslationTest {
    private static final int CONNECTIONS = 5;
    private static final String PORT_OF_SERVICE = "8080";

    /** In a network namespace of its own, so that nobody else's packets are translated. */
    private static final String TRANSLATED = """
            ip link set lo up
            for host in 1 2 3; do ip address add 10.0.0.$host/32 dev lo; done
            ip route add 10.96.0.7/32 dev lo src 10.0.0.1
            nft -f - <<'RULES'
            table ip service {
              chain to { type nat hook output priority -100; ip daddr 10.96.0.7 tcp dport 8080 dnat to 10.0.0.2:9090; }
              chain from { type nat hook postrouting priority 100; ip daddr 10.0.0.2 tcp dport 9090 snat to 10.0.0.3:1025-1999; }
            }
            RULES
            exec timeout 30 python3 - "$0" <<'PROGRAM'
            import socket, sys, threading
            count = int(sys.argv[1])
            server = socket.create_server(("10.0.0.2", 9090))
            def serve():
                for _ in range(count):
                    accepted, peer = server.accept()
                    print(*peer, flush=True)
                    accepted.sendall(b"hello")
                    accepted.recv(10)
                    accepted.close()
            serving = threading.Thread(target=serve, daemon=True)
            serving.start()
            for _ in range(count):
                client = socket.create_connection(("10.96.0.7", 8080), 10)
                client.recv(10)
                client.sendall(b"thank you")
                client.close()
            serving.join(10)
            PROGRAM
            """;

    @KernelTest
    void bothEndsAreOneTrace(@TempDir Path directory) {
        try (TestCgroup pod = TestCgroup.unit("translated"); OtelCollector collector = OtelCollector.start(directory);
                Daemon daemon = Daemon.start("--set", "traces.endpoint=" + collector.httpUrl(), "--set", "traces.head_ratio=1", "--set", "traces.interval=100ms")) {
            Run run = Run.of(pod.command("unshare", "--net", "bash", "-ec", TRANSLATED, Integer.toString(CONNECTIONS)));
            assertThat(run.exitCode()).as(run.toString()).isZero();
            assertThat(run.text().lines()).as("clients as the server sees them").hasSize(CONNECTIONS).allMatch(line -> line.startsWith("10.0.0.3 "));

            List<SentSpan> spans = collector.awaitSpans(2 * CONNECTIONS, span -> span.service().equals(pod.workload()) && span.name().startsWith("TCP "));
            List<SentSpan> clients = spans.stream().filter(span -> span.kind() == SentSpan.CLIENT).toList();
            assertThat(clients).hasSize(CONNECTIONS).extracting(SentSpan::traceId).doesNotHaveDuplicates();
            assertThat(clients).allSatisfy(client -> {
                assertThat(client.attributes()).containsEntry("network.peer.address", "10.96.0.7").containsEntry("server.port", PORT_OF_SERVICE);
                SentSpan server = spans.stream().filter(span -> span.parentId().equals(client.spanId())).findFirst().orElseThrow();
                assertThat(server.traceId()).isEqualTo(client.traceId());
                assertThat(server.kind()).isEqualTo(SentSpan.SERVER);
                assertThat(server.attributes()).containsEntry("network.peer.address", "10.0.0.3").containsEntry("server.address", "10.0.0.2").containsEntry("server.port", "9090");
            });
            assertThat(daemon.debug("spans").number("consecutive_failures")).isZero();
        }
    }
}
