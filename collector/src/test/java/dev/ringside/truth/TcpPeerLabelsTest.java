package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.EngineSources;
import dev.ringside.pipeline.EventSubscription;
import dev.ringside.pipeline.KernelEvent;
import dev.ringside.pipeline.Privileges;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probes.TcpProbe;
import dev.ringside.span.SpanOutput;
import dev.ringside.span.SpanSettings;
import dev.ringside.testing.Await;
import dev.ringside.testing.Kernel;
import dev.ringside.testing.KernelTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Connections between two network namespaces, whose addresses a kubelet says are pods'. */
class TcpPeerLabelsTest {

    private static final String OPENED = "ringside_tcp_connections_opened_total";
    private static final String FAILURES = "ringside_tcp_connection_failures_total";
    private static final String SERVER_IP = "10.98.0.1";
    private static final String CLIENT_IP = "10.98.0.2";
    private static final String SERVICE_IP = "10.96.0.7";

    private final FakePods kubelet = new FakePods();
    private Actors programs;
    private NetworkNamespace servers;
    private NetworkNamespace clients;
    private TcpPeer server;
    private TcpPeer client;
    private Engine engine;

    @BeforeEach
    void connect() throws Exception {
        programs = Actors.compile("peer");
        servers = NetworkNamespace.create();
        clients = NetworkNamespace.create();
        servers.connect(clients, SERVER_IP, CLIENT_IP);
        server = TcpPeer.start(programs, servers, "srv");
        client = TcpPeer.start(programs, clients, "cli");
        assertThat(server.ask("listen", "::", 80)).isEqualTo("0");
    }

    private void startEngine() throws Exception {
        engine = Engine.start(EngineConfig.defaults(), new ProbeCatalog(List.of(new TcpProbe())), Kernel.runtime(), Optional.of(kubelet));
    }

    @AfterEach
    void disconnect() throws Exception {
        if (engine != null) {
            engine.close();
        }
        client.close();
        server.close();
        clients.close();
        servers.close();
        programs.close();
    }

    private static Pod pod(String workload, String ip) {
        Optional<Instant> since = Optional.of(Instant.now().minusSeconds(5));
        return new Pod("uid-" + workload, "shop", workload + "-0", new Workload("statefulset", workload), Map.of(), Map.of(), List.of(ip), false, "Running",
                since, since, since, since, since, List.of());
    }

    /** Whether the drain thread has the kubelet's answer; before, there isn't even the family. */
    private boolean told(long pods) {
        return engine.snapshot().family("ringside_kubelet_pods").isPresent() && Readings.of(engine).value("ringside_kubelet_pods", Map.of()) == pods;
    }

    private void visit(String address, int times) throws Exception {
        server.tell("host", times);
        assertThat(client.ask("visit", address, 80, times)).isEqualTo(Integer.toString(times));
        assertThat(server.answer()).isEqualTo(Integer.toString(times));
    }

    private long opened(TcpPeer who, String role, String kind, String workload, String port) {
        return Readings.of(engine).value(OPENED, Map.of("workload", who.name(), "role", role, "peer_kind", kind, "peer_workload", workload, "peer_port", port));
    }

    @KernelTest
    void bothEndsKnowEachOther() throws Exception {
        kubelet.list(pod("db", SERVER_IP));
        kubelet.list(pod("web", CLIENT_IP));
        startEngine();
        Await.until("the pods are told", () -> told(2));

        visit(SERVER_IP, 100);
        visit("::ffff:" + SERVER_IP, 50);

        Await.until("the client's are all with db, at the port it listens on", () -> opened(client, "client", "pod", "db", "80") == 150);
        Await.until("the server's are all with web, at no port", () -> opened(server, "server", "pod", "web", "") == 150);
        Map<String, String> closed = Map.of("workload", client.name(), "peer_workload", "db", "peer_namespace", "shop", "peer_port", "80");
        Await.until("the last one has closed", () -> Readings.of(engine).count("ringside_tcp_connection_duration_seconds", closed) == 150);
        assertThat(Readings.of(engine).count("ringside_tcp_connect_duration_seconds", closed)).isEqualTo(150);
    }

    /** A client that is new is not known when it connects; the server's record of it waits until the kubelet has been asked. */
    @KernelTest
    void aNewPodIsWaitedFor() throws Exception {
        kubelet.list(pod("db", SERVER_IP));
        startEngine();
        Await.until("the pod is told", () -> told(1));
        int before = kubelet.asked();

        kubelet.list(pod("batch", CLIENT_IP), Duration.ofMillis(300), Duration.ofHours(1));
        visit(SERVER_IP, 10);

        Await.until("the server's connections are with the new pod", () -> opened(server, "server", "pod", "batch", "") == 10);
        assertThat(kubelet.asked()).as("asked early").isGreaterThan(before);
    }

