package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineException;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Opened, failed and open connections against the kernel's own counts in a network namespace of each test's own. */
class TcpConnectionTruthTest {
    private static final List<String> FAMILIES = List.of("127.0.0.1", "::1", "::ffff:127.0.0.1");
    private static final List<String> UNSEEN = List.of("accept-uring", "accept-anybody");

    private static Actors programs;
    private static Engine engine;

    private NetworkNamespace net;
    private TcpPeer server;
    private TcpPeer client;

    @BeforeAll
    static void start() throws IOException, InterruptedException, EngineException {
        programs = Actors.compile("peer");
        engine = LiveEngine.start(new TcpProbe());
    }

    @AfterAll
    static void stop() throws IOException {
        engine.close();
        programs.close();
    }

    @BeforeEach
    void connect() throws IOException, InterruptedException {
        net = NetworkNamespace.create();
        server = TcpPeer.start(programs, net, "srv");
        client = TcpPeer.start(programs, net, "cli");
        assertThat(server.ask("listen", "::", 80)).isEqualTo("0");
    }

    @AfterEach
    void disconnect() throws IOException, InterruptedException {
        client.close();
        server.close();
        net.close();
    }

    /** Four that want nothing but a CPU see to it that softirqs run in processes that have nothing to do with it. */
    @KernelTest
    void countsWhatTheKernelCountsWhileOthersCompete() throws Exception {
        List<Process> busy = Stream.generate(TcpConnectionTruthTest::busyProcess).limit(4).toList();
        try {
            for (String address : FAMILIES) {
                server.tell("host", 1_000);
                assertThat(client.ask("visit", address, 80, 1_000)).isEqualTo("1000");
                assertThat(server.answer()).isEqualTo("1000");
            }
        } finally {
            busy.forEach(Processes::kill);
        }

        assertThat(net.counter("Tcp", "ActiveOpens")).isEqualTo(3_000);
        assertThat(net.counter("Tcp", "PassiveOpens")).isEqualTo(3_000);
        Await.until("the last one has closed", () -> figures(server).durations() == 3_000 && figures(client).durations() == 3_000);
        TcpFigures clients = figures(client);
        assertThat(clients.opened("client")).isEqualTo(3_000);
        assertThat(clients.opened("server")).isZero();
        assertThat(clients.connects()).isEqualTo(3_000);
        assertThat(clients.failures()).isEmpty();
        TcpFigures servers = figures(server);
        assertThat(servers.opened("server")).isEqualTo(3_000);
        assertThat(servers.opened("client")).isZero();
        assertThat(servers.connects()).isZero();
        assertThat(servers.failures()).isEmpty();
    }

    @KernelTest
    void activeIsWhatIsEstablished() throws Exception {
        assertThat(client.ask("connect", "127.0.0.1", 80, 600)).isEqualTo("600");
        assertThat(client.ask("connect", "::1", 80, 400)).isEqualTo("400");
        assertThat(server.ask("accept4", 1_000)).isEqualTo("1000");

        assertThat(net.run("ss", "-Htn", "state", "established").lines()).hasSize(2_000);
        assertThat(figures(client).active()).isEqualTo(1_000);
        assertThat(figures(server).active()).isEqualTo(1_000);

        client.ask("close");
        server.ask("close");
        Await.until("none is established", () -> figures(client).active() + figures(server).active() == 0);
    }

    @KernelTest
    void refusedUnlessSomebodyListens() throws Exception {
        for (String address : FAMILIES) {
            assertThat(client.ask("connect", address, 81, 100)).isEqualTo("0 ECONNREFUSED");
        }

        assertThat(net.counter("Tcp", "ActiveOpens")).isEqualTo(300);
        assertThat(net.counter("Tcp", "AttemptFails")).isEqualTo(300);
        TcpFigures clients = figures(client);
        assertThat(clients.failures()).isEqualTo(Map.of("refused", 300L));
        assertThat(clients.opened("client")).isZero();
        assertThat(clients.resets("received")).as("what said so").isEqualTo(300);
    }

