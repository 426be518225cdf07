package dev.ringside.dashboards;

import static dev.ringside.dashboards.PromQl.rate;
import static dev.ringside.dashboards.PromQl.select;
import static dev.ringside.dashboards.PromQl.sumBy;

import dev.ringside.dashboards.Panel.Column;

/** What Ringside tells of itself. */
final class SelfPanels {
    private SelfPanels() {}

    /** NaN-free: a probe that nothing happened to has lost nothing. */
    static String completeness(String by) {
        return "1 - " + sumBy(by, rate("ringside_events_lost_total", "")) + " / (" + sumBy(by, rate("ringside_events_produced_total", "")) + " > 0)";
    }

    static Panel completenessNow() {
        return Panel.stat("Completeness", "Share of the kernel's records that made it into the metrics; the worst probe's. Below 1 the other numbers say less than happened."
                        + " Red where RingsideCompletenessLow fires.")
                .unit("percentunit").alertedBy("RingsideCompletenessLow").whenEmpty("no records").query("min(" + completeness("instance, probe") + ")");
    }

    static Panel daemons() {
        return Panel.stat("Daemons", "Ringside daemons that were scraped. Fewer than nodes: see RingsideDown.").query("count(" + select("ringside_identities", "") + ")");
    }

    static Panel eventsNow() {
        return Panel.stat("Records", "Records a second that the kernel's hooks wanted to write. What is summed up in the kernel makes none.")
                .unit("ops").query(sumBy("", rate("ringside_events_produced_total", "")));
    }

    static Panel lostNow() {
        return Panel.stat("Records lost", "Records a second that are not in the metrics, of any probe and cause. Red where RingsideEventsLost fires for one of them.")
                .unit("ops").alertedBy("RingsideEventsLost").query(sumBy("", rate("ringside_events_lost_total", "")));
    }

    static Panel cpuNow() {
        return Panel.stat("CPU of a daemon", "Share of a CPU that the daemon's own threads use; of the most expensive daemon. What its programs cost in the kernel is below.")
                .unit("percentunit").query("max(" + rate("process_cpu_seconds_total", "") + ")");
    }

    static Panel memoryNow() {
        return Panel.stat("Memory of a daemon", "Resident memory, of the largest daemon. BPF maps are the kernel's and not in it.")
                .unit("bytes").query("max(" + select("process_resident_memory_bytes", "") + ")");
    }

    static Panel completenessByProbe() {
        return Panel.timeSeries("Completeness, by probe", "Share of the records produced that were not lost, of the worst daemon. No line where a probe produced none.")
                .unit("percentunit").near("0.95", "1").alertedBy("RingsideCompletenessLow")
                .query("min by (probe) (" + completeness("instance, probe") + ")", "{{probe}}");
    }

    static Panel lostByCause() {
        return Panel.timeSeries("Records lost, by stage and cause", "Records a second. kernel/ring_full: a burst larger than the ring; drain/fell_behind: the daemon had no CPU;"
                        + " decode/undecodable: daemon and BPF object are of different builds; identify/unknown_identity, queue_full: cgroups came and went faster than they were looked up.")
                .unit("ops").alertedBy("RingsideEventsLost")
                .query(sumBy("probe, stage, cause", rate("ringside_events_lost_total", "")), "{{probe}} {{stage}}/{{cause}}");
    }

    static Panel ringFill() {
        return Panel.timeSeries("Ring fill, highest", "Most of a probe's ring that a drain found filled since the last collection; of the fullest ring. At 100 % records are lost."
                        + " probes.<probe>.ring_bytes sets the size.")
                .unit("percentunit").upTo("1").query("max by (probe) (" + select("ringside_ring_fill_ratio", "") + ")", "{{probe}}");
    }

    static Panel pending() {
        return Panel.timeSeries("Records waiting for their identity", "Records whose cgroup isn't known yet. They wait a while for a look-up, then count as lost.")
                .query("max by (instance) (" + select("ringside_events_pending", "") + ")", "{{instance}}");
    }

