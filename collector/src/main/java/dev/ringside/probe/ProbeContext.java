package dev.ringside.probe;

import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.span.SpanLane;

/** What a running probe may use. Everything here belongs to the drain thread. */
public interface ProbeContext {

    CounterFamily counter(MetricSpec spec);

    GaugeFamily gauge(MetricSpec spec);

    HistogramFamily histogram(MetricSpec spec);

    /** A per-CPU map of the probe's object, by its name in the C source. */
    KernelTotals totals(String map);

    /** A per-CPU array of one entry, by its name in the C source. */
    PerCpuState perCpu(String map);

    /**
     * A walk by a program of the probe's object, by its attach point's name. Empty of rows when this kernel refused it.
     */
    Walk walk(String point);

    /**
     * The identity's slot of a cgroup and command, or a negative number when it cannot be told (yet).
     *
     * @param commWord0 the command's first 8 bytes, as the kernel has them in memory
     * @param commWord1 the other 8
     */
    int identify(long cgroupId, long commWord0, long commWord1);

    /**
     * The slot, in families {@linkplain MetricSpec#withPeer with peer labels}, of a workload and the other end of its connection.
     *
     * @param slot        the workload's
     * @param addressHigh the other end's address as a number in network order, its first eight bytes; IPv4 as v4-mapped IPv6
     * @param addressLow  the other eight
     * @param port        that the workload connected to; 0 if it was connected to
     * @param timeNanos   when the other end had the address
     */
    int peer(int slot, long addressHigh, long addressLow, int port, long timeNanos);

    /** Whose the other end is, for {@link #peer}'s slot. Both are empty for who has no name: somewhere outside, and the node itself. */
    default PeerName peerName(int peer) {
        return PeerName.NONE;
    }

    /**
     * A workload at the other end of a connection.
     *
     * @param namespace empty for a service or a range by its configured name
     */
    record PeerName(String namespace, String workload) {

        public static final PeerName NONE = new PeerName("", "");
    }

    /** Whether {@link #peer} will soon know better whose this address was then. */
    boolean peerAwaited(int slot, long addressHigh, long addressLow, int port, long timeNanos);

    /** Nobody told in time: this address isn't waited for, for a while. */
    void peerGivenUp(long addressHigh, long addressLow, long timeNanos);

    /** Where this probe's spans go, if anybody wants any. */
    SpanLane spans();
}
