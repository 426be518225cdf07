package dev.ringside.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Pods;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodJoinTest {

    /** As the API has it, whatever the cgroup's path says. */
    @Test
    void aPodsContainerHasItsUid() {
        PodJoin join = new PodJoin(List.of());
        join.use(PodIndex.empty().next(List.of(Pods.running("web-1", 0, "10.1.0.7", Pods.container("app", 3, 0))), Pods.at(1), Duration.ofMinutes(1)));

        Identity identity = join.of(CgroupInfo.of(1, "/docker/" + Pods.id(3))).identity();

        assertThat(identity.podUid()).isEqualTo("uid-web-1");
        assertThat(identity.pod()).isEqualTo("web-1");
        assertThat(join.of(CgroupInfo.of(2, "/docker/" + Pods.id(4))).identity().podUid()).isEmpty();
    }
}
