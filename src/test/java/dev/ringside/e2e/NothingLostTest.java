package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.Nginx;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.e2e.harness.Wrk;
import dev.ringside.testing.KernelTest;
import dev.ringside.testing.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A server under a connection per request, on a machine that has no CPU to spare: nginx and wrk count, and we count the same. */
@NeedsDistribution
final class NothingLostTest {
    private static final String OPENED = "ringside_tcp_connections_opened_total";
    private static final int BUSY = 4;

    @KernelTest
    void everyConnectionIsCountedWhileOthersWantTheCpu(@TempDir Path directory) throws IOException {
        List<Process> busy = new ArrayList<>();
        try (TestCgroup server = TestCgroup.unit("nginx");
                TestCgroup client = TestCgroup.unit("wrk");
                TestCgroup other = TestCgroup.unit("busy");
                Nginx nginx = Nginx.start(server, directory);
                Daemon daemon = Daemon.start()) {
            try {
                for (int i = 0; i < BUSY; i++) {
                    busy.add(other.command("sh", "-c", "while :; do :; done").start());
                }
                long before = nginx.accepted();
                Wrk wrk = Wrk.run(client, nginx.url(), 3);
                // Read anew each time: the last connections may still wait to be accepted when wrk ends.
                daemon.awaitSum(() -> nginx.accepted() - before, OPENED, "workload", server.workload(), "role", "server");
                Exposition after = Books.awaitClosed(daemon, "tcp");
                assertThat(wrk.socketErrors()).isZero();
                assertThat(wrk.requests()).isGreaterThan(1000);
                // A connection that wrk has begun when its time is up is not a request any more.
                assertThat(after.sum(OPENED, "workload", client.workload(), "role", "client"))
                        .isBetween((double) wrk.requests(), (double) wrk.requests() + 2 * Wrk.CONNECTIONS);
                assertThat(after.value(OPENED, "workload", server.workload(), "role", "server", "workload_kind", "systemd"))
                        .isEqualTo(nginx.accepted() - before);
                assertThat(Books.of(after, "tcp").lost()).isZero();
                assertThat(Books.of(Books.awaitClosed(daemon, "process"), "process").lost()).isZero();
            } finally {
                for (Process each : busy) {
                    Processes.kill(each);
                }
            }
        }
    }
}
