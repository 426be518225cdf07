package dev.ringside.dashboards;

import static dev.ringside.dashboards.PromQl.rate;
import static dev.ringside.dashboards.PromQl.sumBy;

/** What the sched probe tells, for whatever a dashboard's variables choose. */
final class SchedPanels {
    private static final String MISSING = " Missing where probe sched can't attach: `ringside check` says why.";

    private SchedPanels() {}

    static String cpu(String by) {
        return sumBy(by, rate("ringside_sched_cpu_seconds_total", ""));
    }

    static String waitQuantile(String quantile, String by) {
        return PromQl.quantile(quantile, by, "ringside_sched_runqueue_latency_seconds");
    }

    static Panel cpuNow() {
        return Panel.stat("CPU used", "How many CPUs' worth of time threads had, from the scheduler's switches. Compare with the number of CPUs." + MISSING)
                .unit("none").query(cpu(""));
    }

    static Panel waitNow() {
        return Panel.stat("CPU wait, p99", "One in a hundred times that a thread could run it waited this long or longer for a CPU,"
                        + " from the kernel's own time stamps. Red where RingsideRunQueueSaturated fires for a whole node." + MISSING)
                .unit("s").alertedBy("RingsideRunQueueSaturated").query(waitQuantile("0.99", ""));
    }

    static Panel cpuBy(String label) {
        return Panel.timeSeries("CPU used, by " + label, "CPUs' worth of time that threads had; the ten largest." + MISSING)
                .unit("none").stacked().query("topk(10, " + cpu(label) + ")", "{{" + label + "}}");
    }

    static Panel waitBy(String label) {
        return Panel.timeSeries("Wait for a CPU, p99, by " + label, "One in a hundred waits of these threads was this long or longer; the ten longest."
                        + " The histogram's bounds are a factor of four apart, so read it as a size, not as a number." + MISSING)
                .unit("s").alertedBy("RingsideRunQueueSaturated").query("topk(10, " + waitQuantile("0.99", label) + ")", "{{" + label + "}}");
    }

    static Panel waits() {
        return Panel.heatmap("Waits for a CPU", "How many threads a second waited how long from when they could run to when they ran."
                        + " A dark band that climbs is a node, or a CPU limit, that has no more to give." + MISSING)
                .query(sumBy("le", rate("ringside_sched_runqueue_latency_seconds_bucket", "")), "{{le}}");
    }

    static Panel preemptions() {
        return Panel.timeSeries("Preemptions, by whose thread took the CPU", "Times a second that a thread which could have gone on was taken off its CPU:"
                        + " for a thread of the same workload, of another one, or of the kernel (host)." + MISSING)
                .unit("ops").query(sumBy("cause", rate("ringside_sched_preemptions_total", "")), "{{cause}}");
    }
}
