package dev.ringside.fuzz;

import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeCatalog;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.Struct;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A record with anything in it, given to each probe's driver: counted or refused, and described without harm if it was taken. */
public final class EventFuzz {
    private static final int WORKLOAD = 1;

    private static final List<ProbeDriver> DRIVERS = drivers();

    private EventFuzz() {}

    private static List<ProbeDriver> drivers() {
        List<ProbeDriver> drivers = new ArrayList<>();
        for (Probe probe : ProbeCatalog.installed().probes()) {
            if (probe.spec().ring()) {
                FakeProbeContext context = new FakeProbeContext();
                context.workload(WORKLOAD, "fuzz");
                drivers.add(probe.start(context));
            }
        }
        return drivers;
    }

    /** The ring's records are multiples of 8 bytes. */
    public static void fuzzerTestOneInput(byte[] data) {
        int length = data.length & ~7;
        MemorySegment record = MemorySegment.ofArray(new long[(int) (2 * Struct.OFFSET + length) / 8]);
        MemorySegment.copy(MemorySegment.ofArray(data), 0, record, Struct.OFFSET, length);
        for (ProbeDriver driver : DRIVERS) {
            if (driver.onEvent(record, Struct.OFFSET, length, WORKLOAD)) {
                driver.describe(record, Struct.OFFSET, length);
            }
        }
    }
}
