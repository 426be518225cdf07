package dev.ringside.truth;

import dev.ringside.pipeline.Engine;
import dev.ringside.testing.Await;
import java.util.Map;

/** A probe's account of its records, as its metrics show it. */
record Books(long produced, long exported, long lost, Readings readings, String probe) {

    static Books of(Engine engine, String probe) {
        Readings now = Readings.of(engine);
        Map<String, String> label = Map.of("probe", probe);
        return new Books(now.value("ringside_events_produced_total", label), now.value("ringside_events_exported_total", label),
                now.value("ringside_events_lost_total", label), now, probe);
    }

    /**
     * Produced = exported + Σ lost, exactly. A machine is never quite quiet, and a record that was produced a moment ago is
     * nowhere yet: there has to be a moment without one. A record that is missing in the books is missing at all moments.
     */
    static Books balanced(Engine engine, String probe) {
        Books[] last = new Books[1];
        Await.until("produced = exported + lost", () -> {
            last[0] = of(engine, probe);
            return last[0].produced == last[0].exported + last[0].lost;
        });
        return last[0];
    }

    /** The same where records wait for their identity: on a machine that is never quiet, there are always some. */
    static Books balancedButForWaiting(Engine engine, String probe) {
        Books[] last = new Books[1];
        Await.until("produced = exported + lost + waiting", () -> {
            last[0] = of(engine, probe);
            return last[0].produced == last[0].exported + last[0].lost + last[0].readings.value("ringside_events_pending", Map.of());
        });
        return last[0];
    }

    long lost(String stage, String cause) {
        return readings.value("ringside_events_lost_total", Map.of("probe", probe, "stage", stage, "cause", cause));
    }

    double completeness() {
        return readings.value("ringside_completeness_ratio", Map.of("probe", probe)) * 1e-9;
    }
}
