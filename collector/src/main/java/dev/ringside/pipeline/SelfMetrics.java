package dev.ringside.pipeline;

import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.kernel.CapabilityTier;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.FamilySnapshot;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.metric.MetricTable;
import dev.ringside.pipeline.EventLedger.Loss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the pipeline says of itself: the books of every probe's records, its hooks, programs and maps, its own pace.
 * Drain thread only.
 *
 * <pre>
 * ringside_events_lost_total{probe="tcp",stage="kernel",cause="ring_full"} 0
 * ringside_completeness_ratio{probe="tcp"} 1.0
 * ringside_probe_attached{probe="tcp",point="state",mechanism="tp_btf",hook="inet_sock_set_state"} 1
 * </pre>
 */
final class SelfMetrics {

    private static final double BILLIONTHS = 1e-9;
    private static final int MAX_SERIES = 10_000;

    private static final MetricSpec PRODUCED =
            MetricSpec.counter("ringside_events_produced_total", "Records that a hook wanted to write, counted before there was room for them.")
                    .withSource("ring_counters.produced");
    private static final MetricSpec EXPORTED =
            MetricSpec.counter("ringside_events_exported_total", "Records that are in the metrics.");
    static final MetricSpec LOST =
            MetricSpec.counter("ringside_events_lost_total", "Records that are not in the metrics, by where they were lost and why.")
                    .withLabel("stage", "kernel", "drain", "decode", "identify")
                    .withLabel("cause", "ring_full", "fell_behind", "undecodable", "unknown_identity", "queue_full")
                    .withSource("ring_counters.reserve_failed; the drain");
    private static final MetricSpec COMPLETENESS =
            MetricSpec.gauge("ringside_completeness_ratio", "Share of all records so far that was not lost.").withScale(BILLIONTHS);
    private static final MetricSpec FILL =
            MetricSpec.gauge("ringside_ring_fill_ratio", "Most of a ring that a drain has found filled since the last collection.").withScale(BILLIONTHS);
    private static final MetricSpec RING_BYTES = MetricSpec.gauge("ringside_ring_size_bytes", "Size of a probe's ring.");
    private static final MetricSpec MAP_FULL =
            MetricSpec.counter("ringside_map_full_total", "Updates that found no room in one of a probe's BPF maps.")
                    .withSource("ring_counters.map_full");
    private static final MetricSpec TAKEN_OVER =
            MetricSpec.counter("ringside_bpf_taken_over_total", "Runs the kernel left out of one of a probe's programs that another one made good.")
                    .withSource("ring_counters.taken_over");
    private static final MetricSpec HELD_BACK =
            MetricSpec.counter("ringside_events_held_back_total",
                            "Records left out because a CPU had had enough of them in that second; not in produced, and nothing is missing in the metrics.")
                    .withSource("ring_counters.held_back");

    private static final MetricSpec ATTACHED =
            MetricSpec.gauge("ringside_probe_attached", "1 for the hook that is attached at a probe's point, 0 for a point that has none.");

    private static final MetricSpec TIER =
            MetricSpec.gauge("ringside_capability_tier", "1 for what the daemon's capabilities allowed it to attach, 0 for the other tiers.")
                    .withLabel("tier", "full", "tracing", "bpf", "none").withoutIdentity();
    private static final MetricSpec DROPPED =
            MetricSpec.gauge("ringside_capabilities_dropped", "1 if the daemon has given up its capabilities since it attached, 0 if it has kept them.")
                    .withoutIdentity();

    private static final MetricSpec RUN_SECONDS =
            MetricSpec.counter("ringside_bpf_program_run_seconds_total", "Time in a BPF program, without the clock that tells it: one run of 61 is timed, and stands for all.").withScale(BILLIONTHS)
                    .withSource("program_costs.run_ns");
    private static final MetricSpec RUNS = MetricSpec.counter("ringside_bpf_program_runs_total", "Runs of a BPF program.")
            .withSource("program_costs.runs");
    private static final MetricSpec MISSED =
            MetricSpec.counter("ringside_bpf_program_missed_total", "Runs the kernel left out: the program was running on that CPU already.")
                    .withSource("bpf_prog_info.recursion_misses");

    private static final MetricSpec MAP_ENTRIES = MetricSpec.gauge("ringside_bpf_map_entries", "Keys in a BPF map at the last collection.");
    private static final MetricSpec MAP_MAX = MetricSpec.gauge("ringside_bpf_map_max_entries", "Keys that a BPF map has room for.")
            .withSource("bpf_map_info.max_entries");

