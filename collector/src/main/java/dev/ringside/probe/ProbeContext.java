package dev.ringside.probe;

import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;

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
     * An iterator of the probe's object, by its attach point's name. Empty of rows when this kernel refused it.
     */
    Walk walk(String point);

    /**
     * The identity's slot of a cgroup and command, or a negative number when it cannot be told (yet).
     *
     * @param commWord0 the command's first 8 bytes, as the kernel has them in memory
     * @param commWord1 the other 8
     */
    int identify(long cgroupId, long commWord0, long commWord1);
}
