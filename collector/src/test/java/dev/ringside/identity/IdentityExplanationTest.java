package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.IdentityExplanation.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdentityExplanationTest {

    private static final String POD_PATH = "/kubepods/burstable/pod0f6b2a0e-7d3c-4b44-9a59-0e3b3c1d2f10/" + HostTree.CONTAINER;

    private final IdentityTable table = new IdentityTable(new IdentityLimits(4, 10, Duration.ofSeconds(60), Duration.ofMinutes(10)));

    @Test
    void walksFromTheIdToTheLabels() {
        publish(CgroupInfo.of(7, POD_PATH));
        table.resolve(7, 0, 0);

        IdentityExplanation explanation = table.explain(7);

        assertThat(explanation.standing()).isEqualTo(Standing.LIVE);
        assertThat(explanation.path()).contains(POD_PATH);
        assertThat(explanation.slot()).contains(3);
        assertThat(explanation.labels()).containsExactly(Map.entry("namespace", ""), Map.entry("workload", "3f1b9c0de2a8"),
                Map.entry("workload_kind", "container"), Map.entry("pod", ""), Map.entry("container", ""));
        assertThat(explanation.steps()).containsExactly(
                "index: there is a cgroup 7",
                "path: " + POD_PATH,
                "owner: container " + HostTree.CONTAINER + ", runtime unknown, pod uid 0f6b2a0e-7d3c-4b44-9a59-0e3b3c1d2f10, qos burstable",
                "pods: no kubelet is asked",
                "slot: 3");
    }

    @Test
    void doesNotMakeSlotsByAsking() {
        publish(CgroupInfo.of(7, "/system.slice/nginx.service"));

        assertThat(table.explain(7).slot()).isEmpty();
        assertThat(table.explain(7).steps()).endsWith("owner: systemd unit nginx.service", "slot: none before its first event");
        assertThat(table.stats().slots()).isEqualTo(3);
    }

    @Test
    void saysWhenTheCommandDecides() {
        publish(CgroupInfo.of(1, "/"), CgroupInfo.of(8, "/handmade"));

        assertThat(table.explain(1).steps()).containsExactly("index: there is a cgroup 1", "path: /", "owner: none, the root of the hierarchy",
                "slot: one for each command");
        assertThat(table.explain(8).steps()).contains("owner: none, neither a container nor a systemd unit");
        assertThat(table.explain(8).labels()).isEmpty();
    }

    @Test
    void saysWhatIsOverAndWhatItNeverSaw() {
        publish(CgroupInfo.of(7, POD_PATH));
        publish();

        assertThat(table.explain(7).standing()).isEqualTo(Standing.LINGERING);
        assertThat(table.explain(7).steps().getFirst()).isEqualTo("index: cgroup 7 has ended, and is remembered for late events");
        assertThat(table.explain(9)).isEqualTo(new IdentityExplanation(9, Standing.UNKNOWN, Optional.empty(), Optional.empty(), Optional.empty(), Map.of(),
                List.of("index: there is no cgroup 9; an event of it asks for a scan")));
        assertThat(table.explain(0).steps()).containsExactly("index: 0 is no cgroup; kernel threads and events without a cgroup have it");
    }

    @Test
    void saysWhenThereWasNoRoom() {
        publish(CgroupInfo.of(7, POD_PATH), CgroupInfo.of(8, "/system.slice/nginx.service"));
        table.resolve(7, 0, 0);
        table.resolve(8, 0, 0);

        assertThat(table.explain(8).steps()).endsWith("owner: systemd unit nginx.service", "slot: 1, as all others are taken");
        assertThat(table.explain(8).labels()).hasSize(5).containsValue("__overflow__");
    }

    private void publish(CgroupInfo... cgroups) {
        table.publish(CgroupIndex.of(List.of(cgroups)), 0);
    }
}