    private static final MetricSpec DRAIN = MetricSpec.histogram("ringside_drain_duration_seconds", "Duration of a pass over all rings.",
                    Buckets.of(10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 100_000_000))
            .withScale(BILLIONTHS).withoutIdentity();
    private static final MetricSpec LATE = MetricSpec.counter("ringside_drain_late_total", "Passes that came four timers late or more.")
            .withoutIdentity().withAllVariantsAtZero();
    private static final MetricSpec ERRORS = MetricSpec.counter("ringside_drain_errors_total", "Errors that the drain thread went on after; the log has the first of each kind.")
            .withoutIdentity().withAllVariantsAtZero();
    private static final MetricSpec COLLECT = MetricSpec.histogram("ringside_collect_duration_seconds", "Duration of reading all kernel totals.",
                    Buckets.of(300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000, 1_000_000_000L))
            .withScale(BILLIONTHS).withoutIdentity();
    private static final MetricSpec IDENTITIES = MetricSpec.gauge("ringside_identities", "Workloads that are known.").withoutIdentity();
    private static final MetricSpec CGROUPS = MetricSpec.gauge("ringside_cgroups", "Cgroups that are known.").withoutIdentity();
    private static final MetricSpec PENDING = MetricSpec.gauge("ringside_events_pending", "Records that wait for their identity.").withoutIdentity();
    private static final MetricSpec OVERFLOWED =
            MetricSpec.counter("ringside_identities_overflowed_total", "Times a workload was folded into the overflow identity.")
                    .withoutIdentity().withAllVariantsAtZero();

    private static final MetricSpec UNENRICHED =
            MetricSpec.counter("ringside_identity_unenriched_total", "Containers that went by their own id because no kubelet told their pod in time.")
                    .withoutIdentity().withAllVariantsAtZero();

    private static final MetricSpec PEERS =
            MetricSpec.gauge("ringside_peers", "Pairs of a workload and whom it talks to that are known.").withoutIdentity();
    private static final MetricSpec PEERS_OVERFLOWED =
            MetricSpec.counter("ringside_peers_overflowed_total", "Times whom a workload talks to was folded into the peer __overflow__.")
                    .withoutIdentity().withAllVariantsAtZero();

    /** In the order of exposition; docs and tests read it. */
    static final List<MetricSpec> SPECS = List.of(PRODUCED, EXPORTED, LOST, COMPLETENESS, FILL, RING_BYTES, MAP_FULL, TAKEN_OVER, HELD_BACK, ATTACHED, TIER, DROPPED,
            RUN_SECONDS, RUNS,
            MISSED, MAP_ENTRIES, MAP_MAX, DRAIN, LATE, ERRORS, COLLECT, IDENTITIES, CGROUPS, PENDING, OVERFLOWED, UNENRICHED, PEERS, PEERS_OVERFLOWED);

    /** A monotonic total that somebody else counts, as deltas. */
    private static final class Total {

        private final Map<Integer, Long> last = new HashMap<>();

        void add(CounterFamily family, int slot, int variant, long total) {
            Long before = last.put(slot * MetricSpec.MAX_VARIANTS + variant, total);
            family.add(slot, variant, Math.max(0, total - (before == null ? 0 : before)));
        }
    }

    private final StaticLabels probeLabels = new StaticLabels("probe");
    private final StaticLabels hookLabels = new StaticLabels("probe", "point", "mechanism", "hook");
    private final StaticLabels programLabels = new StaticLabels("probe", "program");
    private final StaticLabels mapLabels = new StaticLabels("probe", "map");
    private final MetricTable byProbe = new MetricTable(probeLabels, MAX_SERIES);
    private final MetricTable byHook = new MetricTable(hookLabels, MAX_SERIES);
    private final MetricTable byProgram = new MetricTable(programLabels, MAX_SERIES);
    private final MetricTable byMap = new MetricTable(mapLabels, MAX_SERIES);
    private final MetricTable own = new MetricTable(new StaticLabels(), MAX_SERIES);

    private final CounterFamily produced = byProbe.counter(PRODUCED);
    private final CounterFamily exported = byProbe.counter(EXPORTED);
    private final CounterFamily lost = byProbe.counter(LOST);
    private final GaugeFamily completeness = byProbe.gauge(COMPLETENESS);
    private final GaugeFamily fill = byProbe.gauge(FILL);
    private final GaugeFamily ringBytes = byProbe.gauge(RING_BYTES);
    private final CounterFamily mapFull = byProbe.counter(MAP_FULL);
    private final CounterFamily takenOver = byProbe.counter(TAKEN_OVER);
    private final CounterFamily heldBack = byProbe.counter(HELD_BACK);
    private final GaugeFamily attached = byHook.gauge(ATTACHED);
    private final GaugeFamily tier = own.gauge(TIER);
    private final GaugeFamily dropped = own.gauge(DROPPED);
    private final CounterFamily runSeconds = byProgram.counter(RUN_SECONDS);
    private final CounterFamily runs = byProgram.counter(RUNS);
    private final CounterFamily missed = byProgram.counter(MISSED);
    private final GaugeFamily mapEntries = byMap.gauge(MAP_ENTRIES);
    private final GaugeFamily mapMax = byMap.gauge(MAP_MAX);
    private final HistogramFamily drain = own.histogram(DRAIN);
    private final CounterFamily lateDrains = own.counter(LATE);
    private final CounterFamily drainErrors = own.counter(ERRORS);
    private final HistogramFamily collect = own.histogram(COLLECT);
    private final GaugeFamily identities = own.gauge(IDENTITIES);
    private final GaugeFamily cgroups = own.gauge(CGROUPS);
    private final GaugeFamily pending = own.gauge(PENDING);
    private final CounterFamily overflowed = own.counter(OVERFLOWED);
    private final CounterFamily unenriched = own.counter(UNENRICHED);
    private final GaugeFamily peers = own.gauge(PEERS);
    private final CounterFamily peersOverflowed = own.counter(PEERS_OVERFLOWED);

