package dev.ringside.daemon.kubelet;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodContainer.Kind;
import dev.ringside.identity.kubelet.PodContainer.State;
import dev.ringside.identity.kubelet.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A pod while it is read: members come in any order, so nothing can be concluded before its end. */
final class PodDraft {

    /** What nobody's pod has; a list that goes on is cut here. */
    private static final int MAX_CONTAINERS = 1024;

    String uid = "";
    String namespace = "";
    String name = "";
    String nodeName = "";
    String phase = "";
    String ip = "";
    boolean hostNetwork;
    Optional<Instant> created = Optional.empty();
    Optional<Instant> started = Optional.empty();
    final Map<String, String> labels = new HashMap<>();
    final Map<String, String> annotations = new HashMap<>();
    final ControllerDraft controller = new ControllerDraft();
    private final Set<String> ips = new LinkedHashSet<>();
    private final Set<String> sidecars = new HashSet<>();
    private final Map<String, Instant> conditions = new HashMap<>();
    private final List<ContainerDraft> containers = new ArrayList<>();

    // Of the list element that is being read.
    private String elementName = "";
    private String elementKind = "";
    private boolean elementFlag;
    private Optional<Instant> elementTime = Optional.empty();
    private ContainerDraft container = new ContainerDraft(Kind.REGULAR);

    static final class ContainerDraft {
        final Kind kind;
        String name = "";
        String image = "";
        String id = "";
        String previousId = "";
        int restarts;
        State state = State.WAITING;
        Optional<Instant> started = Optional.empty();
        Optional<Instant> finished = Optional.empty();

        ContainerDraft(Kind kind) {
            this.kind = kind;
        }

        PodContainer container(Set<String> sidecars) {
            Kind told = kind == Kind.INIT && sidecars.contains(name) ? Kind.SIDECAR : kind;
            return new PodContainer(name, told, image, id, previousId, restarts, state, started, finished);
        }
    }

    void beginElement() {
        elementName = "";
        elementKind = "";
        elementFlag = false;
        elementTime = Optional.empty();
    }

    void elementName(String text) {
        elementName = text;
    }

    void elementKind(String text) {
        elementKind = text;
    }

    void elementFlag(boolean flag) {
        elementFlag = flag;
    }

    void elementTime(String text) {
        elementTime = ApiTime.parse(text);
    }

    /** An init container that restarts always is a sidecar (KEP-753). */
    void endInitContainer() {
        if (elementFlag) {
            sidecars.add(elementName);
        }
    }

    void endCondition() {
        if (elementFlag) {
            elementTime.ifPresent(time -> conditions.put(elementKind, time));
        }
    }

    void addIp(String text) {
        if (!text.isEmpty()) {
            ips.add(text);
        }
    }

    void beginContainer(Kind kind) {
        container = new ContainerDraft(kind);
    }

    ContainerDraft container() {
        return container;
    }

    void endContainer() {
        if (containers.size() < MAX_CONTAINERS) {
            containers.add(container);
        }
    }

    Pod pod() {
        addIp(ip);
        boolean isStatic = annotations.entrySet().stream().anyMatch(each -> Pod.isStaticBy(each.getKey(), each.getValue()));
        Workload workload = Workload.of(name, controller.controller(), isStatic, nodeName, labels, created);
        return new Pod(uid, namespace, name, workload, labels, annotations, List.copyOf(ips), hostNetwork, phase,
                created, condition("PodScheduled"), started, networkUp(), condition("Ready"),
                containers.stream().map(each -> each.container(sidecars)).toList());
    }

    /** {@code PodHasNetwork} from 1.25 on, where its gate was open; renamed in 1.28 (KEP-3085). */
    private Optional<Instant> networkUp() {
        return condition("PodReadyToStartContainers").or(() -> condition("PodHasNetwork"));
    }

    private Optional<Instant> condition(String type) {
        return Optional.ofNullable(conditions.get(type));
    }
}
