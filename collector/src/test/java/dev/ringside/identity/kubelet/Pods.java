package dev.ringside.identity.kubelet;

import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.PodContainer.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pods for tests, with as little said as matters there. */
public final class Pods {

    private Pods() {}

    public static Instant at(long second) {
        return Instant.ofEpochSecond(1_700_000_000L + second);
    }

    /** A container's id, from a number. */
    public static String id(int number) {
        return "%064x".formatted(number);
    }

    public static Pod running(String name, long since, String ip, PodContainer... containers) {
        return pod(name, since, ip, "Running", containers);
    }

    public static Pod pod(String name, long since, String ip, String phase, PodContainer... containers) {
        return new Pod("uid-" + name, "shop", name, new Workload("deployment", name.replaceAll("-.*", "")), Map.of("app", name), Map.of(),
                ip.isEmpty() ? List.of() : List.of(ip), false, phase, Optional.of(at(since)), Optional.of(at(since)), Optional.of(at(since)),
                Optional.of(at(since)), Optional.empty(), List.of(containers));
    }

    public static PodContainer container(String name, int id, long since) {
        return new PodContainer(name, Kind.REGULAR, "registry.example/" + name, id(id), "", 0, State.RUNNING, Optional.of(at(since)), Optional.empty());
    }

    public static PodContainer ended(String name, int id, long since, long until) {
        return new PodContainer(name, Kind.REGULAR, "registry.example/" + name, id(id), "", 0, State.TERMINATED, Optional.of(at(since)), Optional.of(at(until)));
    }

    public static PodContainer restarted(String name, int id, int previousId, long since) {
        return new PodContainer(name, Kind.REGULAR, "registry.example/" + name, id(id), id(previousId), 1, State.RUNNING, Optional.of(at(since)),
                Optional.empty());
    }
}
