package dev.ringside.identity;

import dev.ringside.identity.kubelet.Pod;

/**
 * Something a pod carries that becomes a label of every family. The names are those of kube-state-metrics: {@code label_} or {@code annotation_}, then
 * the key with everything else than letters, digits and underscores made an underscore.
 */
public sealed interface PodLabel {

    String key();

    /** {@code label_app_kubernetes_io_name} */
    String name();

    /** Empty if the pod lacks it. */
    String valueOf(Pod pod);

    record OfLabel(String key) implements PodLabel {
        @Override
        public String name() {
            return "label_" + sanitised(key);
        }

        @Override
        public String valueOf(Pod pod) {
            return pod.labels().getOrDefault(key, "");
        }
    }

    record OfAnnotation(String key) implements PodLabel {
        @Override
        public String name() {
            return "annotation_" + sanitised(key);
        }

        @Override
        public String valueOf(Pod pod) {
            return pod.annotations().getOrDefault(key, "");
        }
    }

    static PodLabel ofLabel(String key) {
        return new OfLabel(key);
    }

    static PodLabel ofAnnotation(String key) {
        return new OfAnnotation(key);
    }

    private static String sanitised(String key) {
        return key.replaceAll("[^A-Za-z0-9_]", "_");
    }
}
