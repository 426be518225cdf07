package dev.ringside.truth;

import static dev.ringside.truth.TcpPair.LOSING_DATA;
import static dev.ringside.truth.TcpPair.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineException;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What connections carried: bytes against those that were sent and received, the rest against the kernel's counts and ss(8). */
class TcpBytesTruthTest {
    private static final int MEGABYTE = 1_000_000;
    private static Actors programs;
    private static Engine engine;

    private TcpPair pair;
    private NetworkNamespace here;
    private NetworkNamespace there;
    private TcpPeer client;
    private TcpPeer server;

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
        pair = TcpPair.start(programs);
        here = pair.here();
        there = pair.there();
        client = pair.client();
        server = pair.server();
    }

    @AfterEach
    void disconnect() throws IOException {
        pair.close();
    }

    @KernelTest
    void bytesAreThoseOfTheTransferAtBothEnds() throws Exception {
        open(10);
        transfer(client, server, 1_234_567, MEGABYTE);
        transfer(server, client, 765_431, MEGABYTE);
        closeBoth(10);

        assertBytes(client, 12_345_670, 7_654_310);
        assertBytes(server, 7_654_310, 12_345_670);
    }

    /** A FIN takes a place in the sequence space, but is no byte. */
    @KernelTest
    void bytesGoOnAfterOneSideHasFinished() throws Exception {
        open(5);
        transfer(client, server, 1_000, 1_000);
        client.ask("shutdown");
        assertThat(server.ask("receive", 1)).as("the end").isEqualTo("0");
        transfer(server, client, 100_000, 100_000);
        assertBytes(client, 5_000, 500_000);
        assertBytes(server, 500_000, 5_000);
        server.ask("close");
        assertThat(client.ask("receive", 1)).as("the end").isEqualTo("0");
        client.ask("close");
        Await.until("all have ended", () -> figures(client).durations() == 5 && figures(server).durations() == 5);

        assertBytes(client, 5_000, 500_000);
        assertBytes(server, 500_000, 5_000);
    }

    @KernelTest
    void manySmallWrites() throws Exception {
        open(1);
        transfer(client, server, 15_000, 3);
        transfer(server, client, 7_000, 7);
        closeBoth(1);

        assertBytes(client, 15_000, 7_000);
        assertBytes(server, 7_000, 15_000);
    }

    /** Opened before anything is lost: the kernel's count of timeouts has those of SYN-ACKs in it, which are no connection's yet. */
    @KernelTest
    void whatIsLostIsSentAgainButCountedOnce() throws Exception {
        open(8);
        here.onTheWayIn(LOSING_DATA);
        there.onTheWayIn(LOSING_DATA);
        transfer(client, server, 2 * MEGABYTE, MEGABYTE);
        transfer(server, client, MEGABYTE, MEGABYTE);
        here.onTheWayIn();
        there.onTheWayIn();
        closeBoth(8);

        assertBytes(client, 16_000_000, 8_000_000);
        assertBytes(server, 8_000_000, 16_000_000);
        assertThat(figures(client).retransmitted()).isGreaterThan(10).isEqualTo(here.counter("Tcp", "RetransSegs"));
        assertThat(figures(server).retransmitted()).isGreaterThan(10).isEqualTo(there.counter("Tcp", "RetransSegs"));
        assertThat(figures(client).timeouts()).isEqualTo(here.counter("TcpExt", "TCPTimeouts"));
        assertThat(figures(server).timeouts()).isEqualTo(there.counter("TcpExt", "TCPTimeouts"));
    }

    /** A segment that never leaves is tried again, as if for the first time. */
    @KernelTest
    void whatTheOwnHostRefusesIsCountedOnce() throws Exception {
        here.onTheWayOut(LOSING_DATA);
        open(1);
        transfer(client, server, 3 * MEGABYTE, MEGABYTE);
        assertBytes(client, 3 * MEGABYTE, 0);
        here.onTheWayOut();
        closeBoth(1);

        assertBytes(client, 3 * MEGABYTE, 0);
        assertBytes(server, 0, 3 * MEGABYTE);
        assertThat(figures(client).retransmitted()).isEqualTo(here.counter("Tcp", "RetransSegs"));
    }

    /** The first SYN-ACK of each: the server sends another, on the client's second SYN or by its own timer, and the child inherits its count. */
    @KernelTest
    void aSynAckSentAgainIsTheServers() throws Exception {
        there.onTheWayOut("tcp flags & (syn | ack) == (syn | ack) tcp dport != @seen add @seen { tcp dport } drop");
        assertThat(client.ask("dial", TcpPair.SERVER_ADDRESS, 80, 20)).isEqualTo("20");
        assertThat(client.ask("dialled")).isEqualTo("20");
        assertThat(server.ask("accept4", 20)).isEqualTo("20");

        assertThat(figures(server).retransmitted()).isGreaterThanOrEqualTo(20).isEqualTo(there.counter("Tcp", "RetransSegs"));
        assertThat(figures(client).retransmitted()).isEqualTo(20).isEqualTo(here.counter("Tcp", "RetransSegs"));
    }

    /** close() with data unread resets: the sender has sent it, the receiver had received it. */
    @KernelTest
    void bytesThatNobodyReadWereReceived() throws Exception {
        open(10);
        client.ask("send", 5_000, 5_000);
        assertThat(server.ask("arrived", 5_000)).isEqualTo("50000");
        server.ask("close");
        assertThat(client.ask("receive", 1)).isEqualTo("0 ECONNRESET");

        assertBytes(client, 50_000, 0);
        assertBytes(server, 0, 50_000);
        assertThat(figures(server).resets("sent")).isEqualTo(10).isEqualTo(there.counter("Tcp", "OutRsts"));
        assertThat(figures(client).resets("received")).isEqualTo(10);
    }

    @KernelTest
    void anOpenConnectionsFiguresAreWhatSsSays() throws Exception {
        there.onTheWayIn(LOSING_DATA);
        open(1);
        transfer(client, server, 3 * MEGABYTE, MEGABYTE);
        transfer(server, client, 2_000, 2_000);

        assertAsSsSays(client, here);
        assertAsSsSays(server, there);
        assertBytes(client, 3 * MEGABYTE, 2_000);
        assertBytes(server, 2_000, 3 * MEGABYTE);

        there.onTheWayIn();
        transfer(client, server, 500, 500);
        assertAsSsSays(client, here);
        assertBytes(server, 2_000, 3 * MEGABYTE + 500);
        long retransmitted = figures(client).retransmitted();
        closeBoth(1);

        assertBytes(client, 3 * MEGABYTE + 500, 2_000);
        assertBytes(server, 2_000, 3 * MEGABYTE + 500);
        assertThat(figures(client).retransmitted()).as("the end may need another").isGreaterThanOrEqualTo(retransmitted)
                .isEqualTo(here.counter("Tcp", "RetransSegs"));
    }

    /** Of connections that carried something since the last look, and once more at the end. */
    @KernelTest
    void roundTripsAreThoseOfSs() throws Exception {
        open(1);
        engine.snapshot();
        TcpFigures before = figures(client);
        assertThat(figures(client).roundTrips()).as("nothing moved").isEqualTo(before.roundTrips());

        transfer(client, server, 200, 1);
        String ss = here.run("ss", "-Htin", "state", "established");
        long micros = Math.round(1_000 * Double.parseDouble(field(ss, "rtt:([0-9.]+)/")));
        long[] seen = added(before.roundTrips(), figures(client).roundTrips());

        long[] expected = new long[seen.length];
        expected[before.roundTripBounds().indexOf(micros)] = 1;
        assertThat(seen).as("ss says %s µs", micros).isEqualTo(expected);
    }

    /** Opens connections, and lets the server accept them. */
    private void open(int count) throws IOException, InterruptedException {
        pair.connect(count);
        assertThat(server.ask("accept4", count)).isEqualTo(Integer.toString(count));
    }

    private void closeBoth(int count) throws IOException, InterruptedException {
        client.ask("close");
        assertThat(server.ask("receive", 1)).as("the end").isEqualTo("0");
        server.ask("close");
        Await.until("all have ended", () -> figures(client).durations() == count && figures(server).durations() == count);
    }

    private static void assertBytes(TcpPeer peer, long sent, long received) {
        assertThat(figures(peer).sent()).as("sent by %s", peer.name()).isEqualTo(sent);
        assertThat(figures(peer).received()).as("received by %s", peer.name()).isEqualTo(received);
    }

    /** Whose only connection is the namespace's only one. ss leaves out what is 0. */
    private static void assertAsSsSays(TcpPeer peer, NetworkNamespace net) throws IOException {
        String ss = net.run("ss", "-Htin", "state", "established");
        TcpFigures now = figures(peer);
        assertThat(now.sent()).as(ss).isEqualTo(count(ss, "bytes_sent:(\\d+)") - count(ss, "bytes_retrans:(\\d+)"));
        assertThat(now.received()).as(ss).isEqualTo(count(ss, "bytes_received:(\\d+)"));
        assertThat(now.retransmitted()).as(ss).isEqualTo(count(ss, "retrans:\\d+/(\\d+)"));
    }

    private static long count(String ss, String pattern) {
        String found = field(ss, pattern);
        return found.isEmpty() ? 0 : Long.parseLong(found);
    }

    private static String field(String ss, String pattern) {
        Matcher matcher = Pattern.compile("\\b" + pattern).matcher(ss);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static long[] added(long[] before, long[] after) {
        long[] added = after.clone();
        for (int i = 0; i < added.length; i++) {
            added[i] -= before[i];
        }
        return added;
    }

    private static TcpFigures figures(TcpPeer peer) {
        return TcpFigures.of(engine, peer);
    }
}
