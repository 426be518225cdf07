package dev.ringside.pipeline;

import dev.ringside.bpf.BpfObject;
import dev.ringside.bpf.BpfRuntime;
import dev.ringside.identity.CgroupHierarchy;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What would happen if the engine were started: each probe is loaded and attached by the same code, and let go at once.
 * Asking the kernel is the only answer that holds; tables of versions are wrong on vendors' kernels.
 */
public final class Preflight {

    private Preflight() {}

    /**
     * @param hierarchy whose cgroups would tell containers apart
     * @param probes    as they would be
     */
    public record Report(CgroupHierarchy hierarchy, List<ProbeStatus> probes) {}

    /** @throws EngineException with the remedy, when nothing could run here */
    public static Report run(EngineConfig config, ProbeCatalog catalog, BpfRuntime bpf) throws EngineException {
        TraceFsMount traceFs = TraceFsMount.ensure(bpf);
        try {
            CgroupHierarchy hierarchy = CgroupHierarchy.choose(config.paths(), config.cgroupController());
            ProbeLoader loader = new ProbeLoader(config, hierarchy, bpf);
            List<ProbeStatus> statuses = new ArrayList<>();
            for (Probe probe : catalog.probes()) {
                ProbeLoader.Result result = loader.load(probe);
                statuses.add(result.status());
                result.object().ifPresent(BpfObject::close);
            }
            return new Report(hierarchy, statuses);
        } catch (IOException | RuntimeException e) {
            throw new EngineException(e.getMessage(), e);
        } finally {
            traceFs.close();
        }
    }
}
