package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Connections that are older than the engine, in network namespaces that are not its own. */
class TcpFoundTruthTest {
    private static Actors programs;

    private TcpPair pair;
    private NetworkNamespace here;
    private NetworkNamespace there;
    private TcpPeer client;
    private TcpPeer server;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        programs = Actors.compile("peer");
    }

    @AfterAll
    static void remove() throws IOException {
        programs.close();
    }

    @BeforeEach
    void connect() throws IOException, InterruptedException {
        pair = TcpPair.start(programs);
        here = pair.here();
        there = pair.there();
        client = pair.client();
        server = pair.server();
        pair.connect(25);
    }

    @AfterEach
    void disconnect() throws IOException {
        pair.close();
    }

    @KernelTest
    void areFoundWithTheirOwners_andCountFromThen() throws Exception {
        server.ask("accept4", 25);
        there.onTheWayIn(TcpPair.LOSING_DATA);
        transfer(client, server, 400_000);
        transfer(server, client, 1_000);
        there.onTheWayIn();
        Await.until("nothing is under way that could be sent again", () -> !sockets(here).contains("unacked:") && !sockets(there).contains("unacked:"));
        long retransmittedBefore = here.counter("Tcp", "RetransSegs");
        assertThat(retransmittedBefore).as("something to leave out").isPositive();

        try (Engine engine = LiveEngine.start(new TcpProbe())) {
            assertFoundAndUncounted(engine, client);
            assertFoundAndUncounted(engine, server);
            assertThat(here.run("ss", "-Htn", "state", "established").lines()).hasSize(25);

            there.onTheWayIn(TcpPair.LOSING_DATA);
            transfer(client, server, 200_000);
            there.onTheWayIn();
            transfer(server, client, 777);
            assertCarried(TcpFigures.of(engine, client), 5_000_000, 19_425);
            assertCarried(TcpFigures.of(engine, server), 19_425, 5_000_000);
            client.ask("close");
            server.ask("receive", 1);
            server.ask("close");
            Await.until("all have ended", () -> TcpFigures.of(engine, client).active() + TcpFigures.of(engine, server).active() == 0);

            TcpFigures clients = TcpFigures.of(engine, client);
            assertCarried(clients, 5_000_000, 19_425);
            assertThat(clients.retransmitted()).isPositive().isEqualTo(here.counter("Tcp", "RetransSegs") - retransmittedBefore);
            assertThat(clients.opened("client")).isZero();
            assertThat(clients.durations()).as("since when they were established, nobody knows").isZero();
            TcpFigures servers = TcpFigures.of(engine, server);
            assertCarried(servers, 19_425, 5_000_000);
            assertThat(servers.opened("server")).isZero();
        }
    }

    /** No process has a file of those yet. */
    @KernelTest
    void thoseInTheAcceptQueueAreFoundWhenTheyAreAccepted() throws Exception {
        client.ask("send", 300, 300);
        try (Engine engine = LiveEngine.start(new TcpProbe())) {
            assertThat(TcpFigures.of(engine, server).active()).isZero();
            server.ask("accept4", 25);
            server.ask("receive", 300);
            transfer(client, server, 500);

            assertThat(TcpFigures.of(engine, server).found()).isEqualTo(25);
            assertThat(TcpFigures.of(engine, server).active()).isEqualTo(25);
            assertCarried(TcpFigures.of(engine, server), 0, 12_500);
            assertThat(TcpFigures.of(engine, server).opened("server")).isZero();
        }
    }

    private static String sockets(NetworkNamespace net) {
        try {
            return net.run("ss", "-Htin", "state", "established");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertFoundAndUncounted(Engine engine, TcpPeer peer) {
        TcpFigures now = TcpFigures.of(engine, peer);
        assertThat(now.found()).isEqualTo(25);
        assertThat(now.active()).isEqualTo(25);
        assertThat(now.retransmitted()).isZero();
        assertCarried(now, 0, 0);
    }

    private static void assertCarried(TcpFigures now, long sent, long received) {
        assertThat(now.sent()).as("sent by %s", now.workload()).isEqualTo(sent);
        assertThat(now.received()).as("received by %s", now.workload()).isEqualTo(received);
    }

    private static void transfer(TcpPeer from, TcpPeer to, int bytes) throws IOException, InterruptedException {
        TcpPair.transfer(from, to, bytes, bytes);
    }
}
