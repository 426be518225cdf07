package dev.ringside.daemon;

import dev.ringside.bpf.BpfRuntime;
import dev.ringside.daemon.config.Config;
import dev.ringside.kernel.Capability;
import dev.ringside.kernel.CapabilityDrop;
import dev.ringside.kernel.Feature;
import dev.ringside.kernel.FeatureResult;
import dev.ringside.pipeline.Privileges;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The daemon gives up its capabilities when everything is attached, or says why it can't. */
final class PrivilegeDrop implements Privileges {

    private static final Logger LOG = System.getLogger("dev.ringside.privileges");

    private final Config config;
    private final BpfRuntime bpf;
    private final CapabilityDrop drop;
    private final Set<Capability> wanted;
    private boolean dropped;
    private Set<Capability> kept = Set.of();

    /** @param wanted what threads that are started later want to keep */
    PrivilegeDrop(Config config, BpfRuntime bpf, Set<Capability> wanted) {
        this.wanted = wanted;
        this.config = config;
        this.bpf = bpf;
        this.drop = new CapabilityDrop(bpf.libc(), bpf.libbpf(), config.engine().paths().procfs());
    }

    @Override
    public boolean giveUp() throws IOException {
        if (config.privileges().keep()) {
            return false;
        }
        // Pages will be asked for them, when nobody can find out any more. Those that cost a reading of the kernel's types are left out.
        for (Feature feature : List.of(Feature.BPF_SYSCALL, Feature.RING_BUFFER)) {
            FeatureResult result = bpf.features().of(feature);
            LOG.log(Level.DEBUG, "{0}: {1}", feature.text(), result.reason());
        }
        switch (drop.dropAll(stillRead(), wanted)) {
            case CapabilityDrop.Outcome.Dropped done -> {
                dropped = true;
                kept = done.kept();
                LOG.log(Level.INFO, "capabilities dropped: threads={0}, user={1}, threads_keep={2}", done.threads(),
                        Integer.toString(CapabilityDrop.NOBODY), done.kept());
            }
            case CapabilityDrop.Outcome.Kept kept -> LOG.log(Level.WARNING, "capabilities kept: {0}; {1}, or set privileges.keep=true",
                    kept.reason(), kept.remedy());
        }
        return dropped;
    }

    @Override
    public void leaveOnly(Capability needed) {
        if (dropped && !kept.isEmpty()) {
            drop.keep(kept.contains(needed) ? Set.of(needed) : Set.of());
        }
    }

    /** Once the threads run that keep some. */
    void finish() {
        if (dropped) {
            drop.finish();
        }
    }

    /** Classes and libraries are loaded when they are first needed, tokens and certificates again and again. */
    private List<Path> stillRead() {
        List<Path> paths = new ArrayList<>();
        Stream.of("java.home", "ringside.home").map(System::getProperty).filter(home -> home != null).map(Path::of)
                .forEach(home -> paths.add(home.resolve("lib")));
        paths.add(config.kubelet().tokenFile());
        paths.add(config.kubelet().caFile());
        if (config.cluster().enabled()) {
            paths.add(config.cluster().tokenFile());
            paths.add(config.cluster().caFile());
        }
        Stream.of(config.traces().headersFile(), config.traces().caFile(), config.traces().certificateFile(), config.traces().keyFile())
                .filter(file -> !file.isEmpty()).map(Path::of).forEach(paths::add);
        return paths;
    }
}
