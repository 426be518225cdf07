package dev.ringside.identity.kubelet;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a pod is one of. A pod names its owner only; the owner's owner has to be read off the names that the controllers give:
 *
 * <pre>
 * owner                                          workload
 * ReplicaSet web-5d9c7f8b6d, template hash       deployment web
 *   5d9c7f8b6d in the pod's labels
 * ReplicaSet with another name                   replicaset
 * Job backup-29384756, made about then           cronjob backup
 * Job with another name                          job
 * StatefulSet, DaemonSet, anything else          its kind in lower case
 * none, from a file on the node                  staticpod, without the node's name that the kubelet appends
 * none                                           barepod
 * </pre>
 *
 * The kinds' spelling is the {@code workload_type} of kubernetes-mixin's recording rules.
 */
public record Workload(String kind, String name) {

    public static final String DEPLOYMENT = "deployment";
    public static final String CRON_JOB = "cronjob";
    public static final String STATIC_POD = "staticpod";
    public static final String BARE_POD = "barepod";

    public static final String TEMPLATE_HASH_LABEL = "pod-template-hash";

    /**
     * {@code getJobName} in {@code pkg/controller/cronjob/utils.go} appends the scheduled time in minutes since 1970, eight digits; before controller
     * version 2 (Kubernetes 1.21) it was in seconds, ten digits.
     */
    private static final Pattern SCHEDULED_NAME = Pattern.compile("(.+)-([0-9]{8}|[0-9]{10})");
    /** A job may start late and retry for long, but is never scheduled for after its pod; 20240131 as minutes is a day in 2008. */
    private static final Duration LATEST_START = Duration.ofDays(7);
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    /** The controller among a pod's owner references. */
    public record Owner(String kind, String name) {}

    /**
     * @param owner    the controller, if there is one; a static pod's mirror is owned by its Node
     * @param nodeName empty if the pod doesn't tell
     * @param created  the pod's creation
     */
    public static Workload of(String podName, Optional<Owner> owner, boolean isStatic, String nodeName, Map<String, String> labels, Optional<Instant> created) {
        if (isStatic) {
            String suffix = "-" + nodeName;
            boolean suffixed = !nodeName.isEmpty() && podName.length() > suffix.length() && podName.endsWith(suffix);
            return new Workload(STATIC_POD, suffixed ? podName.substring(0, podName.length() - suffix.length()) : podName);
        }
        if (owner.isEmpty()) {
            return new Workload(BARE_POD, podName);
        }
        Owner controller = owner.get();
        return switch (controller.kind()) {
            case "ReplicaSet" -> ofReplicaSet(controller.name(), labels.getOrDefault(TEMPLATE_HASH_LABEL, ""));
            case "Job" -> ofJob(controller.name(), created);
            default -> new Workload(controller.kind().toLowerCase(Locale.ROOT), controller.name());
        };
    }

    private static Workload ofReplicaSet(String name, String templateHash) {
        String suffix = "-" + templateHash;
        boolean madeByDeployment = !templateHash.isEmpty() && name.length() > suffix.length() && name.endsWith(suffix);
        return madeByDeployment ? new Workload(DEPLOYMENT, name.substring(0, name.length() - suffix.length())) : new Workload("replicaset", name);
    }

    private static Workload ofJob(String name, Optional<Instant> created) {
        Matcher matcher = SCHEDULED_NAME.matcher(name);
        if (matcher.matches() && created.isPresent()) {
            long number = Long.parseLong(matcher.group(2));
            Instant scheduled = Instant.ofEpochSecond(matcher.group(2).length() == 8 ? number * 60 : number);
            if (scheduled.isAfter(created.get().minus(LATEST_START)) && scheduled.isBefore(created.get().plus(CLOCK_SKEW))) {
                return new Workload(CRON_JOB, matcher.group(1));
            }
        }
        return new Workload("job", name);
    }
}
