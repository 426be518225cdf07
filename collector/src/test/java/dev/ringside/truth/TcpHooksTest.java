package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.kernel.Feature;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.ProbeStatus;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Each way of hooking connections tells the same. */
class TcpHooksTest {

    @KernelTest
    void byTypedTracepoint() throws Exception {
        tellsTheSameBy("tp_btf", "state", "resets");
    }

    @KernelTest
    void byRawTracepoint() throws Exception {
        tellsTheSameBy("raw_tracepoint", "state", "resets");
    }

    @KernelTest
    void byTracepoint() throws Exception {
        tellsTheSameBy("tracepoint", "state", "accept");
    }

    @KernelTest(needs = Feature.CGROUP2)
    void byAddressAsked() throws Exception {
        tellsTheSameBy("cgroup_sock_addr", "accept");
    }

    @KernelTest(needs = Feature.TRAMPOLINES)
    void byFunctionExit() throws Exception {
        tellsTheSameBy("fexit", "accept");
    }

    @KernelTest(needs = Feature.KPROBES)
    void byReturnProbe() throws Exception {
        tellsTheSameBy("kretprobe", "accept");
    }

    @KernelTest(needs = Feature.MAP_ITERATORS)
    void walkedByIterator() throws Exception {
        tellsTheSameBy("iter", "walk", "find");
    }

    /** {@code bpf_for_each_map_elem} is of 5.13, programs of type syscall of 5.14. */
    @KernelTest(since = "5.14")
    void walkedByRequest() throws Exception {
        tellsTheSameBy("syscall", "walk");
    }

    @KernelTest(needs = Feature.TIMEOUT_COUNT)
    void timeoutsCountedBySockets() throws Exception {
        timeoutsBy("kernel_field");
    }

    @KernelTest(needs = Feature.CGROUP2)
    void timeoutsToldToSockOps() throws Exception {
        timeoutsBy("sock_ops");
    }

    /** Those of an open connection, of one that is given up while it is opened, and of one that is given up with data under way. */
    private static void timeoutsBy(String hook) throws Exception {
        ProbeSettings settings = new ProbeSettings(true, 1 << 20, hook, Map.of());
        try (Actors programs = Actors.compile("peer"); NetworkNamespace net = NetworkNamespace.create();
                Engine engine = LiveEngine.start(Map.of("tcp", settings), new TcpProbe());
                TcpPeer server = TcpPeer.start(programs, net, "srv"); TcpPeer client = TcpPeer.start(programs, net, "cli")) {
            assertThat(mechanisms(engine, "timeouts")).containsOnly(hook);
            net.sysctl("net.ipv4.tcp_syn_retries", 1);
            net.sysctl("net.ipv4.tcp_retries2", 2);
            server.ask("listen", "::", 80);
            client.ask("connect", "127.0.0.1", 80, 3);
            server.ask("accept", 3);
            net.onTheWayIn("tcp dport { 80, 82 } drop");
            client.ask("send", 10, 10);
            Await.until("the timer of an open one has fired", () -> TcpFigures.of(engine, client).timeouts() >= 3);
            assertThat(client.ask("dial", "127.0.0.1", 82, 5)).isEqualTo("5");
            assertThat(client.ask("dialled")).as("the three that are open, and what became of the others").isEqualTo("3 ETIMEDOUT");
            Await.until("all are given up", () -> TcpFigures.of(engine, client).failures().equals(Map.of("timeout", 8L)));

            assertThat(TcpFigures.of(engine, client).timeouts()).isEqualTo(net.counter("TcpExt", "TCPTimeouts"));
        }
    }

    private static void tellsTheSameBy(String hook, String... points) throws Exception {
        ProbeSettings settings = new ProbeSettings(true, 1 << 20, hook, Map.of());
        try (Actors programs = Actors.compile("peer"); NetworkNamespace net = NetworkNamespace.create();
                Engine engine = LiveEngine.start(Map.of("tcp", settings), new TcpProbe())) {
            assertThat(mechanisms(engine, points)).containsOnly(hook);
            openedAndRefused(engine, programs, net);
            carriedAndReset(engine, programs, net);
            accepted(engine, programs, net);
        }
    }

