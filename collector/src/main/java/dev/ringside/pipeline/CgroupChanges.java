package dev.ringside.pipeline;

import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static dev.ringside.bpf.Mechanism.TP_BTF;

import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.BpfObjectSpec;
import dev.ringside.events.CgroupChangeEvent;
import dev.ringside.events.CgroupEventKind;
import dev.ringside.identity.CgroupInfo;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The kernel's word for each cgroup made and removed, {@code probes/src/cgroup.bpf.c}. It has a probe's form, and so its ring, its books and its place on
 * the debug pages; but no metrics and no identity of its own: the identities come from it. So it isn't in the catalogue, nobody switches it off, and its
 * ring is emptied before all others.
 *
 * <p>Where it can't be attached, scans alone tell of cgroups.
 */
final class CgroupChanges implements Probe {

    static final String NAME = "cgroup";
    /** 580 changes between two drains. What finds no room is found by the scan that this asks for. */
    static final int RING_BYTES = 256 << 10;

    private static final ProbeSpec SPEC = new ProbeSpec(
            NAME,
            "Cgroups made and removed, for the identity index",
            true,
            List.of(),
            List.of(
                    AttachPoint.required("made",
                            Alternative.of(TP_BTF, "cgroup_mkdir", "made_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "cgroup_mkdir", "made_raw_tp")),
                    AttachPoint.required("removed",
                            Alternative.of(TP_BTF, "cgroup_rmdir", "removed_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "cgroup_rmdir", "removed_raw_tp"))),
            List.of());

    /** Is told of the changes, on the drain thread. */
    interface Listener {

        void made(CgroupInfo cgroup, long timeNanos);

        void removed(long cgroupId, long timeNanos);

        /** There was a change, and it can't be told which. */
        void missed();
    }

    private final Listener listener;

    CgroupChanges(Listener listener) {
        this.listener = listener;
    }

    @Override
    public ProbeSpec spec() {
        return SPEC;
    }

    /** Names nobody, so the map of named cgroups that all objects have stays empty here. */
    @Override
    public BpfObjectSpec object() throws IOException {
        return Probe.super.object().withMapEntries(NamedCgroups.MAP, 1);
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        return new Driver(listener);
    }

    private record Driver(Listener listener) implements ProbeDriver {

        @Override
        public boolean onEvent(MemorySegment data, long at, int length, int slot) {
            if (length != CgroupChangeEvent.SIZE) {
                return false;
            }
            long cgroupId = CgroupChangeEvent.headerCgroupId(data, at);
            long timeNanos = CgroupChangeEvent.headerTimeNs(data, at);
            switch (CgroupChangeEvent.headerKind(data, at)) {
                case CgroupEventKind.MADE -> {
                    int pathLength = CgroupChangeEvent.pathLength(data, at);
                    if (pathLength == 0 || pathLength >= CgroupChangeEvent.PATH_LENGTH - 1) {
                        listener.missed();
                    } else {
                        listener.made(CgroupInfo.of(cgroupId, CgroupChangeEvent.path(data, at)), timeNanos);
                    }
                }
                case CgroupEventKind.REMOVED -> listener.removed(cgroupId, timeNanos);
                default -> {
                    return false;
                }
            }
            return true;
        }
    }
}
