package dev.ringside.bpf;

import dev.ringside.kernel.Feature;

/** Something an alternative needs beyond what its {@link Mechanism} needs, known before anything is loaded. */
public sealed interface Requirement {
    record KernelFeature(Feature feature) implements Requirement {}

    /** A socket that counts its retransmission timeouts: {@code tcp_sock.total_rto}. */
    Requirement TIMEOUT_COUNT = of(Feature.TIMEOUT_COUNT);

    static Requirement of(Feature feature) {
        return new KernelFeature(feature);
    }
}
