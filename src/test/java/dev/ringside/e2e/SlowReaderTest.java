package dev.ringside.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.e2e.harness.Connections;
import dev.ringside.e2e.harness.Daemon;
import dev.ringside.e2e.harness.Exposition;
import dev.ringside.e2e.harness.NeedsDistribution;
import dev.ringside.e2e.harness.TestCgroup;
import dev.ringside.testing.KernelTest;

/** Who watches events and is too slow loses some, and is told how many; nobody else notices. */
@NeedsDistribution
final class SlowReaderTest {
    /** Their lines are more than all buffers on the way hold together: the queue's 4,096, and what the kernel lets a socket have, usually 4 MB. */
    private static final int CONNECTIONS = 20_000;

    @KernelTest
    void losesEventsThatAreCounted() {
        try (TestCgroup client = TestCgroup.unit("client");
                Connections connections = Connections.listen();
                // Room for all of it, so that a machine without a CPU to spare changes nothing here.
                Daemon daemon = Daemon.start("--set", "probes.tcp.ring_bytes=16MiB")) {
            try (EventReader reader = EventReader.follow(daemon, "tcp&filter=workload=" + client.workload())) {
                reader.awaitBegin();
                connections.openFrom(client, CONNECTIONS);
                Exposition after = Books.awaitClosed(daemon, "tcp");
                assertThat(Books.of(after, "tcp").lost()).isZero();
                assertThat(after.sum("ringside_tcp_connections_opened_total", "workload", client.workload())).isEqualTo(CONNECTIONS);

                EventReader.Received received = reader.readUntil(it -> it.lost() > 0);
                assertThat(received.events() + received.lost()).as("the end of each, on one side").isGreaterThanOrEqualTo(CONNECTIONS);
            }
        }
    }
}
