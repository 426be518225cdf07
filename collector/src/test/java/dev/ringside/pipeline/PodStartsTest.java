package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.metric.FamilySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stages of pods' starts, by clocks a test sets: cgroups and execs as the kernel tells them, pods as the kubelet does. */
class PodStartsTest {

    private static final String UID = "11111111-1111-4111-8111-111111111111";
    private static final long SECOND = 1_000_000_000L;

    private final List<PodStart> heard = new ArrayList<>();
    private final PodStarts starts = new PodStarts(new WallClock(), heard::add);
    private final long beginNanos = System.nanoTime();
    private final Instant begin = Instant.now();

    private static String id(int container) {
        return "%064x".formatted(container);
    }

    private void made(int container, double second) {
        starts.made(CgroupInfo.of(1000 + container, "/kubepods/burstable/pod" + UID + "/" + id(container)), nanos(second));
    }

    private void executed(int container, double second) {
        starts.executed(1000 + container, nanos(second));
    }

    private long nanos(double second) {
        return beginNanos + (long) (second * SECOND);
    }

    private static PodContainer container(String name, int number, PodContainer.Kind kind) {
        return new PodContainer(name, kind, "image", id(number), "", 0, PodContainer.State.RUNNING, Optional.empty(), Optional.empty());
    }

    private Pod pod(String phase, Optional<Double> ready, PodContainer... containers) {
        return new Pod(UID, "shop", "web-0", new Workload("statefulset", "web"), Map.of(), Map.of(), List.of(), false, phase, at(0), at(1), at(1),
                Optional.empty(), ready.flatMap(this::at), List.of(containers));
    }

    private Optional<Instant> at(double second) {
        return Optional.of(begin.plusNanos((long) (second * SECOND)));
    }

    private void told(Pod... pods) {
        starts.update(PodIndex.empty().next(List.of(pods), Instant.now(), Duration.ofMinutes(5)));
    }

    private long count(String stage) {
        FamilySnapshot family = starts.families(0).getFirst();
        int variant = family.spec().labels().getFirst().values().indexOf(stage);
        long count = 0;
        for (int row = 0; row < family.rows(); row++) {
            for (int bucket = 0; bucket <= family.spec().buckets().size(); bucket++) {
                count += family.bucketCount(row, variant, bucket);
            }
        }
        return count;
    }

    /** Clocks are read a moment apart. */
    private static void assertAbout(Duration actual, double seconds) {
        assertThat(actual).isBetween(Duration.ofMillis(Math.round(seconds * 1000) - 100), Duration.ofMillis(Math.round(seconds * 1000) + 100));
    }

    @Test
    void eachStageIsTimed() {
        made(1, 2); // the sandbox's own
        executed(1, 2.1);
        made(2, 3);
        executed(2, 3.5);
        executed(2, 3.6); // the same container again
        told(pod("Pending", Optional.empty(), container("main", 2, PodContainer.Kind.REGULAR)));
        assertThat(starts.told()).as("not ready").isEmpty();
        made(3, 4);
        executed(3, 4.5);

        told(pod("Running", Optional.of(6.0), container("main", 2, PodContainer.Kind.REGULAR), container("helper", 3, PodContainer.Kind.SIDECAR)));

        assertThat(starts.told()).singleElement().satisfies(start -> {
            assertThat(start.pod()).isEqualTo("web-0");
            assertAbout(start.scheduling().orElseThrow(), 1);
            assertAbout(start.sandbox().orElseThrow(), 1);
            assertThat(start.containers()).containsOnlyKeys("main", "helper");
            assertAbout(start.containers().get("main"), 1.5);
            assertAbout(start.containers().get("helper"), 2.5);
            assertAbout(start.ready().orElseThrow(), 1.5);
        });
        assertThat(heard).as("told once to those who watch").isEqualTo(starts.told());
        KernelEvent event = PodStarts.describe(heard.getFirst(), 17);
        assertThat(event.identity()).containsEntry("workload", "web").containsEntry("pod", "web-0");
        assertThat(event.fields()).containsOnlyKeys("pod", "uid", "created", "scheduling_ms", "sandbox_ms", "first_exec_ms", "ready_ms");
        assertThat(event.fields().get("first_exec_ms")).asString().matches("main=\\d+ helper=\\d+");
        assertThat(Stream.of("scheduling", "sandbox", "container", "ready").map(this::count)).containsExactly(1L, 1L, 2L, 1L);
    }

    @Test
    void aRestartIsNoStart() {
        made(1, 2);
        executed(1, 2.1);
        told(pod("Running", Optional.of(3.0), container("main", 1, PodContainer.Kind.REGULAR)));
        made(2, 100);
        executed(2, 100.5);

        told(pod("Running", Optional.of(101.0), container("main", 2, PodContainer.Kind.REGULAR)));

        assertThat(starts.told()).hasSize(1);
    }

    @Test
    void aPodThatBeganBeforeUsIsNotTold() {
        Pod old = new Pod(UID, "shop", "web-0", new Workload("statefulset", "web"), Map.of(), Map.of(), List.of(), false, "Running", at(-100), at(-100), at(-100),
                Optional.empty(), at(3), List.of(container("main", 1, PodContainer.Kind.REGULAR)));
        made(1, 2);
        executed(1, 2.1);

        told(old);

        assertThat(starts.told()).isEmpty();
    }

    @Test
    void whatWasOverBeforeItWasReadyIsToldWithoutThat() {
        made(1, 2);
        executed(1, 2.25);

        told(pod("Succeeded", Optional.empty(), container("main", 1, PodContainer.Kind.REGULAR)));

        assertThat(starts.told()).singleElement().satisfies(start -> {
            assertAbout(start.containers().get("main"), 0.25);
            assertThat(start.ready()).isEmpty();
        });
    }
}
