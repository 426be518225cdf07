package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.identity.runtime.RuntimeContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Containers under the names that their runtimes wrote down, alone and together with what a kubelet says. */
class RuntimeJoinTest {

    private static final String UID = "0a1b2c3d-0000-4000-8000-000000000001";
    private static final String ID = "%064x".formatted(0xabc);
    private static final CgroupInfo DOCKERS = CgroupInfo.of(7, "/docker/" + ID);
    private static final CgroupInfo PODS = CgroupInfo.of(8, "/kubepods/burstable/pod" + UID + "/" + ID);

    private final List<String> asked = new ArrayList<>();
    private final IdentityTable table = new IdentityTable(new IdentityLimits(100, 100, Duration.ofSeconds(60), Duration.ofMinutes(10)));

    private void lookUp(boolean taken) {
        table.useRuntimes(container -> {
            asked.add(container.id());
            return taken;
        });
    }

    private void tell(RuntimeContainer container) {
        table.publish(Map.of(ID, Optional.of(container)));
    }

    private int event(CgroupInfo cgroup) {
        return table.resolve(cgroup.id(), 0, 0);
    }

    private List<String> labels(CgroupInfo cgroup) {
        return table.labelValues(event(cgroup));
    }

    private static RuntimeContainer ofPod(String name, boolean sandbox) {
        return new RuntimeContainer(name, "web:1", Optional.of(new RuntimeContainer.OfPod("shop", "web-0", UID)), sandbox);
    }

    private static PodIndex pods(PodContainer... containers) {
        Pod pod = new Pod(UID, "shop", "web-0", new Workload("statefulset", "web"), Map.of(), Map.of(), List.of(), false, "Running", Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(containers));
        return PodIndex.empty().next(List.of(pod), Instant.EPOCH, Duration.ofMinutes(5));
    }

    @Test
    void aContainerWaitsForItsNameAndHasIt() {
        lookUp(true);
        table.made(DOCKERS, 1);
        table.made(CgroupInfo.of(9, "/docker/" + ID + "/system.slice/cron.service"), 2);
        assertThat(asked).as("one container, whatever is below it").containsExactly(ID);
        assertThat(event(DOCKERS)).isEqualTo(IdentityTable.AWAITING_POD);

        tell(new RuntimeContainer("db", "postgres:17", Optional.empty(), false));

        assertThat(labels(DOCKERS)).containsExactly("", "db", "container", "", "db");
        assertThat(table.resolve(9, 0, 0)).isEqualTo(event(DOCKERS));
        assertThat(table.explain(7).steps()).contains("runtime: wrote down db, image postgres:17");
        assertThat(table.writtenDown()).singleElement().satisfies(each -> assertThat(each.notes().image()).isEqualTo("postgres:17"));
    }

    @Test
    void oneThatNobodyWroteDownGoesByItsId() {
        lookUp(true);
        table.made(DOCKERS, 1);
        table.publish(Map.of(ID, Optional.empty()));

        assertThat(labels(DOCKERS)).containsExactly("", ID.substring(0, 12), "container", "", "");
    }

    @Test
    void oneThatCantBeLookedUpIsNotWaitedFor() {
        lookUp(false);
        table.made(DOCKERS, 1);

        assertThat(labels(DOCKERS)).containsExactly("", ID.substring(0, 12), "container", "", "");
    }

    @Test
    void anEventThatCouldNotWaitIsFollowedByOthersUnderTheName() {
        lookUp(true);
        table.made(DOCKERS, 1);
        assertThat(table.labelValues(table.resolveNow(7, 0, 0))).containsExactly("", ID.substring(0, 12), "container", "", "");

        tell(new RuntimeContainer("db", "", Optional.empty(), false));

        assertThat(labels(DOCKERS)).containsExactly("", "db", "container", "", "db");
    }

    @Test
    void aPodThatNoKubeletTellsOfIsNamedByItsRuntime() {
        lookUp(true);
        table.made(PODS, 1);
        tell(ofPod("nginx", false));

        assertThat(labels(PODS)).containsExactly("shop", "web-0", "pod", "web-0", "nginx");
    }

    /** The kubelet tells of a pod before it starts its containers, and of those only afterwards. */
    @Test
    void aPodThatIsToldAndAContainerThatIsWrittenDownAreAName() {
        lookUp(true);
        table.publish(pods());
        table.made(PODS, 1);
        assertThat(event(PODS)).isEqualTo(IdentityTable.AWAITING_POD);

        tell(ofPod("nginx", false));

        assertThat(labels(PODS)).containsExactly("shop", "web", "statefulset", "web-0", "nginx");
        int slot = event(PODS);
        table.publish(pods(new PodContainer("nginx", PodContainer.Kind.REGULAR, "web:1", ID, "", 0, PodContainer.State.RUNNING, Optional.empty(), Optional.empty())));
        assertThat(event(PODS)).as("the kubelet says the same").isEqualTo(slot);
    }

    @Test
    void aSandboxIsItsPodsAndWaitsForNobody() {
        lookUp(true);
        table.publish(pods());
        table.made(PODS, 1);
        tell(ofPod("web-0", true));

        assertThat(labels(PODS)).containsExactly("shop", "web", "statefulset", "web-0", "");
    }

    @Test
    void aPodThatIsNotToldYetIsWaitedForAlthoughItsContainerIsWrittenDown() {
        lookUp(true);
        table.publish(PodIndex.empty());
        table.made(PODS, 1);
        tell(ofPod("nginx", false));
        assertThat(event(PODS)).isEqualTo(IdentityTable.AWAITING_POD);

        assertThat(table.labelValues(table.resolveNow(8, 0, 0))).containsExactly("shop", "web-0", "pod", "web-0", "nginx");
        table.publish(pods());
        assertThat(labels(PODS)).containsExactly("shop", "web", "statefulset", "web-0", "nginx");
    }

    @Test
    void notesAreForgottenWithTheirContainer() {
        lookUp(true);
        table.made(DOCKERS, 1);
        tell(new RuntimeContainer("db", "", Optional.empty(), false));
        table.removed(7, 2, 2);
        assertThat(labels(DOCKERS)).as("its last events come late").contains("db");

        table.drainExpired(Duration.ofMinutes(2).toNanos(), _ -> { });
        table.publish(CgroupIndex.of(List.of(), Duration.ofMinutes(2).toNanos()), Duration.ofMinutes(2).toNanos());
        table.made(DOCKERS, Duration.ofMinutes(3).toNanos());
        assertThat(asked).as("asked anew").containsExactly(ID, ID);
    }
}
