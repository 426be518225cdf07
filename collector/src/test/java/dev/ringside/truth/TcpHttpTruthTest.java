package dev.ringside.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pipeline.Engine;
import dev.ringside.probes.TcpProbe;
import dev.ringside.testing.Await;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web server and its load, with a connection per request, while four processes that want nothing but a CPU compete. */
class TcpHttpTruthTest {
    private static final int CONNECTIONS = 20;
    private static final String CONFIGURATION = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr crit;
            events { worker_connections 1024; }
            http {
                access_log off;
                server {
                    listen 80;
                    location / { return 200 "a page\\n"; }
                }
            }
            """;

    @KernelTest
    void asManyConnectionsAsRequests() throws Exception {
        String nginx = Actors.uniqueName("nginx");
        String wrk = Actors.uniqueName("wrk");
        try (Actors programs = Actors.compile("peer"); NetworkNamespace net = NetworkNamespace.create();
                Engine engine = LiveEngine.start(new TcpProbe()); Actor server = nginx(programs, net, nginx)) {
            Await.until("nginx listens", () -> listens(net));
            long requests = requestsWhileOthersCompete(net, programs.copy(Path.of("/usr/bin/wrk"), wrk));
            assertThat(server.isAlive()).isTrue();

            // wrk connects once to see whether anybody is there, and leaves what is open when its time is over.
            TcpFigures client = new TcpFigures(Readings.settled(engine), wrk);
            assertThat(client.opened("client")).isBetween(requests + 1, requests + 1 + CONNECTIONS);
            assertThat(client.opened("client") + client.failures().getOrDefault("aborted", 0L)).isEqualTo(net.counter("Tcp", "ActiveOpens"));
            // What wrk has reset before nginx came to accept it is nobody's.
            long passiveOpens = net.counter("Tcp", "PassiveOpens");
            assertThat(new TcpFigures(Readings.settled(engine), nginx).opened("server")).isBetween(passiveOpens - CONNECTIONS, passiveOpens);
            assertNothingLost(Readings.settled(engine));
        }
    }

    private static Actor nginx(Actors programs, NetworkNamespace net, String name) throws IOException {
        Path configuration = programs.directory().resolve("nginx.conf");
        Files.writeString(configuration, CONFIGURATION);
        Path program = programs.copy(Path.of("/usr/sbin/nginx"), name);
        return Actor.start(net.inside(program.toString(), "-p", programs.directory().toString(), "-c", configuration.toString()));
    }

    private static boolean listens(NetworkNamespace net) {
        try {
            return !net.run("ss", "-Hltn", "sport", "=", ":80").isBlank();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long requestsWhileOthersCompete(NetworkNamespace net, Path wrk) throws IOException {
        List<Process> busy = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            String said = net.run(wrk.toString(), "-t", "1", "-c", Integer.toString(CONNECTIONS), "-d", "2s", "-H", "Connection: close",
                    "http://127.0.0.1/");
            assertThat(said).doesNotContain("Socket errors");
            Matcher requests = Pattern.compile("(\\d+) requests in").matcher(said);
            assertThat(requests.find()).as(said).isTrue();
            return Long.parseLong(requests.group(1));
        } finally {
            busy.forEach(Processes::kill);
        }
    }

    private static void assertNothingLost(Readings now) {
        Map<String, String> tcp = Map.of("probe", "tcp");
        assertThat(now.value("ringside_events_lost_total", tcp)).isZero();
        assertThat(now.value("ringside_map_full_total", tcp)).isZero();
        assertThat(now.value("ringside_events_exported_total", tcp)).isPositive()
                .isEqualTo(now.value("ringside_events_produced_total", tcp) - now.value("ringside_events_pending", Map.of()));
    }
}