    private final Map<CounterFamily, Total> totals = new HashMap<>();
    private final int[] lossVariants = new int[Loss.values().length];

    SelfMetrics() {
        for (Loss loss : Loss.values()) {
            lossVariants[loss.ordinal()] = LOST.variant(
                    LOST.labels().get(0).values().indexOf(loss.stage), LOST.labels().get(1).values().indexOf(loss.cause));
        }
    }

    void cameLate() {
        lateDrains.add(MetricTable.NO_IDENTITY, 0, 1);
    }

    void drained(long nanos) {
        drain.record(MetricTable.NO_IDENTITY, 0, nanos);
    }

    void collected(long nanos) {
        collect.record(MetricTable.NO_IDENTITY, 0, nanos);
    }

    void attached(List<ProbeStatus> statuses) {
        for (ProbeStatus status : statuses) {
            if (status.state() == ProbeStatus.State.DISABLED) {
                continue;
            }
            for (ProbeStatus.Point point : status.points()) {
                int slot = hookLabels.slot(status.name(), point.name(), point.mechanism(), point.hook());
                attached.set(slot, 0, point.mechanism().isEmpty() ? 0 : 1);
            }
        }
    }

    /** @param held before they were given up, if it could be found out */
    void privileges(Optional<CapabilityTier> held, boolean givenUp) {
        for (CapabilityTier each : CapabilityTier.values()) {
            tier.set(MetricTable.NO_IDENTITY, TIER.labels().getFirst().values().indexOf(each.name().toLowerCase(Locale.ROOT)), held.equals(Optional.of(each)) ? 1 : 0);
        }
        dropped.set(MetricTable.NO_IDENTITY, 0, givenUp ? 1 : 0);
    }

    void update(List<ProbeRuntime> probes, IdentityTable.Stats known, Optional<PeerTable.Stats> talking, int waiting, long errors) {
        for (ProbeRuntime probe : probes) {
            books(probe);
            for (ProbeStatus.Program program : probe.programs()) {
                int slot = programLabels.slot(probe.name(), program.name());
                add(runSeconds, slot, 0, program.runNanos());
                add(runs, slot, 0, program.runs());
                add(missed, slot, 0, program.missed());
            }
            for (MapStatus map : probe.maps()) {
                int slot = mapLabels.slot(probe.name(), map.name());
                mapMax.set(slot, 0, map.maxEntries());
                if (map.entries() >= 0) {
                    mapEntries.set(slot, 0, map.entries());
                }
            }
        }
        identities.set(MetricTable.NO_IDENTITY, 0, known.slots());
        cgroups.set(MetricTable.NO_IDENTITY, 0, known.cgroups());
        pending.set(MetricTable.NO_IDENTITY, 0, waiting);
        add(drainErrors, MetricTable.NO_IDENTITY, 0, errors);
        add(overflowed, MetricTable.NO_IDENTITY, 0, known.overflowed());
        add(unenriched, MetricTable.NO_IDENTITY, 0, known.unenriched());
        talking.ifPresent(stats -> {
            peers.set(MetricTable.NO_IDENTITY, 0, stats.pairs());
            add(peersOverflowed, MetricTable.NO_IDENTITY, 0, stats.overflowed());
        });
    }

    private void books(ProbeRuntime probe) {
        int slot = probeLabels.slot(probe.name());
        add(mapFull, slot, 0, probe.mapFull());
        add(takenOver, slot, 0, probe.takenOver());
        add(heldBack, slot, 0, probe.heldBack());
        EventLedger ledger = probe.ledger();
        add(produced, slot, 0, ledger.producedCount());
        add(exported, slot, 0, ledger.exportedCount());
        for (Loss loss : Loss.values()) {
            add(lost, slot, lossVariants[loss.ordinal()], ledger.lostCount(loss));
        }
        long all = ledger.producedCount();
        // Rounded down, so that 1 means that nothing was lost.
        completeness.set(slot, 0, all == 0 ? 1_000_000_000L : (long) (1e9 * (all - ledger.lostCount()) / all));
        probe.ring().ifPresent(ring -> {
            fill.set(slot, 0, 1_000_000_000L * probe.takeHighestBytes() / ring.size());
            ringBytes.set(slot, 0, ring.size());
        });
    }

    private void add(CounterFamily family, int slot, int variant, long total) {
        totals.computeIfAbsent(family, unused -> new Total()).add(family, slot, variant, total);
    }

    List<FamilySnapshot> families(long nowNanos) {
        List<FamilySnapshot> families = new ArrayList<>();
        for (MetricTable table : List.of(byProbe, byHook, byProgram, byMap, own)) {
            families.addAll(table.snapshot(nowNanos).families());
        }
        return families;
    }
}
