package dev.ringside.bench;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A kubelet's answer as of a node with 110 pods, 14 kB each, by the API's definitions ({@code k8s.io/api/core/v1/types.go}): most of a pod are fields
 * that are nothing to us, such as who has managed which of them, environments, volumes and probes.
 */
final class KubeletAnswer {

    static final int PODS = 110;

    private KubeletAnswer() {}

    /** @param generation of the last ten pods: others have other names, addresses and containers */
    static byte[] bytes(int generation) {
        return IntStream.range(0, PODS).mapToObj(i -> pod(i, i < PODS - 10 ? 0 : generation))
                .collect(Collectors.joining(",", "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[", "]}\n")).getBytes(StandardCharsets.UTF_8);
    }

    private static String pod(int number, int generation) {
        String uid = "%08x-1d2c-4b5a-9f3e-%012x".formatted(number, generation);
        String app = "service-" + number / 3;
        String name = app + "-5d9c7f8b6d-" + Integer.toString(100_000 + number * 7 + generation, 36);
        return """
                {"metadata":{"name":"%s","generateName":"%s-5d9c7f8b6d-","namespace":"shop","uid":"%s","resourceVersion":"%d","creationTimestamp":"2025-11-14T10:36:02Z",\
                "labels":{"app.kubernetes.io/name":"%s","app.kubernetes.io/version":"1.2.3","pod-template-hash":"5d9c7f8b6d","tier":"front"},\
                "annotations":{"kubernetes.io/config.seen":"2025-11-14T10:36:02.123456789Z","kubernetes.io/config.source":"api","example.com/team":"blue"},\
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"%s-5d9c7f8b6d","uid":"u","controller":true,"blockOwnerDeletion":true}],\
                "managedFields":[%s]},"spec":%s,"status":%s}""".formatted(name, app, uid, 100_000 + number + generation, app, app, managedFields(), spec(app), status(number, generation));
    }

    private static String managedFields() {
        String environment = IntStream.range(0, 26).mapToObj(i -> "\"k:{\\\"name\\\":\\\"SETTING_%d\\\"}\":{\".\":{},\"f:name\":{},\"f:value\":{}}".formatted(i))
                .collect(Collectors.joining(","));
        String conditions = IntStream.range(0, 5).mapToObj(i -> "\"k:{\\\"type\\\":\\\"Condition%d\\\"}\":{\".\":{},\"f:lastProbeTime\":{},\"f:lastTransitionTime\":{},\"f:status\":{},\"f:type\":{}}".formatted(i))
                .collect(Collectors.joining(","));
        return """
                {"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2025-11-14T10:36:02Z","fieldsType":"FieldsV1",\
                "fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/name":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{}}},\
                "f:spec":{"f:containers":{"k:{\\"name\\":\\"main\\"}":{".":{},"f:env":{".":{},%s},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{},"f:resources":{}}},\
                "f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{}}}},\
                {"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2025-11-14T10:36:09Z","fieldsType":"FieldsV1","subresource":"status",\
                "fieldsV1":{"f:status":{"f:conditions":{%s},"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{},"f:startTime":{}}}}""".formatted(environment, conditions);
    }

    private static String spec(String app) {
        String env = IntStream.range(0, 26).mapToObj(i -> "{\"name\":\"SETTING_%d\",\"value\":\"some value that is as long as values are, with \\\"quotes\\\" in it\"}".formatted(i))
                .collect(Collectors.joining(","));
        String volumes = IntStream.range(0, 4).mapToObj(i -> "{\"name\":\"config-%d\",\"configMap\":{\"name\":\"%s-config-%d\",\"defaultMode\":420}}".formatted(i, app, i))
                .collect(Collectors.joining(","));
        String container = """
                {"name":"%s","image":"registry.example.com/shop/%s:1.2.3","args":["--listen=:8080","--log=json"],"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],"env":[%s],\
                "resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"100m","memory":"256Mi"}},\
                "volumeMounts":[{"name":"config-0","readOnly":true,"mountPath":"/etc/app"},{"name":"kube-api-access","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],\
                "livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},\
                "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":{"allowPrivilegeEscalation":false}}""";
        return """
                {"volumes":[%s,{"name":"kube-api-access","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}],"defaultMode":420}}],\
                "initContainers":[{"name":"setup","image":"busybox:1.36","command":["sh","-c","true"],"resources":{}},{"name":"proxy","image":"proxy:2","restartPolicy":"Always","resources":{}}],\
                "containers":[%s,%s],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","nodeName":"node-1",\
                "securityContext":{},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],\
                "priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}""".formatted(volumes, container.formatted("main", app, env), container.formatted("metrics", app, env));
    }

    private static String status(int number, int generation) {
        String conditions = IntStream.range(0, 5).mapToObj(i -> "{\"type\":\"%s\",\"status\":\"True\",\"lastProbeTime\":null,\"lastTransitionTime\":\"2025-11-14T10:36:0%dZ\"}".formatted(
                new String[] {"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"}[i], 3 + i)).collect(Collectors.joining(","));
        String address = "10.1." + generation % 250 + "." + (number + 1);
        return """
                {"phase":"Running","conditions":[%s],"hostIP":"10.0.0.5","hostIPs":[{"ip":"10.0.0.5"}],"podIP":"%s","podIPs":[{"ip":"%s"}],"startTime":"2025-11-14T10:36:03Z",\
                "initContainerStatuses":[{"name":"setup","state":{"terminated":{"exitCode":0,"reason":"Completed","startedAt":"2025-11-14T10:36:05Z","finishedAt":"2025-11-14T10:36:06Z",\
                "containerID":"%s"}},"lastState":{},"ready":true,"restartCount":0,"image":"busybox:1.36","imageID":"docker.io/library/busybox@sha256:0","containerID":"%s"},%s],\
                "containerStatuses":[%s,%s],"qosClass":"Burstable"}""".formatted(conditions, address, address, container(number, generation, 0), container(number, generation, 0),
                running("proxy", number, generation, 1), running("main", number, generation, 2), running("metrics", number, generation, 3));
    }

    private static String running(String name, int number, int generation, int which) {
        return """
                {"name":"%s","state":{"running":{"startedAt":"2025-11-14T10:36:08Z"}},"lastState":{},"ready":true,"restartCount":0,"image":"registry.example.com/shop/%s:1.2.3",\
                "imageID":"registry.example.com/shop/%s@sha256:%064x","containerID":"%s","started":true}""".formatted(name, name, name, which, container(number, generation, which));
    }

    private static String container(int number, int generation, int which) {
        return "containerd://%032x%031x%d".formatted(number, generation, which);
    }
}
