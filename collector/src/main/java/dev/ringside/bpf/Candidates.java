package dev.ringside.bpf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which alternative of each attach point is next, and what became of those before it. */
final class Candidates {
    private final AttachPlan plan;
    private final Map<Alternative, Refusal> refused = new LinkedHashMap<>();

    Candidates(AttachPlan plan) {
        this.plan = plan;
    }

    void refuse(Refusal refusal) {
        refused.putIfAbsent(refusal.alternative(), refusal);
    }

    /** The best alternative left of each point; a point with none left is not in it. */
    Map<AttachPoint, Alternative> chosen() {
        Map<AttachPoint, Alternative> chosen = new LinkedHashMap<>();
        for (AttachPoint point : plan.points()) {
            best(point).ifPresent(alternative -> chosen.put(point, alternative));
        }
        return chosen;
    }

    /** A required point with no alternative left. */
    Optional<AttachPoint> hopeless() {
        return plan.points().stream().filter(point -> point.required() && best(point).isEmpty()).findFirst();
    }

    List<AttachOutcome> outcomes() {
        List<AttachOutcome> outcomes = new ArrayList<>();
        for (AttachPoint point : plan.points()) {
            Optional<Alternative> best = best(point);
            outcomes.add(best.isPresent()
                    ? new AttachOutcome.Attached(point, best.get(), refusals(point))
                    : new AttachOutcome.Refused(point, refusals(point)));
        }
        return outcomes;
    }

    /** What was refused, for an object of which nothing is attached. */
    List<AttachOutcome> refusedOutcomes() {
        return plan.points().stream().<AttachOutcome>map(point -> new AttachOutcome.Refused(point, refusals(point))).toList();
    }

    List<Refusal> refusals(AttachPoint point) {
        return point.alternatives().stream().filter(refused::containsKey).map(refused::get).toList();
    }

    private Optional<Alternative> best(AttachPoint point) {
        return point.alternatives().stream().filter(alternative -> !refused.containsKey(alternative)).findFirst();
    }
}
