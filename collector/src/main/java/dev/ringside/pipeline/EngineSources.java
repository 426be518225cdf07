package dev.ringside.pipeline;

import dev.ringside.identity.kubelet.PodSource;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.runtime.ContainerSource;
import java.util.List;
import java.util.Optional;

/**
 * Who is asked for names.
 *
 * @param pods       the node's kubelet; closed with the engine, and also when it can't be started
 * @param containers the runtimes' notes on disk
 * @param peers      who else tells of addresses, whoever knows better first; closed with the engine as well
 */
public record EngineSources(Optional<PodSource> pods, Optional<ContainerSource> containers, List<PeerSource> peers) {

    /** Containers go by their ids. */
    public static final EngineSources NONE = new EngineSources(Optional.empty(), Optional.empty(), List.of());

    public EngineSources {
        peers = List.copyOf(peers);
    }
}
