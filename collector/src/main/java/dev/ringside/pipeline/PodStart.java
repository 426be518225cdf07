package dev.ringside.pipeline;

import dev.ringside.identity.kubelet.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How a pod started. Stages that nobody told the ends of are empty; a second off at most where one end is the API's, which tells whole seconds.
 *
 * @param scheduling from its creation until a node was found
 * @param sandbox    from then until the kernel made its sandbox's cgroup
 * @param containers from then until the container's first exec, by name
 * @param ready      from the last of these until the kubelet called it ready; empty for one that was over before
 */
public record PodStart(String namespace, String pod, String uid, Workload workload, Optional<Instant> created, Optional<Duration> scheduling,
                       Optional<Duration> sandbox, Map<String, Duration> containers, Optional<Duration> ready) {

    public PodStart {
        containers = Collections.unmodifiableMap(new LinkedHashMap<>(containers));
    }
}
