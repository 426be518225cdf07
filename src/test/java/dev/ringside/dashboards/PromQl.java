package dev.ringside.dashboards;

/** The shapes of expression that most panels have. */
final class PromQl {
    private PromQl() {}

    /** @param more label matchers beyond the dashboard's; empty for none */
    static String select(String metric, String more) {
        return metric + "{$scope" + (more.isEmpty() ? "" : ", " + more) + "}";
    }

    static String rate(String metric, String more) {
        return "rate(" + select(metric, more) + "[$__rate_interval])";
    }

    /** @param labels to keep, empty for none */
    static String sumBy(String labels, String expression) {
        return "sum" + by(labels) + "(" + expression + ")";
    }

    static String quantile(String quantile, String labels, String histogram) {
        String keep = labels.isEmpty() ? "le" : labels + ", le";
        return "histogram_quantile(" + quantile + ", " + sumBy(keep, rate(histogram + "_bucket", "")) + ")";
    }

    /**
     * How much a counter grew in the time shown, which {@code increase} alone doesn't say of one whose series began within it: a
     * series begins with its first event, at 1.
     */
    static String grown(String labels, String counter) {
        String series = select(counter, "");
        return sumBy(labels, "(max_over_time(" + series + "[$__range]) unless " + series + " offset $__range) or increase(" + series + "[$__range])");
    }

    private static String by(String labels) {
        return labels.isEmpty() ? "" : " by (" + labels + ") ";
    }
}
