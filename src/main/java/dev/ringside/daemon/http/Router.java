package dev.ringside.daemon.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the endpoint of a path. */
final class Router {

    private final Map<String, Route> routes = new LinkedHashMap<>();

    Router(List<Route> routes) {
        routes.forEach(route -> this.routes.put(route.path(), route));
    }

    void route(Exchange exchange, Phase phase) {
        Route route = routes.get(exchange.path());
        if (route == null) {
            exchange.sendError(404, "no such page: path=" + exchange.path(), "pages", List.copyOf(routes.keySet()));
        } else if (!exchange.isReadOnly()) {
            exchange.addHeader("Allow", "GET, HEAD");
            exchange.sendError(405, "method isn't allowed: method=" + exchange.method() + ", path=" + exchange.path() + ", allowed=GET HEAD");
        } else {
            route.endpoint().serve(exchange, phase);
        }
    }
}
