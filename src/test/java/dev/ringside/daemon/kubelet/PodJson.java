package dev.ringside.daemon.kubelet;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Pod lists as a kubelet writes them, by the API's definitions ({@code k8s.io/api/core/v1/types.go}): most of it is nothing to us. */
final class PodJson {

    private PodJson() {}

    static String list(String... pods) {
        return """
                {"kind":"PodList","apiVersion":"v1","metadata":{},"items":[%s]}
                """.formatted(String.join(",", pods));
    }

    /** A deployment's pod with two containers, as a real one: 13 kB, most of it in fields that are passed over. */
    static String large(int number) {
        String env = IntStream.range(0, 60).mapToObj(i -> """
                {"name":"SETTING_%d","value":"some value that is as long as values are, with \\"quotes\\" and \\u00e9 in it"}""".formatted(i))
                .collect(Collectors.joining(","));
        return """
                {"metadata":{"name":"web-5d9c7f8b6d-%1$05d","generateName":"web-5d9c7f8b6d-","namespace":"shop","uid":"%2$s",
                "resourceVersion":"12345","creationTimestamp":"2025-11-14T10:36:02Z",
                "labels":{"app.kubernetes.io/name":"web","app.kubernetes.io/version":"1.2.3","pod-template-hash":"5d9c7f8b6d","tier":"front"},
                "annotations":{"kubernetes.io/config.seen":"2025-11-14T10:36:02.123456789Z","kubernetes.io/config.source":"api","example.com/team":"blue",
                "kubectl.kubernetes.io/last-applied-configuration":"%5$s"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d9c7f8b6d","uid":"u","controller":true,"blockOwnerDeletion":true}],
                "managedFields":[{"manager":"kube-controller-manager","operation":"Update","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:name":{}}}}}]},
                "spec":{"volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}]}}],
                "initContainers":[{"name":"setup","image":"busybox","resources":{}},{"name":"proxy","image":"proxy","restartPolicy":"Always"}],
                "containers":[{"name":"nginx","image":"nginx:1.25","env":[%4$s],"resources":{"limits":{"cpu":"1","memory":"1Gi"}}}],
                "restartPolicy":"Always","nodeName":"node-1","tolerations":[{"key":"a","operator":"Exists"}],"priority":0},
                "status":{"phase":"Running","conditions":[
                {"type":"PodReadyToStartContainers","status":"True","lastProbeTime":null,"lastTransitionTime":"2025-11-14T10:36:05Z"},
                {"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":"2025-11-14T10:36:09Z"},
                {"type":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"2025-11-14T10:36:03Z"}],
                "hostIP":"10.0.0.5","podIP":"10.1.0.%3$d","podIPs":[{"ip":"10.1.0.%3$d"},{"ip":"fd00::%3$x"}],"startTime":"2025-11-14T10:36:03Z",
                "initContainerStatuses":[
                {"name":"setup","state":{"terminated":{"exitCode":0,"reason":"Completed","startedAt":"2025-11-14T10:36:05Z","finishedAt":"2025-11-14T10:36:06Z",
                "containerID":"containerd://%6$s1"}},"lastState":{},"ready":true,"restartCount":0,"image":"busybox","containerID":"containerd://%6$s1"},
                {"name":"proxy","state":{"running":{"startedAt":"2025-11-14T10:36:07Z"}},"ready":true,"restartCount":0,"image":"proxy","containerID":"containerd://%6$s2"}],
                "containerStatuses":[{"name":"nginx","state":{"running":{"startedAt":"2025-11-14T10:36:08Z"}},
                "lastState":{"terminated":{"exitCode":1,"startedAt":"2025-11-14T10:36:07Z","finishedAt":"2025-11-14T10:36:07Z","containerID":"containerd://%6$s3"}},
                "ready":true,"restartCount":1,"image":"nginx:1.25","imageID":"sha256:0","containerID":"containerd://%6$s4","started":true}],
                "ephemeralContainerStatuses":[{"name":"debugger","state":{"waiting":{"reason":"ContainerCreating"}},"restartCount":0,"image":"busybox","containerID":""}],
                "qosClass":"Burstable"}}
                """.formatted(number, "uid-" + number, number % 250, env, "{\\\"apiVersion\\\":\\\"apps/v1\\\"}".repeat(120), "%063x".formatted(number));
    }
}
