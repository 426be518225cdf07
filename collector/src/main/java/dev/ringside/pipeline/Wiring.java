package dev.ringside.pipeline;

import dev.ringside.bpf.BpfMap;
import dev.ringside.identity.IdentityTable;
import dev.ringside.metric.MetricTable;
import dev.ringside.ring.RingMapping;
import java.nio.file.Path;

/** What the engine lends to its probes. */
interface Wiring {

    MetricTable metrics();

    IdentityTable identities();

    IdentityRequests requests();

    RingMapping mapRing(BpfMap map);

    Path procfs();

    long commandIdleNanos();
}
