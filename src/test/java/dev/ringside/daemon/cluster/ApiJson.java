package dev.ringside.daemon.cluster;

/** Objects as an API server writes them, by the API's definitions. */
final class ApiJson {

    private ApiJson() {}

    static String list(String kind, String version, String... items) {
        return page(kind, version, "", items);
    }

    static String page(String kind, String version, String next, String... items) {
        return "{\"kind\":\"%s\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%s\"%s},\"items\":[%s]}".formatted(kind, version,
                next.isEmpty() ? "" : ",\"continue\":\"" + next + "\",\"remainingItemCount\":1", String.join(",", items));
    }

    /** A deployment's pod. */
    static String pod(String workload, String version, String ip) {
        return pod(workload, version, ip, "far", "", "Running");
    }

    static String pod(String workload, String version, String ip, String node, String spec, String phase) {
        return """
                {"kind":"Pod","apiVersion":"v1","metadata":{"name":"%1$s-5d9c7f8b6d-x2x4z","generateName":"%1$s-5d9c7f8b6d-","namespace":"shop","uid":"uid-%1$s",
                "resourceVersion":"%2$s","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"%1$s","pod-template-hash":"5d9c7f8b6d"},
                "annotations":{"example.com/long":"{\\"a\\":[1,2,{}]}"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"%1$s-5d9c7f8b6d","uid":"u","controller":true,"blockOwnerDeletion":true}],
                "managedFields":[{"manager":"kubelet","operation":"Update","fieldsV1":{"f:status":{"f:podIP":{}}}}]},
                "spec":{"containers":[{"name":"nginx","image":"nginx","env":[{"name":"A","value":"b"}]}],"nodeName":"%4$s",%5$s"restartPolicy":"Always"},
                "status":{"phase":"%6$s","hostIP":"192.168.0.9","podIP":"%3$s","podIPs":[{"ip":"%3$s"}],"startTime":"2026-01-01T00:00:01Z",
                "containerStatuses":[{"name":"nginx","state":{"running":{"startedAt":"2026-01-01T00:00:02Z"}},"ready":true,"restartCount":0}]}}"""
                .formatted(workload, version, ip, node, spec, phase).replace("\n", "");
    }

    static String service(String name, String version, String ip) {
        return """
                {"kind":"Service","apiVersion":"v1","metadata":{"name":"%1$s","namespace":"shop","uid":"uid-service-%1$s","resourceVersion":"%2$s",\
                "creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"ports":[{"port":80,"targetPort":8080}],"clusterIP":"%3$s","clusterIPs":["%3$s"],"type":"ClusterIP"},\
                "status":{"loadBalancer":{}}}""".formatted(name, version, ip);
    }

    static String bookmark(String kind, String version) {
        return "{\"kind\":\"%s\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%s\",\"creationTimestamp\":null},\"spec\":{\"containers\":null},\"status\":{}}"
                .formatted(kind, version);
    }

    /** Also in an object's place, in a watch's {@code ERROR}. */
    static String status(int code, String reason, String message) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"%s\",\"reason\":\"%s\",\"code\":%d}"
                .formatted(message, reason, code);
    }
}
