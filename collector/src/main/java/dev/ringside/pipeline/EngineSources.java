package dev.ringside.pipeline;

import dev.ringside.identity.kubelet.PodSource;
import dev.ringside.identity.runtime.ContainerSource;
import java.util.Optional;

/**
 * Who is asked for names.
 *
 * @param pods       the node's kubelet; closed with the engine, and also when it can't be started
 * @param containers the runtimes' notes on disk
 */
public record EngineSources(Optional<PodSource> pods, Optional<ContainerSource> containers) {

    /** Containers go by their ids. */
    public static final EngineSources NONE = new EngineSources(Optional.empty(), Optional.empty());
}