    @KernelTest
    void whoIsNoPodGoesByItsRange() throws Exception {
        startEngine();
        visit(SERVER_IP, 20);
        assertThat(client.ask("visit", SERVER_IP, 81, 1)).isEqualTo("0 ECONNREFUSED");
        server.tell("host", 5);
        TcpPeer local = TcpPeer.start(programs, servers, "loc");
        assertThat(local.ask("visit", "127.0.0.1", 80, 5)).isEqualTo("5");
        assertThat(server.answer()).isEqualTo("5");

        Await.until("the client's", () -> opened(client, "client", "cidr", "private", "80") == 20);
        Await.until("the one that was refused", () -> Readings.of(engine).value(FAILURES, Map.of("workload", client.name(), "reason", "refused",
                "peer_kind", "cidr", "peer_workload", "private", "peer_port", "81")) == 1);
        Await.until("the server's", () -> opened(server, "server", "cidr", "private", "") == 20);
        Await.until("those of the loopback", () -> opened(local, "client", "loopback", "", "80") == 5 && opened(server, "server", "loopback", "", "") == 5);
        local.close();
    }

    /** As kube-proxy does it: what the client has connected to is an address that nobody has. Its server knows it by its own address, and it is one trace all the same. */
    @KernelTest
    void behindAServicesAddressBothEndsAreOneTrace() throws Exception {
        kubelet.list(pod("db", SERVER_IP));
        kubelet.list(pod("web", CLIENT_IP));
        clients.run("ip", "route", "add", SERVICE_IP, "via", SERVER_IP);
        clients.run("nft", "add table ip services; add chain ip services output { type nat hook output priority -100; }; "
                + "add rule ip services output ip daddr " + SERVICE_IP + " tcp dport 8080 dnat to " + SERVER_IP + ":80");
        SpanSettings all = new SpanSettings(1, 0, 100_000, 16, Duration.ofMinutes(10), Duration.ofMinutes(10));
        engine = Engine.start(EngineConfig.defaults(), new ProbeCatalog(List.of(new TcpProbe())), Kernel.runtime(),
                new EngineSources(Optional.of(kubelet), Optional.empty(), List.of()), Privileges.kept(), new SpanOutput(all, Optional.empty()));
        Await.until("the pods are told", () -> told(2));
        try (EventSubscription events = engine.subscribe(Engine.SPANS, event -> List.of(client.name(), server.name()).contains(event.identity().get("workload")), 1_000)) {
            server.tell("host", 50);
            assertThat(client.ask("visit", SERVICE_IP, 8080, 50)).isEqualTo("50");
            assertThat(server.answer()).isEqualTo("50");

            Map<Object, Map<String, Object>> clientsSpans = new HashMap<>();
            List<Map<String, Object>> serversSpans = new ArrayList<>();
            while (clientsSpans.size() + serversSpans.size() < 100) {
                KernelEvent event = events.poll(20, TimeUnit.SECONDS);
                assertThat(event).as("%d clients', %d servers'", clientsSpans.size(), serversSpans.size()).isNotNull();
                if (event.fields().get("kind").equals("client")) {
                    clientsSpans.put(event.fields().get("span_id"), event.fields());
                } else {
                    serversSpans.add(event.fields());
                }
            }
            assertThat(serversSpans).hasSize(50).allSatisfy(span -> {
                Map<String, Object> parent = clientsSpans.get(span.get("parent_span_id"));
                assertThat(parent).as("the client of %s", span).isNotNull();
                assertThat(parent).containsEntry("trace_id", span.get("trace_id"));
                assertThat(attributes(parent)).containsEntry("server.address", SERVICE_IP).containsEntry("server.port", 8080L);
                assertThat(attributes(span)).containsEntry("server.address", SERVER_IP).containsEntry("server.port", 80L)
                        .containsEntry("client.port", attributes(parent).get("network.local.port"))
                        .containsEntry("service.peer.name", "web").containsEntry("service.peer.namespace", "shop");
            });
        }
    }

    @SuppressWarnings("unchecked") // of a span, they are
    private static Map<String, Object> attributes(Map<String, Object> span) {
        return (Map<String, Object>) span.get("attributes");
    }
}
