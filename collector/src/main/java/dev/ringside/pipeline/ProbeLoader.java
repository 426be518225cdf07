package dev.ringside.pipeline;

import dev.ringside.bpf.BpfLoader;
import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.BpfRuntime;
import dev.ringside.bpf.LoadOutcome;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.probe.Probe;
import java.io.IOException;
import java.util.Optional;

/** Gets one probe after the other into the kernel, and says what became of it. */
final class ProbeLoader {

    private final EngineConfig config;
    private final CgroupHierarchy hierarchy;
    private final BpfLoader loader;
    private final int cpus;

    ProbeLoader(EngineConfig config, CgroupHierarchy hierarchy, BpfRuntime bpf) {
        this.config = config;
        this.hierarchy = hierarchy;
        this.loader = new BpfLoader(bpf);
        this.cpus = bpf.libbpf().possibleCpus();
    }

    /** @param object the caller's to close; empty unless the probe is running or degraded */
    record Result(ProbeStatus status, Optional<BpfObject> object) {}

    /**
     * @throws IOException              when the probe's object cannot be read
     * @throws IllegalArgumentException when the config asks for what the probe does not have
     */
    Result load(Probe probe) throws IOException {
        return load(probe, config.settings(probe.spec().name()));
    }

    Result load(Probe probe, EngineConfig.ProbeSettings settings) throws IOException {
        if (!settings.enabled()) {
            return new Result(ProbeStatuses.disabled(probe.spec()), Optional.empty());
        }
        ProbePlan plan = ProbePlan.of(probe, settings.sized(cpus), hierarchy);
        LoadOutcome outcome = loader.load(plan.object(), plan.attach());
        ProbeStatus status = ProbeStatuses.of(probe.spec(), outcome);
        return switch (outcome) {
            case LoadOutcome.Loaded loaded -> new Result(status, Optional.of(loaded.object()));
            case LoadOutcome.Refused refused -> new Result(status, Optional.empty());
        };
    }
}
