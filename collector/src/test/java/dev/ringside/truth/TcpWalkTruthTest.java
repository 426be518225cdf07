package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One walk after the other over connections that last some microseconds: each ends in the midst of one sooner or later, and the next begins in
 * the same socket and the same element of the map, while the walk's thread waits for a CPU.
 */
class TcpWalkTruthTest {
    private static final int CONNECTIONS = 20_000;
    private static final int PAIRS = 2;
    /** Room for all records: who only collects, reads the rings late. */
    private static final int RING_BYTES = 1 << 24;

    @KernelTest
    void walkedOverOrNotEachCountsOnce() throws Exception {
        try (Actors programs = Actors.compile("peer"); NetworkNamespace net = NetworkNamespace.create();
                Engine engine = LiveEngine.start(Map.of("tcp", new ProbeSettings(true, RING_BYTES, "", Map.of())), new TcpProbe());
                TcpPeer server = TcpPeer.start(programs, net, "srv"); TcpPeer client = TcpPeer.start(programs, net, "cli");
                TcpPeer otherServer = TcpPeer.start(programs, net, "srv"); TcpPeer otherClient = TcpPeer.start(programs, net, "cli")) {
            AtomicBoolean done = new AtomicBoolean();
            long walks;
            try (ExecutorService walker = Executors.newSingleThreadExecutor()) {
                Future<Long> counted = walker.submit(walking(engine, done));
                try {
                    visits(server, client, 80);
                    visits(otherServer, otherClient, 81);
                    for (TcpPeer each : new TcpPeer[] {client, server, otherClient, otherServer}) {
                        assertThat(each.answer()).isEqualTo(Integer.toString(CONNECTIONS));
                    }
                } finally {
                    done.set(true);
                }
                walks = counted.get();
            }
            assertThat(walks).isPositive();
            assertThat(net.counter("Tcp", "PassiveOpens")).isEqualTo(PAIRS * CONNECTIONS);
            for (TcpPeer each : new TcpPeer[] {client, otherClient}) {
                assertCounted(engine, each, "client");
            }
            for (TcpPeer each : new TcpPeer[] {server, otherServer}) {
                assertCounted(engine, each, "server");
            }
            assertThat(Readings.settled(engine).value("ringside_events_lost_total", Map.of("probe", "tcp"))).isZero();
        }
    }

    private static Callable<Long> walking(Engine engine, AtomicBoolean done) {
        return () -> {
            long walks = 0;
            for (; !done.get(); walks++) {
                engine.snapshot();
            }
            return walks;
        };
    }

    private static boolean allExported(Readings now) {
        Map<String, String> tcp = Map.of("probe", "tcp");
        return now.value("ringside_events_produced_total", tcp) == now.value("ringside_events_exported_total", tcp)
                + now.value("ringside_events_lost_total", tcp);
    }

    private static void visits(TcpPeer server, TcpPeer client, int port) throws Exception {
        server.ask("listen", "::", port);
        server.tell("host", CONNECTIONS);
        client.tell("visit", "127.0.0.1", port, CONNECTIONS);
    }

    private static void assertCounted(Engine engine, TcpPeer peer, String role) throws Exception {
        Await.until("the last one has closed", () -> TcpFigures.of(engine, peer).active() == 0);
        // A record that is not finished yet holds up those behind it, and a CPU that a hypervisor has taken may be at one.
        Await.until("no record is under way", () -> allExported(Readings.settled(engine)));
        TcpFigures figures = TcpFigures.of(engine, peer);
        assertThat(figures.durations()).as("ended").isEqualTo(CONNECTIONS);
        assertThat(figures.opened(role)).as("opened").isEqualTo(CONNECTIONS);
        assertThat(figures.opened(role.equals("client") ? "server" : "client")).isZero();
    }
}
