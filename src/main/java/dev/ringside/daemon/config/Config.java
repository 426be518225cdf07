package dev.ringside.daemon.config;

import dev.ringside.pipeline.EngineConfig;
import dev.ringside.probe.ProbeCatalog;

/**
 * What the daemon was told, and what it assumes where it was told nothing.
 *
 * @param engine the collector's part, in the collector's terms
 */
public record Config(HttpConfig http, LogConfig log, EngineConfig engine, KubeletConfig kubelet, RuntimesConfig runtimes, ClusterConfig cluster, NamesConfig names, PrivilegesConfig privileges,
                     TracesConfig traces) {

    public static Config from(Values values, ProbeCatalog catalog) {
        return new Config(HttpConfig.from(values), LogConfig.from(values), EngineSettings.from(values, catalog), KubeletConfig.from(values),
                RuntimesConfig.from(values), ClusterConfig.from(values), NamesConfig.from(values), PrivilegesConfig.from(values), TracesConfig.from(values));
    }
}
