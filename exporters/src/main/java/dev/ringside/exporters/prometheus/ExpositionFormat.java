package dev.ringside.exporters.prometheus;

import java.util.Locale;

/** The two text formats a scraper can ask for. */
enum ExpositionFormat {
    /** prometheus.io/docs/instrumenting/exposition_formats, text-based format. */
    TEXT_0_0_4("text/plain; version=0.0.4; charset=utf-8"),
    /** github.com/prometheus/OpenMetrics, specification 1.0.0. */
    OPENMETRICS_1_0_0("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String contentType;

    ExpositionFormat(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /**
     * What an {@code Accept} header (RFC 9110, section 12.5.1; null when absent) wants. OpenMetrics goes only to those who name it and
     * prefer it at least as much as plain text: a browser's or curl's wildcard means text. Who wants neither gets text as well, since a
     * scraper does better with a format it didn't ask for than with a 406.
     */
    static ExpositionFormat negotiate(String accept) {
        double openMetrics = 0;
        double text = 0;
        int textSpecificity = -1;
        for (String element : accept == null ? new String[0] : accept.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = element.split(";");
            String range = parts[0].strip();
            if (range.equals("application/openmetrics-text")) {
                String version = parameter(parts, "version", "1.0.0");
                if (version.equals("1.0.0")) {
                    openMetrics = Math.max(openMetrics, quality(parts));
                }
                continue;
            }
            int specificity = switch (range) {
                case "text/plain" -> parameter(parts, "version", "0.0.4").equals("0.0.4") ? 2 : -1;
                case "text/*" -> 1;
                case "*/*" -> 0;
                default -> -1;
            };
            if (specificity >= 0 && specificity >= textSpecificity) {
                text = specificity == textSpecificity ? Math.max(text, quality(parts)) : quality(parts);
                textSpecificity = specificity;
            }
        }
        return openMetrics > 0 && openMetrics >= text ? OPENMETRICS_1_0_0 : TEXT_0_0_4;
    }

    private static double quality(String[] parts) {
        try {
            return Double.parseDouble(parameter(parts, "q", "1"));
        } catch (NumberFormatException malformed) {
            // The header is a stranger's. What it meant to say can't be known, so the range counts as not acceptable.
            return 0;
        }
    }

    private static String parameter(String[] parts, String name, String absent) {
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            if (pair.length == 2 && pair[0].strip().equals(name)) {
                return pair[1].strip().replace("\"", "");
            }
        }
        return absent;
    }
}
