package dev.ringside.identity;

import dev.ringside.identity.CgroupOwner.Container;
import dev.ringside.identity.CgroupOwner.Other;
import dev.ringside.identity.CgroupOwner.Pod;
import dev.ringside.identity.CgroupOwner.Qos;
import dev.ringside.identity.CgroupOwner.Root;
import dev.ringside.identity.CgroupOwner.Runtime;
import dev.ringside.identity.CgroupOwner.SystemdUnit;
import java.util.Optional;

/**
 * Reads the owner off a cgroup's path. Pure, total and linear: any string gets an answer. Known forms:
 *
 * <pre>
 * kubelet, systemd driver    /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod&lt;uid_&gt;.slice/cri-containerd-&lt;id&gt;.scope
 * kubelet, cgroupfs driver   /kubepods/burstable/pod&lt;uid&gt;/&lt;id&gt;                   (CRI-O: .../crio-&lt;id&gt;)
 * drivers that disagree      /system.slice/containerd.service/kubepods-pod&lt;uid_&gt;.slice:cri-containerd:&lt;id&gt;
 * Docker                     /docker/&lt;id&gt;  /system.slice/docker-&lt;id&gt;.scope
 * Podman                     /machine.slice/libpod-&lt;id&gt;.scope/container  /libpod_parent/libpod-&lt;id&gt;
 * containerd (ctr, nerdctl)  /default/&lt;id&gt;  /k8s.io/&lt;id&gt;  /system.slice/nerdctl-&lt;id&gt;.scope
 * systemd                    /system.slice/nginx.service  /user.slice/user-1000.slice/session-3.scope
 * </pre>
 *
 * <ul>
 * <li>The innermost container wins (kind: a kubelet inside a Docker container), and what lies below a container is the container's, even if it looks
 *     like a unit (systemd inside it).
 * <li>Without a container the innermost service or scope wins, except that a user manager's own {@code init.scope} is that manager's.
 * <li>A systemd-nspawn machine hides the units inside it: they are another system's.
 * <li>A slice alone is no unit: systemd puts no process there. It is {@link Other}, labelled by command like all that has no name.
 * <li>conmon, which watches over one container, is {@link Other} as well: a name per container would say nothing that the command doesn't.
 * </ul>
 */
public final class CgroupPathParser {

    private static final int ID_LENGTH = 64;
    private static final String SCOPE = ".scope";
    private static final String SERVICE = ".service";
    private static final String SLICE = ".slice";
    /** {@code /proc/PID/cgroup} marks a removed cgroup so. */
    private static final String DELETED = " (deleted)";

    private final String path;
    private Container container;
    private SystemdUnit unit;
    private boolean unitIsMachine;
    private boolean conmon;
    private boolean empty = true;
    private Qos qos;
    private Pod pod;

    private CgroupPathParser(String path) {
        this.path = path;
    }

    /** @param path from the hierarchy's root, {@code /docker/0123…}; {@code /} is the root */
    public static CgroupOwner parse(String path) {
        String live = path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
        return new CgroupPathParser(live).owner();
    }

    private CgroupOwner owner() {
        String parent = "";
        for (int start = 0; start < path.length();) {
            int end = path.indexOf('/', start);
            end = end < 0 ? path.length() : end;
            // A cgroup namespace shows cgroups outside of it as /../..: no part of the name.
            if (end > start && !path.regionMatches(start, "..", 0, end - start)) {
                String segment = path.substring(start, end);
                accept(segment, parent, end);
                parent = segment;
                empty = false;
            }
            start = end + 1;
        }
        if (container != null) {
            return container;
        }
        if (unit != null && !conmon) {
            return unit;
        }
        return empty ? new Root() : new Other(path);
    }

    private void accept(String segment, String parent, int end) {
        acceptPod(segment, parent);
        int idStart = idStart(segment);
        if (idStart < 0) {
            if (container == null) {
                acceptUnit(segment, end);
            }
            return;
        }
        String prefix = idStart == 0 ? "" : segment.substring(segment.lastIndexOf(':', idStart - 2) + 1, idStart - 1);
        if (prefix.endsWith("-conmon")) {
            conmon = true;
            return;
        }
        Runtime runtime = prefix.isEmpty() ? runtimeByParent(parent) : runtimeByPrefix(prefix);
        container = new Container(segment.substring(idStart, idStart + ID_LENGTH), runtime, path.substring(0, end), Optional.ofNullable(pod));
    }

