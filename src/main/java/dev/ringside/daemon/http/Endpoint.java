package dev.ringside.daemon.http;

/** Answers a GET or HEAD of one path. Called on the event loop, so it hands everything slow to a worker. */
interface Endpoint {

    void serve(Exchange exchange, Phase phase);

    /** An endpoint that has nothing to show until the collector runs. */
    interface OfSource {
        void serve(Exchange exchange, DebugSource source);
    }

    static Endpoint whenServing(OfSource endpoint) {
        return (exchange, phase) -> {
            switch (phase) {
                case Phase.Serving(DebugSource source) -> endpoint.serve(exchange, source);
                case Phase.Starting _ -> exchange.sendError(503, "not started yet: path=" + exchange.path() + "; /readyz tells when");
                case Phase.Stopping _ -> exchange.sendError(503, "stopping: path=" + exchange.path());
            }
        };
    }
}
