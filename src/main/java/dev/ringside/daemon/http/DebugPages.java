package dev.ringside.daemon.http;

import dev.ringside.identity.IdentityQuestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The debug pages that are one JSON object each. */
final class DebugPages {

    private final WorkLane pages;
    private final Map<String, Object> config;

    DebugPages(WorkLane pages, Map<String, Object> config) {
        this.pages = pages;
        this.config = config;
    }

    List<Route> routes() {
        return List.of(
                Route.of("/debug/probes", "each probe: its state, the hooks it took, those that were refused and why, what its programs cost",
                        page((_, source) -> Map.of("probes", source.probes().stream().map(DebugJson::probe).toList()))),
                Route.of("/debug/rings", "how full the rings are, and what was lost where",
                        page((_, source) -> Map.of("rings", source.rings().stream().map(DebugJson::ring).toList()))),
                Route.of("/debug/maps", "the BPF maps and how full they are",
                        page((_, source) -> Map.of("maps", source.maps().stream().map(DebugJson::map).toList()))),
                Route.of("/debug/features", "what this kernel allows, and how that was found out",
                        page((_, source) -> Map.of("features", source.features().stream().map(DebugJson::feature).toList()))),
                new Route("/debug/identity", "/debug/identity?cgroup=1", "whose a cgroup is, and by which steps that is found; ?pid=, ?ip= and ?container= lead there",
                        Endpoint.whenServing(this::identity)),
                Route.of("/debug/pods", "how asking the kubelet, and others about peers, goes, the pods of its last answer, and how pods started",
                        page((_, source) -> DebugJson.pods(source.kubelet(), source.peerSources(), source.pods(), source.podStarts()))),
                Route.of("/debug/spans", "how sending spans goes, and the last ones that were kept; without an endpoint there are spans while somebody watches them",
                        page((_, source) -> DebugJson.spans(source.traces(), source.spanClock(), source.recentSpans()))),
                Route.of("/debug/config", "the effective config",
                        (exchange, _) -> exchange.sendJson(200, config)),
                Route.of("/debug/threads", "the daemon's threads: what they do and what they have used",
                        (exchange, _) -> run(exchange, () -> exchange.sendJson(200, ThreadsPage.read()))));
    }

    private Endpoint page(BiFunction<Exchange, DebugSource, Map<String, Object>> page) {
        return Endpoint.whenServing((exchange, source) -> run(exchange, () -> exchange.sendJson(200, page.apply(exchange, source))));
    }

    private void identity(Exchange exchange, DebugSource source) {
        Optional<IdentityQuestion> question = question(exchange);
        if (question.isEmpty()) {
            exchange.sendError(400, "no cgroup id: cgroup=" + exchange.parameter("cgroup").orElse("")
                    + "; a cgroup's id is its directory's inode number, as in /debug/identity?cgroup=1; ?pid=, ?ip= and ?container= lead there as well");
            return;
        }
        run(exchange, () -> source.identity(question.get()).ifPresentOrElse(
                identity -> exchange.sendJson(200, DebugJson.identity(identity)),
                () -> exchange.sendError(404, unknown(question.get()))));
    }

    private static String unknown(IdentityQuestion question) {
        return switch (question) {
            case IdentityQuestion.OfCgroup(long id) -> "unknown cgroup: cgroup=" + id;
            case IdentityQuestion.OfProcess(long pid) -> "unknown process: pid=" + pid;
            case IdentityQuestion.OfAddress(String ip) -> "unknown address: ip=" + ip;
            case IdentityQuestion.OfContainer(String id) -> "unknown container: container=" + id;
        };
    }

    private static Optional<IdentityQuestion> question(Exchange exchange) {
        Optional<IdentityQuestion> cgroup = exchange.parameter("cgroup").flatMap(DebugPages::unsignedLong).map(IdentityQuestion.OfCgroup::new);
        return cgroup
                .or(() -> exchange.parameter("pid").flatMap(DebugPages::unsignedLong).map(IdentityQuestion.OfProcess::new))
                .or(() -> exchange.parameter("ip").filter(ip -> ip.matches("[0-9a-fA-F.:]+")).map(IdentityQuestion.OfAddress::new))
                .or(() -> exchange.parameter("container").filter(id -> id.matches("[0-9a-f]{6,64}")).map(IdentityQuestion.OfContainer::new));
    }

    private void run(Exchange exchange, Runnable work) {
        if (!pages.tryRun(exchange, work)) {
            exchange.addHeader("Retry-After", "1");
            exchange.sendError(503, "too many debug pages at a time: running=" + pages.limit());
        }
    }

    private static Optional<Long> unsignedLong(String text) {
        try {
            return Optional.of(Long.parseUnsignedLong(text));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