    private static void openedAndRefused(Engine engine, Actors programs, NetworkNamespace net) throws IOException, InterruptedException {
        try (TcpPeer server = TcpPeer.start(programs, net, "srv"); TcpPeer client = TcpPeer.start(programs, net, "cli")) {
            server.ask("listen", "::", 80);
            for (String address : List.of("127.0.0.1", "::1", "::ffff:127.0.0.1")) {
                server.tell("host", 100);
                assertThat(client.ask("visit", address, 80, 100)).isEqualTo("100");
                assertThat(server.answer()).isEqualTo("100");
                assertThat(client.ask("connect", address, 81, 10)).isEqualTo("0 ECONNREFUSED");
            }

            TcpFigures clients = TcpFigures.of(engine, client);
            assertThat(clients.opened("client")).isEqualTo(300).isEqualTo(net.counter("Tcp", "PassiveOpens"));
            assertThat(clients.connects()).isEqualTo(300);
            assertThat(clients.failures()).isEqualTo(Map.of("refused", 30L));
            Await.until("the last one has closed", () -> TcpFigures.of(engine, server).durations() == 300);
            assertThat(TcpFigures.of(engine, server).opened("server")).isEqualTo(300);
        }
    }

    private static void carriedAndReset(Engine engine, Actors programs, NetworkNamespace net) throws IOException, InterruptedException {
        try (TcpPeer server = TcpPeer.start(programs, net, "srv"); TcpPeer client = TcpPeer.start(programs, net, "cli")) {
            server.ask("listen", "::", 80);
            client.ask("connect", "127.0.0.1", 80, 5);
            client.ask("connect", "::1", 80, 5);
            server.ask("accept", 10);
            server.tell("receive", 100_000);
            assertThat(client.ask("send", 100_000, 10_000)).isEqualTo("1000000");
            assertThat(server.answer()).isEqualTo("1000000");
            assertThat(server.ask("send", 700, 7)).isEqualTo("7000");
            assertThat(client.ask("receive", 700)).isEqualTo("7000");
            assertThat(TcpFigures.of(engine, server).active()).isEqualTo(10);
            assertThat(TcpFigures.of(engine, server).received()).isEqualTo(1_000_000);
            server.ask("reset");
            assertThat(client.ask("receive", 1)).isEqualTo("0 ECONNRESET");

            TcpFigures clients = TcpFigures.of(engine, client);
            assertThat(clients.sent()).isEqualTo(1_000_000);
            assertThat(clients.received()).isEqualTo(7_000);
            assertThat(clients.failures()).isEqualTo(Map.of("reset", 10L));
            assertThat(clients.resets("received")).isEqualTo(10);
            TcpFigures servers = TcpFigures.of(engine, server);
            assertThat(servers.sent()).isEqualTo(7_000);
            assertThat(servers.received()).isEqualTo(1_000_000);
            assertThat(servers.resets("sent")).isEqualTo(10);
            assertThat(servers.active()).isZero();
        }
    }

    private static void accepted(Engine engine, Actors programs, NetworkNamespace net) throws IOException, InterruptedException {
        String child = Actors.uniqueName("acc");
        try (TcpPeer server = TcpPeer.start(programs, net, "srv"); TcpPeer client = TcpPeer.start(programs, net, "cli")) {
            server.ask("listen", "::", 80);
            client.ask("connect", "127.0.0.1", 80, 20);
            server.ask("fork", child);
            server.ask("accept4", 20);

            assertThat(new TcpFigures(Readings.settled(engine), child).opened("server")).isEqualTo(20);
            assertThat(TcpFigures.of(engine, server).opened("server")).isZero();
        }
    }

    private static List<String> mechanisms(Engine engine, String... points) {
        ProbeStatus tcp = engine.probes().stream().filter(probe -> probe.name().equals("tcp")).findFirst().orElseThrow();
        return tcp.points().stream().filter(point -> List.of(points).contains(point.name())).map(ProbeStatus.Point::mechanism).toList();
    }
}
