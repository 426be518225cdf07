package dev.ringside.identity.kubelet;

import static dev.ringside.identity.kubelet.Pods.at;
import static dev.ringside.identity.kubelet.Pods.container;
import static dev.ringside.identity.kubelet.Pods.ended;
import static dev.ringside.identity.kubelet.Pods.id;
import static dev.ringside.identity.kubelet.Pods.pod;
import static dev.ringside.identity.kubelet.Pods.restarted;
import static dev.ringside.identity.kubelet.Pods.running;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodIndexTest {

    private static final Duration LINGER = Duration.ofSeconds(100);
    private static final String IP = "10.1.0.7";

    private PodIndex index = PodIndex.empty();

    private void answer(long second, Pod... pods) {
        index = index.next(List.of(pods), at(second), LINGER);
    }

    private String containerOf(int id) {
        return index.container(id(id)).map(run -> run.pod().name() + "/" + run.container().name()).orElse("");
    }

    private String ownerAt(long second) {
        return index.owner(IP, at(second)).map(Pod::name).orElse("");
    }

    @Test
    void findsWhatIsListed() {
        answer(1, running("web-1", 0, IP, container("nginx", 1, 0), container("log", 2, 0)));

        assertThat(containerOf(1)).isEqualTo("web-1/nginx");
        assertThat(containerOf(2)).isEqualTo("web-1/log");
        assertThat(containerOf(3)).isEmpty();
        assertThat(index.pod("uid-web-1")).get().extracting(Pod::name).isEqualTo("web-1");
        assertThat(index.listed()).isEqualTo(1);
    }

    /** As 1.34 tells: a container that ran from second 3 on, and a network that is said to be up from second 5 on. */
    @Test
    void anAddressIsAPodsFromItsFirstContainersStartOnHoweverLateItsNetworkIsSaidToBeUp() {
        answer(9, running("web-1", 5, IP, container("log", 2, 6), container("nginx", 1, 3)));

        assertThat(ownerAt(3)).isEqualTo("web-1");
        assertThat(ownerAt(2)).isEmpty();
    }

    @Test
    void anEarlierRunIsStillKnown() {
        answer(1, running("web-1", 0, IP, container("nginx", 1, 0)));
        answer(2, running("web-1", 0, IP, restarted("nginx", 2, 1, 2)));
        answer(3, running("web-1", 0, IP, restarted("nginx", 4, 3, 3)));

        for (int run = 1; run <= 4; run++) {
            assertThat(containerOf(run)).isEqualTo("web-1/nginx");
        }
        answer(102, running("web-1", 0, IP, restarted("nginx", 4, 3, 3)));
        assertThat(containerOf(1)).as("a run that is long over").isEqualTo("web-1/nginx");
        answer(103, running("web-1", 0, IP, restarted("nginx", 4, 3, 3)));
        assertThat(containerOf(1)).as("a run that is long over").isEmpty();
        assertThat(containerOf(3)).isEqualTo("web-1/nginx");
    }

    @Test
    void aGonePodLingers() {
        answer(1, running("web-1", 0, IP, container("nginx", 1, 0)));
        answer(2);

        assertThat(index.listed()).isZero();
        assertThat(index.pods()).isEmpty();
        assertThat(containerOf(1)).isEqualTo("web-1/nginx");
        answer(101);
        assertThat(containerOf(1)).isEqualTo("web-1/nginx");
        answer(102);
        assertThat(containerOf(1)).isEmpty();
        assertThat(index.pod("uid-web-1")).isEmpty();
        assertThat(ownerAt(1)).isEmpty();
    }

    @Test
    void listsThePodsOfTheLastAnswer() {
        answer(1, running("web-1", 0, IP), running("web-2", 0, "10.1.0.8"));
        answer(2, running("web-2", 0, "10.1.0.8"));

        assertThat(index.pods()).extracting(Pod::name).containsExactly("web-2");
    }

    @Test
    void aStaticPodIsFoundByItsOwnUidThoughTheApiServersImageIsListed() {
        Pod mirror = running("etcd-node", 0, "");
        Pod withHash = new Pod(mirror.uid(), mirror.namespace(), mirror.name(), mirror.workload(), Map.of(), Map.of(Pod.CONFIG_MIRROR, "0af3"),
                List.of(), true, "Running", mirror.created(), mirror.scheduled(), mirror.started(), mirror.networkUp(), mirror.ready(), List.of());
        answer(1, withHash);

        assertThat(index.pod("0af3")).contains(withHash);
    }

    @Test
    void anAddressIsNobodysBeforeItsFirstOwner() {
        answer(20, running("web-1", 10, IP));

        assertThat(ownerAt(9)).isEmpty();
        assertThat(ownerAt(10)).isEqualTo("web-1");
        assertThat(ownerAt(1000)).isEqualTo("web-1");
    }

    @Test
    void aReusedAddressGoesToItsNewOwnerWhenItOwnsIt() {
        answer(20, running("old-1", 10, IP, container("c", 1, 10)));
        answer(40, running("new-1", 30, IP, container("c", 2, 30)));

        assertThat(ownerAt(29)).isEqualTo("old-1");
        assertThat(ownerAt(30)).isEqualTo("new-1");
    }

    @Test
    void aPodThatIsOverNoLongerHasTheAddressInItsStatus() {
        answer(20, running("old-1", 10, IP, container("c", 1, 10)));
        answer(40, pod("old-1", 10, IP, "Succeeded", ended("c", 1, 10, 25)), running("new-1", 30, IP, container("c", 2, 30)));

        assertThat(ownerAt(25)).isEqualTo("old-1");
        assertThat(ownerAt(26)).isEmpty();
        assertThat(ownerAt(30)).isEqualTo("new-1");
    }

    @Test
    void theOrderOfTheAnswerDoesNotMatter() {
        Pod over = pod("old-1", 10, IP, "Failed", ended("c", 1, 10, 25));
        Pod current = running("new-1", 30, IP, container("c", 2, 30));
        answer(40, current, over);
        assertThat(ownerAt(20)).isEqualTo("old-1");
        assertThat(ownerAt(50)).isEqualTo("new-1");
        answer(41, over, current);
        assertThat(ownerAt(20)).isEqualTo("old-1");
        assertThat(ownerAt(50)).isEqualTo("new-1");
    }

    @Test
    void aGonePodsAddressIsNobodysSinceItWasMissed() {
        answer(20, running("old-1", 10, IP));
        answer(40);

        assertThat(ownerAt(39)).isEqualTo("old-1");
        assertThat(ownerAt(40)).isEmpty();
    }

    @Test
    void theNodesAddressIsNoPods() {
        Pod pod = running("proxy-1", 10, IP);
        answer(20, new Pod(pod.uid(), pod.namespace(), pod.name(), pod.workload(), Map.of(), Map.of(), List.of(IP), true, "Running", pod.created(),
                pod.scheduled(), pod.started(), pod.networkUp(), pod.ready(), List.of()));

        assertThat(ownerAt(30)).isEmpty();
    }

    @Test
    void isBoundedWhateverComesAndGoes() {
        for (int round = 0; round < 20; round++) {
            List<Pod> pods = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                int number = 1 + round * 500 + i;
                pods.add(running("p" + number + "-x", round, "10.1." + number / 250 + "." + number % 250, container("c", number, round)));
            }
            index = index.next(pods, at(round), LINGER);
        }

        assertThat(containerOf(1)).isEmpty();
        assertThat(containerOf(10_000 - PodIndex.MAX_GONE - 1000)).isEmpty();
        assertThat(containerOf(10_000 - PodIndex.MAX_GONE + 1)).isNotEmpty();
        assertThat(containerOf(10_000)).isNotEmpty();
    }
}