    static Panel hooks() {
        return Panel.table("Hooks", "Which hook serves which point of which probe, and on how many nodes. Where the mechanism is empty no hook could be attached:"
                        + " an optional point's numbers are missing, with a required one the probe's. `ringside check` on the node gives the reason.")
                .width(12).query("count by (probe, point, mechanism, hook) (" + select("ringside_probe_attached", "") + ")")
                .column(Column.label("probe", "Probe")).column(Column.label("point", "Point"))
                .column(Column.label("mechanism", "Mechanism")).column(Column.label("hook", "Hook"))
                .column(Column.value(0, "Nodes", "none"));
    }

    static Panel unattached() {
        return Panel.timeSeries("Points without a hook, by probe", "On how many nodes a point of a probe has no hook. Above none RingsideProbeDetached fires.")
                .unit("none").redAboveNone().query("sum by (probe, point) (1 - min by (instance, probe, point) (" + select("ringside_probe_attached", "") + "))", "{{probe}} {{point}}");
    }

    static Panel programTime() {
        return Panel.timeSeries("Kernel time in BPF programs", "CPUs' worth of time spent in each program, over all nodes shown, by its own clock: what the workloads pay for being watched."
                        + " One run of 61 is timed, and stands for all.")
                .unit("percentunit").stacked()
                .query("topk(10, " + sumBy("probe, program", rate("ringside_bpf_program_run_seconds_total", "")) + ")", "{{probe}} {{program}}");
    }

    static Panel timePerRun() {
        return Panel.timeSeries("Time of a run", "Mean time of one run of each program, a reading of its own clock (some 20 ns) included.")
                .unit("s").query("topk(10, " + sumBy("probe, program", rate("ringside_bpf_program_run_seconds_total", ""))
                        + " / (" + sumBy("probe, program", rate("ringside_bpf_program_runs_total", "")) + " > 0))", "{{probe}} {{program}}");
    }

    static Panel missedRuns() {
        return Panel.timeSeries("Runs left out", "Runs a second that the kernel left out because that program was running on the CPU already; what they would have counted is missing."
                        + " Not so a connection's changes of state (tcp): its end is made good when the socket is given back, which is the last line, and the others tell little.")
                .unit("ops")
                .query("topk(10, " + sumBy("probe, program", rate("ringside_bpf_program_missed_total", "")) + ")", "{{probe}} {{program}}")
                .query(sumBy("probe", rate("ringside_bpf_taken_over_total", "probe=\"tcp\"")), "{{probe}}, made good by another program");
    }

    static Panel cpu() {
        return Panel.timeSeries("CPU, by daemon", "Share of a CPU that a daemon's own threads use; the ten largest.")
                .unit("percentunit").query("topk(10, sum by (instance) (" + rate("process_cpu_seconds_total", "") + "))", "{{instance}}");
    }

    static Panel memory() {
        return Panel.timeSeries("Memory, by daemon", "Resident memory of each daemon, the ten largest; and the largest Java heap in use.")
                .unit("bytes").query("topk(10, sum by (instance) (" + select("process_resident_memory_bytes", "") + "))", "{{instance}}")
                .query("max(sum by (instance) (" + select("jvm_memory_used_bytes", "area=\"heap\"") + "))", "heap, largest");
    }

    static Panel garbage() {
        return Panel.timeSeries("Garbage collection, by daemon", "Share of the time that a daemon's threads stood still for a collection; the ten largest."
                        + " No line until a daemon has collected once.")
                .unit("percentunit").whenEmpty("no collections").query("topk(10, sum by (instance) (" + rate("jvm_gc_pause_seconds_sum", "") + "))", "{{instance}}");
    }

    static Panel drains() {
        return Panel.heatmap("Passes over the rings", "Passes a second over all rings, by their duration. They come every collect.drain_interval, 25 ms by default.")
                .query(sumBy("le", rate("ringside_drain_duration_seconds_bucket", "")), "{{le}}");
    }

    static Panel collections() {
        return Panel.heatmap("Collections", "Readings a second of all kernel totals, by their duration. They come every collect.collect_interval, and with a scrape.")
                .query(sumBy("le", rate("ringside_collect_duration_seconds_bucket", "")), "{{le}}");
    }

