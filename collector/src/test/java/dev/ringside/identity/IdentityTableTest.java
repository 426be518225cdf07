package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.identity.IdentityTable.NamedCgroups;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTableTest {

    private static final long SECOND = 1_000_000_000L;
    private static final CgroupInfo ROOT = CgroupInfo.of(1, "/");
    private static final CgroupInfo NGINX = CgroupInfo.of(10, "/system.slice/nginx.service");
    private static final CgroupInfo CONTAINER = CgroupInfo.of(20, "/docker/" + HostTree.CONTAINER);
    private static final CgroupInfo INSIDE_CONTAINER = CgroupInfo.of(21, "/docker/" + HostTree.CONTAINER + "/init.scope");
    private static final CgroupInfo HANDMADE = CgroupInfo.of(30, "/process_api/fe528d575ef3f69c431e1b9db51cb17c");

    private final IdentityTable table = new IdentityTable(new IdentityLimits(100, 100, Duration.ofSeconds(60), Duration.ofMinutes(10)));

    @Test
    void reservesTheFirstSlots() {
        assertThat(table.labelNames()).containsExactly("namespace", "workload", "workload_kind", "pod", "container");
        assertThat(table.labelValues(IdentityTable.NO_IDENTITY)).containsExactly("", "", "", "", "");
        assertThat(table.labelValues(IdentityTable.OVERFLOW)).hasSize(5).containsOnly("__overflow__");
        assertThat(table.labelValues(IdentityTable.KERNEL)).containsExactly("", "kernel", "kernel", "", "");
    }

    @Test
    void namesContainersAndUnitsWhateverTheCommand() {
        publish(0, ROOT, NGINX, CONTAINER, INSIDE_CONTAINER);

        assertThat(labels(10, "nginx")).containsExactly("", "nginx.service", "systemd", "", "");
        assertThat(labels(20, "sh")).containsExactly("", "3f1b9c0de2a8", "container", "", "");
        assertThat(resolve(20, "redis-server")).isEqualTo(resolve(21, "systemd")).isNotEqualTo(resolve(10, "nginx"));
        assertThat(table.identity(resolve(21, "")).containerId()).isEqualTo(HostTree.CONTAINER);
        assertThat(table.labelValues(resolve(20, "a"))).isSameAs(table.labelValues(resolve(21, "b")));
    }

    @Test
    void namesTheRestByCommandWhereverItRuns() {
        publish(0, ROOT, HANDMADE);

        assertThat(labels(1, "sshd")).containsExactly("", "sshd", "process", "", "");
        assertThat(resolve(1, "sshd")).isEqualTo(resolve(30, "sshd")).isNotEqualTo(resolve(30, "bash"));
    }

    /** Room is made as they come, and found again when they have gone. */
    @Test
    void thousandsOfCommandsComeAndGo() {
        IdentityTable large = new IdentityTable(new IdentityLimits(5_000, 5_000, Duration.ofSeconds(60), Duration.ofMinutes(10)));
        large.publish(CgroupIndex.of(List.of(ROOT)), 0);
        for (int round = 0; round < 2; round++) {
            Set<Integer> slots = new HashSet<>();
            for (int i = 0; i < 3_000; i++) {
                int slot = resolve(large, 1, "worker-" + i);
                assertThat(large.labelValues(slot)).contains("worker-" + i);
                slots.add(slot);
            }
            assertThat(slots).hasSize(3_000);
            List<Integer> expired = new ArrayList<>();
            large.drainExpired(2 * round * 3600 * SECOND, expired::add);
            large.drainExpired((2 * round + 1) * 3600 * SECOND, expired::add);
            assertThat(expired).as("an hour later").hasSameElementsAs(slots);
        }
    }

    @Test
    void tellsKernelThreadsFromProcessesOfThatName() {
        publish(0, ROOT);

        assertThat(resolve(0, "kernel")).isEqualTo(IdentityTable.KERNEL);
        assertThat(labels(1, "kernel")).containsExactly("", "kernel", "process", "", "");
        assertThat(labels(0, "kernels")).containsExactly("", "kernels", "process", "", "");
    }

    @Test
    void doesNotKnowWhatIsNotInTheIndex() {
        assertThat(resolve(10, "nginx")).isEqualTo(IdentityTable.UNKNOWN);
        publish(0, ROOT);
        assertThat(resolve(10, "nginx")).isEqualTo(IdentityTable.UNKNOWN);
        assertThat(table.stats().unknown()).isEqualTo(2);

        publish(0, ROOT, NGINX);
        assertThat(labels(10, "nginx")).contains("nginx.service");
    }

    @Test
    void anEndedCgroupLingersThenItsSlotExpires() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(SECOND, ROOT);

        assertThat(expired(61 * SECOND - 1)).isEmpty();
        assertThat(resolve(10, "nginx")).isEqualTo(slot);
        assertThat(expired(61 * SECOND)).containsExactly(slot);
        assertThat(resolve(10, "nginx")).isEqualTo(IdentityTable.UNKNOWN);
        assertThatThrownBy(() -> table.identity(slot)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no identity in this slot: slot=" + slot + ", in use=3");
    }

    @Test
    void aSlotIsReusedOnlyAfterItWasReported() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(0, ROOT, CONTAINER);
        assertThat(resolve(20, "sh")).isNotEqualTo(slot);

        table.drainExpired(60 * SECOND, reported -> {
            assertThat(reported).isEqualTo(slot);
            assertThat(table.labelValues(reported)).contains("nginx.service");
        });

        assertThat(resolve(1, "bash")).isEqualTo(slot);
    }

    @Test
    void anIdentityIsReportedAgainIfTheReportFailed() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(0, ROOT);

        assertThatThrownBy(() -> table.drainExpired(60 * SECOND, reported -> {
            throw new IllegalStateException("not now");
        })).hasMessage("not now");

        assertThat(expired(60 * SECOND)).containsExactly(slot);
    }

    @Test
    void aCgroupThatReappearsGoesOn() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(0, ROOT);
        publish(59 * SECOND, ROOT, NGINX);

        assertThat(expired(1_000 * SECOND)).isEmpty();
        assertThat(resolve(10, "nginx")).isEqualTo(slot);
    }

    @Test
    void aRestartedUnitKeepsItsSeries() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(0, ROOT, CgroupInfo.of(11, NGINX.path()));

        assertThat(resolve(11, "nginx")).isEqualTo(slot);
        assertThat(expired(1_000 * SECOND)).isEmpty();
        publish(1_000 * SECOND, ROOT);
        assertThat(expired(1_060 * SECOND)).containsExactly(slot);
    }

    @Test
    void aContainerLivesAsLongAsAnyOfItsCgroups() {
        publish(0, ROOT, CONTAINER, INSIDE_CONTAINER);
        int slot = resolve(20, "sh");
        assertThat(resolve(21, "init")).isEqualTo(slot);

        publish(0, ROOT, CONTAINER);
        assertThat(expired(60 * SECOND)).isEmpty();
        publish(60 * SECOND, ROOT);
        assertThat(expired(120 * SECOND)).containsExactly(slot);
    }

    @Test
    void aRenamedCgroupHasItsNewName() {
        publish(0, ROOT, NGINX);
        int slot = resolve(10, "nginx");
        publish(0, ROOT, CgroupInfo.of(10, "/system.slice/apache2.service"));

        assertThat(labels(10, "apache2")).contains("apache2.service");
        assertThat(expired(0)).containsExactly(slot);
    }

    @Test
    void aCommandExpiresWhenIdle() {
        publish(0, ROOT);
        int slot = resolve(1, "cron");
        assertThat(expired(0)).isEmpty();

        assertThat(expired(599 * SECOND)).isEmpty();
        assertThat(resolve(1, "cron")).isEqualTo(slot);
        assertThat(expired(600 * SECOND)).isEmpty();
        assertThat(expired(1_199 * SECOND)).isEmpty();
        assertThat(expired(1_200 * SECOND)).containsExactly(slot);

        assertThat(labels(1, "cron")).contains("cron");
    }

    @Test
    void foldsIntoOverflowWhenFullAndRecovers() {
        IdentityTable small = new IdentityTable(new IdentityLimits(5, 10, Duration.ZERO, Duration.ofMinutes(10)));
        small.publish(CgroupIndex.of(List.of(ROOT, NGINX, CONTAINER, INSIDE_CONTAINER)), 0);
        assertThat(resolve(small, 20, "sh")).isEqualTo(3);
        assertThat(resolve(small, 1, "bash")).isEqualTo(4);

        assertThat(resolve(small, 1, "sshd")).isEqualTo(IdentityTable.OVERFLOW);
        assertThat(resolve(small, 10, "nginx")).isEqualTo(IdentityTable.OVERFLOW);
        assertThat(resolve(small, 10, "nginx")).isEqualTo(IdentityTable.OVERFLOW);
        assertThat(small.stats().overflowed()).isEqualTo(3);
        // What has a slot keeps it, and so does what shares its labels.
        assertThat(resolve(small, 21, "init")).isEqualTo(3);
        assertThat(resolve(small, 1, "bash")).isEqualTo(4);

        small.publish(CgroupIndex.of(List.of(ROOT, NGINX)), 0);
        small.drainExpired(0, _ -> {});
        assertThat(resolve(small, 10, "nginx")).isEqualTo(3);
        assertThat(small.stats()).isEqualTo(new IdentityTable.Stats(5, 5, 2, 0, 3, 0, 1, 0, 0));
    }

    @Test
    void remembersABoundedNumberOfEndedCgroups() {
        IdentityTable small = new IdentityTable(new IdentityLimits(100, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)));
        small.publish(CgroupIndex.of(List.of(ROOT, NGINX, CONTAINER, HANDMADE)), 0);
        resolve(small, 10, "nginx");
        small.publish(CgroupIndex.of(List.of(ROOT)), 0);

        assertThat(resolve(small, 10, "nginx")).isEqualTo(IdentityTable.UNKNOWN);
        assertThat(resolve(small, 20, "sh")).isPositive();
        assertThat(resolve(small, 30, "sh")).isPositive();
        assertThat(small.stats().forgottenEarly()).isEqualTo(1);
        List<Integer> expired = new ArrayList<>();
        small.drainExpired(0, expired::add);
        assertThat(expired).containsExactly(3);
    }

    @Test
    void saysWhichCgroupsHaveGotAName() {
        assertThat(publish(0, ROOT, NGINX, HANDMADE, CONTAINER)).isEqualTo(new NamedCgroups(List.of(10L, 20L), List.of()));
        assertThat(publish(0, ROOT, NGINX, HANDMADE, CONTAINER)).isEqualTo(new NamedCgroups(List.of(), List.of()));
        assertThat(publish(0, ROOT, CONTAINER, INSIDE_CONTAINER)).isEqualTo(new NamedCgroups(List.of(21L), List.of(10L)));
        assertThat(publish(0, ROOT, NGINX, CgroupInfo.of(20, "/renamed"))).isEqualTo(new NamedCgroups(List.of(10L), List.of(20L, 21L)));
    }

    @Test
    void aHitAllocatesNothing() {
        publish(0, ROOT, NGINX, CONTAINER);
        long[] nginx = Command.words("nginx");
        long[] bash = Command.words("bash");
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        long before = 0;
        for (int i = 0; i < 200_000; i++) {
            if (i == 100_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            sum += table.resolve(10, nginx[0], nginx[1]) + table.resolve(1, bash[0], bash[1]) + table.resolve(99, bash[0], bash[1]);
        }
        // 300,000 look-ups; one object each would be 4.8 MB. The compiler's own events may put a few bytes on this thread.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
        assertThat(sum).isEqualTo(200_000L * (3 + 4 - 1));
    }

    private NamedCgroups publish(long nowNanos, CgroupInfo... cgroups) {
        return table.publish(CgroupIndex.of(List.of(cgroups)), nowNanos);
    }

    private List<Integer> expired(long nowNanos) {
        List<Integer> slots = new ArrayList<>();
        table.drainExpired(nowNanos, slots::add);
        return slots;
    }

    private List<String> labels(long cgroupId, String command) {
        return table.labelValues(resolve(cgroupId, command));
    }

    private int resolve(long cgroupId, String command) {
        return resolve(table, cgroupId, command);
    }

    private static int resolve(IdentityTable table, long cgroupId, String command) {
        long[] words = Command.words(command);
        return table.resolve(cgroupId, words[0], words[1]);
    }
}
