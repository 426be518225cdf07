package dev.ringside.pipeline;

import dev.ringside.bpf.BpfMap;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.metric.MetricTable;
import dev.ringside.ring.RingMapping;
import dev.ringside.span.SpanLanes;
import java.nio.file.Path;
import java.util.Optional;

/** What the engine lends to its probes. */
interface Wiring {

    MetricTable metrics();

    IdentityTable identities();

    /** Empty if the other ends of connections aren't told apart. */
    Optional<PeerTable> peers();

    IdentityRequests requests();

    RingMapping mapRing(BpfMap map);

    Path procfs();

    long commandIdleNanos();

    SpanLanes spans();
}
