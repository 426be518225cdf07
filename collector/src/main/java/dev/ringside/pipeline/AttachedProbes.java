package dev.ringside.pipeline;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What became of each probe, and of the feed of cgroup changes that isn't one; and those that are at work. */
final class AttachedProbes {

    private static final Logger LOG = System.getLogger("dev.ringside.engine");

    private final EngineConfig config;
    private final ProbeLoader loader;
    private final Wiring wiring;
    private final Closer closer;
    private final List<ProbeStatus> statuses = new ArrayList<>();
    private final List<ProbeRuntime> probes = new ArrayList<>();
    private ProbeStatus changesStatus;
    private Optional<ProbeRuntime> changes = Optional.empty();

    private AttachedProbes(EngineConfig config, ProbeLoader loader, Wiring wiring, Closer closer) {
        this.config = config;
        this.loader = loader;
        this.wiring = wiring;
        this.closer = closer;
    }

    /**
     * Loads and attaches, the feed first.
     *
     * @param closer takes over what is opened
     * @throws EngineException where the config is strict and a probe can't run as asked
     */
    static AttachedProbes attach(EngineConfig config, ProbeCatalog catalog, CgroupHierarchy hierarchy, BpfRuntime bpf, Wiring wiring,
            CgroupChanges.Listener listener, Closer closer) throws IOException, EngineException {
        AttachedProbes attached = new AttachedProbes(config, new ProbeLoader(config, hierarchy, bpf), wiring, closer);
        AttachThread.run(bpf, () -> {
            attached.attachChanges(new CgroupChanges(listener));
            for (Probe probe : catalog.probes()) {
                attached.attach(probe);
            }
        });
        return attached;
    }

    /** Where the kernel refuses this, scans have to do; that is slower, and nothing else. */
    private void attachChanges(Probe feed) throws IOException {
        ProbeLoader.Result result = loader.load(feed, new EngineConfig.ProbeSettings(true, CgroupChanges.RING_BYTES, "", Map.of()));
        changesStatus = result.status();
        changes = result.object().map(object -> closer.add(new ProbeRuntime(feed, object, wiring)));
        log(changesStatus);
    }

    private void attach(Probe probe) throws IOException, EngineException {
        ProbeLoader.Result result = loader.load(probe);
        ProbeStatus status = result.status();
        statuses.add(status);
        result.object().ifPresent(object -> probes.add(closer.add(new ProbeRuntime(probe, object, wiring))));
        log(status);
        if (config.strict() && (status.state() == ProbeStatus.State.DEGRADED || status.state() == ProbeStatus.State.UNAVAILABLE)) {
            throw EngineException.failed("probe cannot run as asked: probe=" + status.name() + ", state="
                    + ProbeStatuses.text(status.state()) + ", reason=" + status.reason()
                    + (status.remedy().isEmpty() ? "" : "; " + status.remedy()), null);
        }
    }

    private static void log(ProbeStatus status) {
        Level level = switch (status.state()) {
            case RUNNING, DISABLED -> Level.INFO;
            case DEGRADED, UNAVAILABLE -> Level.WARNING;
        };
        LOG.log(level, "probe {0}: {1}{2}{3}", status.name(), ProbeStatuses.text(status.state()),
                status.reason().isEmpty() ? "" : ", " + status.reason(), status.remedy().isEmpty() ? "" : "; " + status.remedy());
    }

    /** Those at work, in the catalogue's order. */
    List<ProbeRuntime> probes() {
        return probes;
    }

    /** Cgroups made and removed, if the kernel tells of them. */
    Optional<ProbeRuntime> changes() {
        return changes;
    }

    /** Everything at work that has books. */
    List<ProbeRuntime> withBooks() {
        return Stream.concat(changes.stream(), probes.stream()).toList();
    }

    /** Of each probe of the catalogue, without its programs. */
    List<ProbeStatus> statuses() {
        return statuses;
    }

    ProbeStatus changesStatus() {
        return changesStatus;
    }

    /** The same with the run times of their programs as of now. On the drain thread. */
    List<ProbeStatus> statusesNow() {
        return statuses.stream().map(status -> withPrograms(status, probes.stream().filter(probe -> probe.name().equals(status.name())).findFirst())).toList();
    }

    /** On the drain thread. */
    ProbeStatus changesStatusNow() {
        return withPrograms(changesStatus, changes);
    }

    private static ProbeStatus withPrograms(ProbeStatus status, Optional<ProbeRuntime> runtime) {
        return runtime.map(atWork -> ProbeStatuses.withPrograms(status, atWork.programs())).orElse(status);
    }
}
