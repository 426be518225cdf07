package dev.ringside.daemon.http;

import java.util.List;

/** A plain page of links. */
final class IndexPage {

    private IndexPage() {}

    static Endpoint of(String title, List<Route> routes) {
        StringBuilder rows = new StringBuilder();
        for (Route route : routes) {
            rows.append("<tr><td><a href=\"").append(escape(route.example())).append("\">").append(escape(route.path()))
                    .append("</a></td><td>").append(escape(route.doc())).append("</td></tr>\n");
        }
        String html = """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>%1$s</title>
                <style>
                body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: CanvasText; background: Canvas; }
                :root { color-scheme: light dark; }
                td { padding: .15rem 1.5rem .15rem 0; vertical-align: top; }
                a { font-family: ui-monospace, monospace; }
                </style>
                </head>
                <body>
                <h1>%1$s</h1>
                <table>
                %2$s</table>
                </body>
                </html>
                """.formatted(escape(title), rows);
        return (exchange, _) -> exchange.sendHtml(html);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
