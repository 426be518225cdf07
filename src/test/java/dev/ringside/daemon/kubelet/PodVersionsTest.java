package dev.ringside.daemon.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same pod as kubelets of several versions list it, each with what {@code k8s.io/api/core/v1/types.go} of that version added to the parts that are read.
 */
class PodVersionsTest {

    private static final String UID = "5abf52c4-0a0d-4127-8c84-0306b06de2cc";
    private static final String ID = "%064x".formatted(0x5abf);
    private static final Instant NETWORK = Instant.parse("2025-11-14T10:36:05Z");

    /**
     * @param spec       of its container helper, among the init containers
     * @param condition  when its network was up, if such a version tells
     * @param status     of the pod, beside what all have
     * @param container  of its container's status
     * @param helperKind what the helper is
     */
    private record Version(String name, String spec, String condition, String status, String container, Kind helperKind, boolean network) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Version> versions() {
        String upTo = "\"lastProbeTime\":null,\"lastTransitionTime\":\"2025-11-14T10:36:05Z\"}";
        String sidecar = "\"restartPolicy\":\"Always\"";
        return Stream.of(
                new Version("1.24: no condition of the network, no sidecars", "\"imagePullPolicy\":\"Always\"", "", "\"podIP\":\"10.1.0.7\",\"podIPs\":[{\"ip\":\"10.1.0.7\"}],",
                        "\"started\":true", Kind.INIT, false),
                new Version("1.25: PodHasNetwork, behind a gate", "\"imagePullPolicy\":\"Always\"", "{\"type\":\"PodHasNetwork\",\"status\":\"True\"," + upTo + ",",
                        "\"podIP\":\"10.1.0.7\",", "\"started\":true", Kind.INIT, true),
                new Version("1.27: resources of containers", "\"resizePolicy\":[{\"resourceName\":\"cpu\",\"restartPolicy\":\"NotRequired\"}]", "",
                        "\"resize\":\"Proposed\",\"podIP\":\"10.1.0.7\",", "\"allocatedResources\":{\"cpu\":\"1\"},\"resources\":{\"requests\":{\"cpu\":\"1\"}}", Kind.INIT, false),
                new Version("1.28: sidecars, PodReadyToStartContainers, hostIPs", sidecar, "{\"type\":\"PodReadyToStartContainers\",\"status\":\"True\"," + upTo + ",",
                        "\"hostIPs\":[{\"ip\":\"10.0.0.5\"}],\"resourceClaimStatuses\":[{\"name\":\"gpu\"}],\"podIP\":\"10.1.0.7\",", "\"started\":true", Kind.SIDECAR, true),
                new Version("1.31: volume mounts and users in statuses", sidecar, "{\"type\":\"PodReadyToStartContainers\",\"status\":\"True\"," + upTo + ",",
                        "\"podIP\":\"10.1.0.7\",", "\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/v\",\"recursiveReadOnly\":\"Disabled\"}],"
                        + "\"user\":{\"linux\":{\"uid\":0,\"gid\":0,\"supplementalGroups\":[0]}},\"allocatedResourcesStatus\":[{\"name\":\"gpu\",\"resources\":[{\"resourceID\":\"1\"}]}]",
                        Kind.SIDECAR, true),
                new Version("1.34: observed generations, rules of restarting, stop signals", sidecar + ",\"restartPolicyRules\":[{\"action\":\"Restart\",\"exitCodes\":{\"operator\":\"In\",\"values\":[42]}}]",
                        "{\"type\":\"PodReadyToStartContainers\",\"observedGeneration\":3,\"status\":\"True\"," + upTo + ",",
                        "\"observedGeneration\":3,\"extendedResourceClaimStatus\":{\"resourceClaimName\":\"c\"},\"podIP\":\"10.1.0.7\",", "\"stopSignal\":\"SIGTERM\"", Kind.SIDECAR, true),
                new Version("a version to come: fields and conditions that nobody knows yet", sidecar + ",\"restartPolicyOf\":{\"restartPolicy\":\"Never\"}",
                        "{\"type\":\"PodReadyToStartContainers\",\"status\":\"True\"," + upTo + ",{\"type\":\"PodIsHappy\",\"status\":{\"deep\":[1,2,{\"ip\":\"1.2.3.4\"}]}},",
                        "\"podIPs\":[{\"ip\":\"10.1.0.7\",\"family\":{\"ip\":\"1.2.3.4\"}}],\"containerStatusesByName\":{\"web\":{\"containerID\":\"containerd://other\"}},",
                        "\"containerIDs\":[\"containerd://other\"]", Kind.SIDECAR, true));
    }

    private static String pod(Version version) {
        return """
                {"metadata":{"name":"web-0","namespace":"shop","uid":"%1$s","creationTimestamp":"2025-11-14T10:36:02Z","labels":{"app":"web"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","uid":"o","controller":true,"blockOwnerDeletion":true}]},
                "spec":{"nodeName":"node","initContainers":[{"name":"helper","image":"h",%3$s}],"containers":[{"name":"web","image":"w"}]},
                "status":{%5$s"phase":"Running","conditions":[%4$s{"type":"Ready","status":"True","lastTransitionTime":"2025-11-14T10:36:09Z"}],
                "hostIP":"10.0.0.5","startTime":"2025-11-14T10:36:03Z",
                "initContainerStatuses":[{"name":"helper","state":{"running":{"startedAt":"2025-11-14T10:36:06Z"}},"restartCount":0,"image":"h","containerID":"containerd://%2$s"}],
                "containerStatuses":[{"name":"web","state":{"running":{"startedAt":"2025-11-14T10:36:08Z"}},"lastState":{},"restartCount":2,"image":"w","imageID":"sha256:0",
                "containerID":"cri-o://%2$s",%6$s}]}}
                """.formatted(UID, ID, version.spec(), version.condition(), version.status(), version.container());
    }

    @ParameterizedTest
    @MethodSource("versions")
    void isReadTheSameFromEachVersion(Version version) throws IOException {
        byte[] json = PodJson.list(pod(version)).getBytes(StandardCharsets.UTF_8);
        PodListParser parser = new PodListParser(Set.of());
        parser.feed(json, json.length);

        assertThat(parser.finish()).singleElement().satisfies(pod -> {
            assertThat(pod).extracting(Pod::uid, Pod::namespace, Pod::name, Pod::workload, Pod::phase).containsExactly(UID, "shop", "web-0",
                    new Workload("statefulset", "web"), "Running");
            assertThat(pod.ips()).containsExactly("10.1.0.7");
            assertThat(pod.networkUp()).isEqualTo(version.network() ? Optional.of(NETWORK) : Optional.empty());
            assertThat(pod.ready()).contains(Instant.parse("2025-11-14T10:36:09Z"));
            assertThat(pod.containers()).extracting(PodContainer::name, PodContainer::kind, PodContainer::id, PodContainer::restarts).containsExactly(
                    tuple("helper", version.helperKind(), ID, 0), tuple("web", Kind.REGULAR, ID, 2));
        });
    }
}