    static Panel lateDrains() {
        return Panel.timeSeries("Late passes, by daemon", "Share of the passes over the rings that came four timers late or more: the daemon did not get a CPU; the ten largest.")
                .unit("percentunit").alertedBy("RingsideDrainLate")
                .query("topk(10, " + sumBy("instance", rate("ringside_drain_late_total", ""))
                        + " / (" + sumBy("instance", rate("ringside_drain_duration_seconds_count", "")) + " > 0))", "{{instance}}");
    }

    static Panel scrapes() {
        return Panel.timeSeries("Time of a scrape, by daemon", "Mean time to make and hand over an exposition; the ten longest.")
                .unit("s").query("topk(10, " + sumBy("instance", rate("ringside_scrape_duration_seconds_sum", ""))
                        + " / (" + sumBy("instance", rate("ringside_scrape_duration_seconds_count", "")) + " > 0))", "{{instance}}");
    }

    static Panel series() {
        return Panel.timeSeries("Series, by family", "Label sets of the ten largest families, of the daemon with the most. series.max_per_family caps them; a histogram's buckets are not counted apart.")
                .query("topk(10, max by (family) (" + select("ringside_series", "") + "))", "{{family}}");
    }

    static Panel overflow() {
        return Panel.timeSeries("Over the cap", "Updates a second that went to the series labelled __overflow__, by family; and times a workload became the overflow identity (identity.max).")
                .unit("ops").alertedBy("RingsideSeriesOverflow")
                .query("topk(10, " + sumBy("family", rate("ringside_series_overflowed_total", "")) + ")", "{{family}}")
                .query(sumBy("", rate("ringside_identities_overflowed_total", "")), "identities");
    }

    static Panel identities() {
        return Panel.timeSeries("Workloads and cgroups known", "Workloads that one daemon tells apart (identity.max caps them), and cgroups it has seen; of the one that knows most.")
                .query("max(" + select("ringside_identities", "") + ")", "workloads").query("max(" + select("ringside_cgroups", "") + ")", "cgroups");
    }

    static Panel mapFill() {
        return Panel.barGauge("BPF maps, how full", "Keys in a map per key that it has room for; the ten fullest maps on any node. Of the maps that are read"
                        + " at every collection; arrays have all their keys always. Full ones lose totals: see the probe's max_* settings.")
                .unit("percentunit").upTo("1").query("topk(10, max by (probe, map) (" + select("ringside_bpf_map_entries", "") + " / "
                        + select("ringside_bpf_map_max_entries", "") + "))", "{{probe}} {{map}}");
    }

    static Panel mapFull() {
        return Panel.timeSeries("Updates that found a map full", "Updates a second of a probe's BPF maps that found no room.")
                .unit("ops").alertedBy("RingsideMapFull").query(sumBy("probe", rate("ringside_map_full_total", "")), "{{probe}}");
    }

    static Panel errors() {
        return Panel.timeSeries("Errors of the drain thread", "Errors a second that the drain thread went on after. The log has the first of each kind.")
                .unit("ops").query(sumBy("instance", rate("ringside_drain_errors_total", "")), "{{instance}}");
    }

    static Panel kubeletAge() {
        return Panel.timeSeries("Age of the kubelet's answer, by daemon", "Time since the kubelet last told its pods; the ten oldest. Pods that came since then go by their containers' ids."
                        + " Missing on a host without a kubelet.")
                .unit("s").alertedBy("RingsideKubeletStale").whenEmpty("no kubelet")
                .query("topk(10, time() - max by (instance) (" + select("ringside_kubelet_last_answer_timestamp_seconds", "") + "))", "{{instance}}");
    }

    static Panel kubeletRequests() {
        return Panel.timeSeries("Questions to the kubelet, by outcome", "Questions for the node's pods a second, by the answer's HTTP status or what happened instead of one. Missing on a host without a kubelet.")
                .unit("ops").whenEmpty("no kubelet").query(sumBy("code", rate("ringside_kubelet_requests_total", "")), "{{code}}");
    }

    static Panel unenriched() {
        return Panel.timeSeries("Containers without a pod, by daemon", "Containers a second whose pod no kubelet told in time: they go by their own id instead of their workload's name.")
                .unit("ops").query("topk(10, " + sumBy("instance", rate("ringside_identity_unenriched_total", "")) + ")", "{{instance}}");
    }
}