    /** SYN, SYN again after a second, and the end two seconds later. */
    @KernelTest
    void timedOutWhenNobodyAnswers() throws Exception {
        net.sysctl("net.ipv4.tcp_syn_retries", 1);
        net.onTheWayOut("tcp dport 82 drop");

        assertThat(client.ask("dial", "127.0.0.1", 82, 20)).isEqualTo("20");
        assertThat(client.ask("dial", "::1", 82, 20)).isEqualTo("20");
        assertThat(client.ask("dialled")).isEqualTo("0 ETIMEDOUT");

        TcpFigures clients = figures(client);
        assertThat(clients.failures()).isEqualTo(Map.of("timeout", 40L));
        assertThat(clients.retransmitted()).isGreaterThanOrEqualTo(40).isEqualTo(net.counter("Tcp", "RetransSegs"));
        assertThat(clients.timeouts()).isGreaterThanOrEqualTo(80).isEqualTo(net.counter("TcpExt", "TCPTimeouts"));
    }

    /** From the second SYN on: what comes back while connect() is still at work is no more than a soft error. */
    @KernelTest
    void unreachableWhenTheNetworkSaysSo() throws Exception {
        net.onTheWayOut("tcp dport 82 tcp sport != @seen add @seen { tcp sport } drop", "tcp dport 82 reject with icmpx host-unreachable");

        assertThat(client.ask("dial", "127.0.0.1", 82, 20)).isEqualTo("20");
        assertThat(client.ask("dial", "::1", 82, 20)).isEqualTo("20");
        assertThat(client.ask("dialled")).isEqualTo("0 EHOSTUNREACH");

        TcpFigures clients = figures(client);
        assertThat(clients.failures()).isEqualTo(Map.of("unreachable", 40L));
    }

    @KernelTest
    void abortedWhenGivenUp() throws Exception {
        net.onTheWayOut("tcp dport 82 drop");

        assertThat(client.ask("dial", "127.0.0.1", 82, 20)).isEqualTo("20");
        assertThat(client.ask("close")).isEqualTo("20");

        TcpFigures clients = figures(client);
        assertThat(clients.failures()).isEqualTo(Map.of("aborted", 20L));
    }

    @KernelTest
    void resetIsAFailureOfTheOneWhoDidNotAskForIt() throws Exception {
        assertThat(client.ask("connect", "127.0.0.1", 80, 50)).isEqualTo("50");
        assertThat(client.ask("connect", "::1", 80, 50)).isEqualTo("50");
        assertThat(server.ask("accept4", 100)).isEqualTo("100");
        assertThat(server.ask("reset")).isEqualTo("100");
        assertThat(client.ask("receive", 1)).isEqualTo("0 ECONNRESET");

        assertThat(net.counter("Tcp", "OutRsts")).isEqualTo(100);
        assertThat(net.counter("Tcp", "EstabResets")).as("of both ends").isEqualTo(200);
        TcpFigures clients = figures(client);
        assertThat(clients.failures()).isEqualTo(Map.of("reset", 100L));
        assertThat(clients.resets("received")).isEqualTo(100);
        assertThat(clients.resets("sent")).isZero();
        TcpFigures servers = figures(server);
        assertThat(servers.failures()).isEmpty();
        assertThat(servers.resets("sent")).isEqualTo(100);
        assertThat(servers.resets("received")).isZero();
    }

    /** The kernel tells that one by EPIPE. */
    @KernelTest
    void resetAfterTheOtherSideHadFinished() throws Exception {
        assertThat(client.ask("connect", "127.0.0.1", 80, 20)).isEqualTo("20");
        assertThat(server.ask("accept4", 20)).isEqualTo("20");
        server.ask("shutdown");
        assertThat(client.ask("receive", 1)).as("the end").isEqualTo("0");
        server.ask("reset");
        Await.until("all are gone", () -> figures(client).durations() == 20);

        assertThat(figures(client).failures()).isEqualTo(Map.of("reset", 20L));
        assertThat(figures(client).resets("received")).isEqualTo(20).isEqualTo(net.counter("Tcp", "OutRsts"));
        assertThat(figures(server).failures()).isEmpty();
    }

