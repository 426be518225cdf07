package dev.ringside.kube;

import java.util.List;

/** A pod of one container that does what a shell can. */
final class Busybox {

    private Busybox() {}

    /** @param more of its specification, as a line of YAML */
    static String pod(String name, String more, String... command) {
        String words = String.join(", ", List.of(command).stream().map(word -> '"' + word.replace("\"", "\\\"") + '"').toList());
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  nodeName: node
                  terminationGracePeriodSeconds: 0
                  %s
                  containers:
                  - {name: main, image: "localhost/busybox:1", command: [%s]}
                """.formatted(name, more, words);
    }
}