    /** The systemd driver spells pods as slices, {@code [PREFIX-]kubepods[-QOS]-podUID.slice}; the cgroupfs driver as {@code [QOS/]podUID}. */
    private void acceptPod(String segment, String parent) {
        int colon = segment.indexOf(':');
        String name = colon < 0 ? segment : segment.substring(0, colon);
        if (name.endsWith(SLICE)) {
            int kubepods = name.indexOf("kubepods");
            if (kubepods < 0) {
                return;
            }
            String rest = name.substring(kubepods + "kubepods".length(), name.length() - SLICE.length());
            Qos stated = rest.startsWith("-burstable") ? Qos.BURSTABLE : rest.startsWith("-besteffort") ? Qos.BESTEFFORT : Qos.GUARANTEED;
            int uid = rest.indexOf("-pod");
            if (uid >= 0) {
                becomePod(rest.substring(uid + "-pod".length()).replace('_', '-'), stated);
            }
        } else if (segment.equals("kubepods")) {
            qos = Qos.GUARANTEED;
        } else if (parent.equals("kubepods") && segment.equals("burstable")) {
            qos = Qos.BURSTABLE;
        } else if (parent.equals("kubepods") && segment.equals("besteffort")) {
            qos = Qos.BESTEFFORT;
        } else if (qos != null && segment.startsWith("pod")
                && (parent.equals("kubepods") || parent.equals("burstable") || parent.equals("besteffort"))) {
            becomePod(segment.substring("pod".length()), qos);
        }
    }

    private void becomePod(String uid, Qos stated) {
        for (int i = 0; i < uid.length(); i++) {
            char c = uid.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-')) {
                return;
            }
        }
        if (!uid.isEmpty()) {
            pod = new Pod(uid, stated);
        }
    }

    private static Runtime runtimeByParent(String parent) {
        return switch (parent) {
            case "docker", "moby" -> Runtime.DOCKER;
            case "libpod_parent" -> Runtime.PODMAN;
            case "k8s.io", "default", "nerdctl", "containerd" -> Runtime.CONTAINERD;
            default -> Runtime.UNKNOWN;
        };
    }

    private static Runtime runtimeByPrefix(String prefix) {
        return switch (prefix) {
            case "docker" -> Runtime.DOCKER;
            case "crio" -> Runtime.CRIO;
            case "libpod", "libpod-payload" -> Runtime.PODMAN;
            case "cri-containerd", "nerdctl", "containerd" -> Runtime.CONTAINERD;
            default -> Runtime.UNKNOWN;
        };
    }

    /** Where the id begins in {@code [PREFIX-]ID[.scope]} or {@code SLICE:PREFIX:ID}; -1 if there is none. Systemd's 128-bit ids are too short. */
    private static int idStart(String segment) {
        int idEnd = segment.endsWith(SCOPE) ? segment.length() - SCOPE.length() : segment.length();
        int start = idEnd - ID_LENGTH;
        boolean bare = start == 0;
        boolean prefixed = start > 1 && (segment.charAt(start - 1) == '-' || segment.charAt(start - 1) == ':');
        if (!bare && !prefixed) {
            return -1;
        }
        for (int i = start; i < idEnd; i++) {
            char c = segment.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return -1;
            }
        }
        return start;
    }

    private void acceptUnit(String segment, int end) {
        boolean service = segment.endsWith(SERVICE) && segment.length() > SERVICE.length();
        boolean scope = segment.endsWith(SCOPE) && segment.length() > SCOPE.length();
        boolean managersOwn = unit != null && segment.equals("init.scope");
        if ((service || scope) && !managersOwn && !unitIsMachine) {
            unit = new SystemdUnit(segment, path.substring(0, end));
            unitIsMachine = scope && segment.startsWith("machine-") || service && segment.startsWith("systemd-nspawn@");
        }
    }
}