    @KernelTest
    void aConnectionBelongsToWhoAcceptedIt() throws Exception {
        for (String call : List.of("accept4", "accept")) {
            String child = Actors.uniqueName("acc");
            long before = figures(client).opened("client");
            client.ask("connect", "127.0.0.1", 80, 20);
            server.ask("fork", child);
            assertThat(server.ask(call, 20)).isEqualTo("20");
            assertThat(server.ask("send", 100, 100)).isEqualTo("2000");
            server.ask("close");
            assertThat(server.ask("exit")).isEqualTo("0");

            assertThat(figures(client).opened("client") - before).isEqualTo(20);
            TcpFigures acceptor = new TcpFigures(Readings.settled(engine), child);
            assertThat(acceptor.opened("server")).as(call).isEqualTo(20);
            assertThat(acceptor.sent()).as(call).isEqualTo(2_000);
        }
        assertThat(figures(server).opened("server")).as("who only listened").isZero();
        assertThat(figures(server).sent()).isZero();
    }

    /** Where functions can't be watched, io_uring and who asks for no address accept unseen: the process is known by its files then. */
    @KernelTest
    void aConnectionThatIsAcceptedUnseen() throws Exception {
        for (String call : UNSEEN) {
            TcpFigures before = acceptedAndAnswered(call);
            Await.until("it is seen who has them", () -> figures(server).active() == 20);

            assertThat(figures(server).opened("server") - before.opened("server")).as(call).isEqualTo(20);
            assertThat(figures(server).sent() - before.sent()).as(call).isEqualTo(2_000);
            server.ask("close");
        }
    }

    /** Too short-lived for that, the process is known by who closed it. */
    @KernelTest
    void aConnectionThatIsGoneBeforeItIsKnownWhoAcceptedIt() throws Exception {
        for (String call : UNSEEN) {
            TcpFigures before = acceptedAndAnswered(call);
            server.ask("close");

            assertThat(figures(server).opened("server") - before.opened("server")).as(call).isEqualTo(20);
            assertThat(figures(server).sent() - before.sent()).as(call).isEqualTo(2_000);
        }
    }

    /** With data left unread there is no FIN: close() ends the connection at once. */
    @KernelTest
    void aConnectionThatIsAcceptedUnseenAndDropped() throws Exception {
        for (String call : UNSEEN) {
            TcpFigures before = acceptedAndAnswered(call);
            assertThat(client.ask("send", 10, 10)).isEqualTo("200");
            assertThat(server.ask("arrived", 10)).isEqualTo("200");
            server.ask("close");

            assertThat(figures(server).opened("server") - before.opened("server")).as(call).isEqualTo(20);
            assertThat(figures(server).resets("sent") - before.resets("sent")).as(call).isEqualTo(20);
        }
    }

    /** Of twenty connections. */
    private TcpFigures acceptedAndAnswered(String call) throws IOException, InterruptedException {
        TcpFigures before = figures(server);
        client.ask("close");
        client.ask("connect", "127.0.0.1", 80, 20);
        assertThat(server.ask(call, 20)).isEqualTo("20");
        assertThat(server.ask("send", 100, 100)).isEqualTo("2000");
        return before;
    }

    /** A server that forks for each connection has accepted it all the same. */
    @KernelTest
    void aConnectionStaysWithWhoAcceptedIt() throws Exception {
        String child = Actors.uniqueName("acc");
        client.ask("connect", "::1", 80, 20);
        server.ask("accept4", 20);
        server.ask("fork", child);
        assertThat(server.ask("send", 100, 100)).isEqualTo("2000");
        assertThat(figures(server).active()).isEqualTo(20);
        server.ask("close");
        server.ask("exit");

        assertThat(figures(server).opened("server")).isEqualTo(20);
        assertThat(figures(server).sent()).isEqualTo(2_000);
        TcpFigures handler = new TcpFigures(Readings.settled(engine), child);
        assertThat(handler.opened("server")).isZero();
        assertThat(handler.sent()).isZero();
    }

