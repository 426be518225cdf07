package dev.ringside.identity.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Workload.Owner;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final String CREATED = "2025-11-14T10:36:02Z";

    @ParameterizedTest
    @CsvSource({
        "ReplicaSet, web-5d9c7f8b6d, 5d9c7f8b6d, deployment, web",
        "ReplicaSet, web-front-7c5ddbdf54, 7c5ddbdf54, deployment, web-front",
        // Made by hand, or by somebody else's controller.
        "ReplicaSet, web-5d9c7f8b6d, '', replicaset, web-5d9c7f8b6d",
        "ReplicaSet, web-5d9c7f8b6d, 7c5ddbdf54, replicaset, web-5d9c7f8b6d",
        "ReplicaSet, -5d9c7f8b6d, 5d9c7f8b6d, replicaset, -5d9c7f8b6d",
        "StatefulSet, db, '', statefulset, db",
        "DaemonSet, node-exporter, '', daemonset, node-exporter",
        "ReplicationController, old, '', replicationcontroller, old",
        "Rollout, canary, '', rollout, canary",
        // 29385276 minutes are 10:36:00 on that day, 1763116560 seconds as well.
        "Job, backup-29385276, '', cronjob, backup",
        "Job, backup-1763116560, '', cronjob, backup",
        "Job, nightly-backup-29385200, '', cronjob, nightly-backup",
        // A date, which as minutes was long ago; a time to come; no number; too short.
        "Job, backup-20251114, '', job, backup-20251114",
        "Job, backup-29385999, '', job, backup-29385999",
        "Job, backup-2938527a, '', job, backup-2938527a",
        "Job, backup-29385, '', job, backup-29385",
        "Job, 29385276, '', job, 29385276",
    })
    void followsTheOwnersName(String ownerKind, String ownerName, String hash, String kind, String name) {
        Map<String, String> labels = hash.isEmpty() ? Map.of() : Map.of("pod-template-hash", hash);

        assertThat(Workload.of("some-pod", Optional.of(new Owner(ownerKind, ownerName)), false, "node-1", labels, Optional.of(Instant.parse(CREATED))))
                .isEqualTo(new Workload(kind, name));
    }

    @Test
    void aJobThatDoesNotTellItsTimeIsAJob() {
        assertThat(Workload.of("p", Optional.of(new Owner("Job", "backup-29385276")), false, "", Map.of(), Optional.empty()))
                .isEqualTo(new Workload("job", "backup-29385276"));
    }

    @ParameterizedTest
    @CsvSource({
        "etcd-node-1, node-1, etcd",
        "etcd, node-1, etcd",
        "-node-1, node-1, -node-1",
        "etcd-node-1, '', etcd-node-1",
    })
    void aStaticPodLosesTheNodesName(String pod, String node, String name) {
        assertThat(Workload.of(pod, Optional.of(new Owner("Node", "node-1")), true, node, Map.of(), Optional.empty()))
                .isEqualTo(new Workload("staticpod", name));
    }

    @Test
    void aPodOfNobodyIsItsOwnWorkload() {
        assertThat(Workload.of("debug", Optional.empty(), false, "node-1", Map.of(), Optional.empty())).isEqualTo(new Workload("barepod", "debug"));
    }
}
