package dev.ringside.truth;

import dev.ringside.kernel.HostPaths;
import dev.ringside.pipeline.Engine;
import dev.ringside.pipeline.EngineConfig;
import dev.ringside.pipeline.EngineConfig.ProbeSettings;
import dev.ringside.pipeline.EngineException;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.testing.Kernel;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Engines on the running kernel, with just the probes that a test is about. */
public final class LiveEngine {

    /** Tests ask when they want to know. */
    private static final Duration ONLY_WHEN_ASKED = Duration.ofMinutes(1);

    private LiveEngine() {}

    public static Engine start(Probe... probes) throws EngineException {
        return start(Map.of(), probes);
    }

    /** @param settings by probe name; what is missing has its defaults */
    public static Engine start(Map<String, ProbeSettings> settings, Probe... probes) throws EngineException {
        return start(config(settings, HostPaths.defaults(), false), probes);
    }

    public static Engine start(EngineConfig config, Probe... probes) throws EngineException {
        return Engine.start(config, new ProbeCatalog(List.of(probes)), Kernel.runtime());
    }

    public static EngineConfig config(Map<String, ProbeSettings> settings, HostPaths paths, boolean strict) {
        EngineConfig defaults = EngineConfig.defaults();
        return new EngineConfig(settings, paths, strict, defaults.drainInterval(), ONLY_WHEN_ASKED, defaults.maxSeries(),
                defaults.maxIdentities(), defaults.identityLinger(), defaults.commandIdle(),
                defaults.cgroupController(), defaults.podLabels(), defaults.peers());
    }
}