    @KernelTest
    void connectingTakesASecondWhenTheFirstSynIsLost() throws Exception {
        net.onTheWayOut("tcp dport 80 tcp flags & (syn | ack) == syn tcp sport != @seen add @seen { tcp sport } drop");
        client.ask("dial", "127.0.0.1", 80, 20);
        assertThat(client.ask("dialled")).isEqualTo("20");
        net.onTheWayOut();
        assertThat(client.ask("connect", "127.0.0.1", 80, 30)).isEqualTo("30");
        assertThat(server.ask("accept4", 50)).isEqualTo("50");

        TcpFigures clients = figures(client);
        assertThat(clients.connects()).isEqualTo(50).isEqualTo(net.counter("Tcp", "ActiveOpens"));
        assertThat(clients.connectsWithin(250_000_000)).as("up to 250 ms").isEqualTo(30);
        assertThat(clients.connectsWithin(1_000_000_000)).as("up to 1 s").isEqualTo(30);
        assertThat(clients.connectsWithin(3_000_000_000L)).as("up to 3 s").isEqualTo(50);
        assertThat(clients.retransmitted()).isEqualTo(20).isEqualTo(net.counter("Tcp", "RetransSegs"));
        assertThat(clients.timeouts()).isEqualTo(20).isEqualTo(net.counter("TcpExt", "TCPTimeouts"));
    }

    /** SYN crosses SYN: SYN_RECV is passed although nobody listened. The kernel takes it for one active open. */
    @KernelTest
    void aConnectionToItselfIsAClients() throws Exception {
        assertThat(client.ask("meet-itself", 90)).isEqualTo("1");
        assertThat(client.ask("send", 1_000, 1_000)).isEqualTo("1000");
        assertThat(client.ask("receive", 1_000)).isEqualTo("1000");

        assertThat(net.counter("Tcp", "ActiveOpens")).isEqualTo(1);
        assertThat(net.counter("Tcp", "PassiveOpens")).isZero();
        assertThat(figures(client).active()).isEqualTo(1);
        client.ask("close");
        TcpFigures clients = figures(client);
        assertThat(clients.opened("client")).isEqualTo(1);
        assertThat(clients.opened("server")).isZero();
        assertThat(clients.sent()).isEqualTo(1_000);
        assertThat(clients.received()).isEqualTo(1_000);
    }

    /** With data in the SYN, a server accepts and answers before the handshake is over. */
    @KernelTest
    void aConnectionAcceptedBeforeItIsEstablished() throws Exception {
        int withoutCookies = 0x1 | 0x2 | 0x4 | 0x200;
        net.sysctl("net.ipv4.tcp_fastopen", withoutCookies);
        net.onTheWayOut("tcp dport 80 tcp flags & (syn | ack) == ack drop"); // what would end the handshake
        assertThat(client.ask("fast-open", "127.0.0.1", 80, 500)).isEqualTo("500");
        assertThat(server.ask("accept4", 1)).isEqualTo("1");
        assertThat(server.ask("receive", 500)).isEqualTo("500");
        assertThat(net.run("ss", "-Htn", "state", "syn-recv").lines()).hasSize(1);
        net.onTheWayOut();
        assertThat(server.ask("send", 700, 700)).isEqualTo("700");
        assertThat(client.ask("receive", 700)).isEqualTo("700");
        Await.until("it is established", () -> figures(server).active() == 1);
        client.ask("close");
        server.ask("close");
        Await.until("it is over", () -> figures(server).durations() == 1);

        assertThat(net.counter("Tcp", "PassiveOpens")).isEqualTo(1);
        assertThat(figures(server).opened("server")).isEqualTo(1);
        assertThat(figures(server).received()).isEqualTo(500);
        assertThat(figures(server).sent()).isEqualTo(700);
        assertThat(figures(client).opened("client")).isEqualTo(1);
        assertThat(figures(client).sent()).isEqualTo(500);
        assertThat(figures(client).received()).isEqualTo(700);
    }

    private static TcpFigures figures(TcpPeer peer) {
        return TcpFigures.of(engine, peer);
    }

    private static Process busyProcess() {
        try {
            return new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
