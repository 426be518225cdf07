package dev.ringside.dashboards;

import static dev.ringside.dashboards.PromQl.grown;
import static dev.ringside.dashboards.PromQl.rate;
import static dev.ringside.dashboards.PromQl.sumBy;

/** What the process probe tells, for whatever a dashboard's variables choose. */
final class ProcessPanels {
    private ProcessPanels() {}

    static Panel oomKills() {
        return Panel.stat("OOM kills", "Processes that the kernel killed for want of memory, in the time shown. Red where RingsideOomKill fires.")
                .alertedBy("RingsideOomKill").whenEmpty("none").query(grown("", "ringside_process_oom_kills_total"));
    }

    static Panel execsBy(String label) {
        return Panel.timeSeries("Programs started, by " + label, "Successful execve calls a second; the ten largest. Shell scripts and probes that run a command show here.")
                .unit("ops").query("topk(10, " + sumBy(label, rate("ringside_process_execs_total", "")) + ")", "{{" + label + "}}");
    }

    static Panel exits() {
        return Panel.timeSeries("Processes ended, by reason", "Processes a second that ended: success and failure by exit code, oom, or the signal that ended them."
                        + " A container that restarts again and again shows as its own rhythm of failure, sigkill or oom.")
                .unit("ops").query(sumBy("reason", rate("ringside_process_exits_total", "")), "{{reason}}");
    }

    static Panel lifetimes() {
        return Panel.heatmap("How long processes live", "Ended processes a second, by the time from fork to end.")
                .query(sumBy("le", rate("ringside_process_lifetime_seconds_bucket", "")), "{{le}}");
    }
}
