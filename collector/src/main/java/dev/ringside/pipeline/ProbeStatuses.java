package dev.ringside.pipeline;

import dev.ringside.bpf.AttachOutcome;
import dev.ringside.bpf.LoadOutcome;
import dev.ringside.bpf.Refusal;
import dev.ringside.pipeline.ProbeStatus.State;
import dev.ringside.probe.ProbeSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Puts what became of a probe into words. */
final class ProbeStatuses {

    private ProbeStatuses() {}

    static ProbeStatus disabled(ProbeSpec spec) {
        return new ProbeStatus(spec.name(), spec.summary(), State.DISABLED, "", "", List.of(), List.of());
    }

    static ProbeStatus of(ProbeSpec spec, LoadOutcome outcome) {
        List<ProbeStatus.Point> points = outcome.points().stream().map(ProbeStatuses::point).toList();
        return switch (outcome) {
            case LoadOutcome.Refused refused -> new ProbeStatus(spec.name(), spec.summary(), State.UNAVAILABLE, refused.reason(),
                    refused.remedy(), points, List.of());
            case LoadOutcome.Loaded loaded -> {
                List<ProbeStatus.Point> missing = points.stream().filter(point -> point.mechanism().isEmpty()).toList();
                yield missing.isEmpty()
                        ? new ProbeStatus(spec.name(), spec.summary(), State.RUNNING, "", "", points, List.of())
                        : new ProbeStatus(spec.name(), spec.summary(), State.DEGRADED, "without " + missing.stream()
                                .map(point -> point.name() + " (" + lastReason(point) + ")").collect(Collectors.joining(", ")),
                                remedies(missing), points, List.of());
            }
        };
    }

    private static ProbeStatus.Point point(AttachOutcome outcome) {
        List<ProbeStatus.Refusal> refused = outcome.refusals().stream().map(ProbeStatuses::refusal).toList();
        return switch (outcome) {
            case AttachOutcome.Attached attached -> new ProbeStatus.Point(attached.point().name(), attached.point().required(),
                    attached.alternative().mechanism().label(), attached.alternative().hook(), refused);
            case AttachOutcome.Refused none -> new ProbeStatus.Point(none.point().name(), none.point().required(), "", "", refused);
        };
    }

    private static ProbeStatus.Refusal refusal(Refusal refusal) {
        return new ProbeStatus.Refusal(refusal.alternative().mechanism().label(), refusal.alternative().hook(), refusal.reason(),
                refusal.remedy(), refusal.verifierLog());
    }

    private static String lastReason(ProbeStatus.Point point) {
        return point.refused().isEmpty() ? "not tried" : point.refused().getLast().reason();
    }

    private static String remedies(List<ProbeStatus.Point> points) {
        return points.stream().flatMap(point -> point.refused().stream())
                .map(ProbeStatus.Refusal::remedy).filter(remedy -> !remedy.isEmpty()).distinct().collect(Collectors.joining("; or "));
    }

    static ProbeStatus withPrograms(ProbeStatus status, List<ProbeStatus.Program> programs) {
        return new ProbeStatus(status.name(), status.summary(), status.state(), status.reason(), status.remedy(), status.points(), programs);
    }

    static String text(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
