package dev.ringside.daemon.http;

/** What an orchestrator asks: whether to restart the daemon, and whether to scrape it. */
final class HealthEndpoints {

    private HealthEndpoints() {}

    static void healthz(Exchange exchange, Phase phase) {
        switch (phase) {
            case Phase.Starting _ -> exchange.sendText(200, "ok: starting\n");
            case Phase.Stopping _ -> exchange.sendText(200, "ok: stopping\n");
            case Phase.Serving(DebugSource source) -> source.failure().ifPresentOrElse(
                    failure -> exchange.sendText(500, "failed: " + failure + "\n"),
                    () -> exchange.sendText(200, "ok\n"));
        }
    }

    static void readyz(Exchange exchange, Phase phase) {
        switch (phase) {
            case Phase.Starting _ -> exchange.sendText(503, "not ready: starting\n");
            case Phase.Stopping _ -> exchange.sendText(503, "not ready: stopping\n");
            case Phase.Serving _ -> exchange.sendText(200, "ready\n");
        }
    }
}
