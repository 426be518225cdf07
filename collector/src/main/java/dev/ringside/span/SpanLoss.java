package dev.ringside.span;

/** Where a span can be lost, and why. The texts are label values. */
public enum SpanLoss {
    /** The sampler left it out, as it was told to. */
    NOT_SAMPLED("sample", "not_sampled"),
    /** More were chosen in this second than the budget allows. */
    OVER_BUDGET("sample", "over_budget"),
    /** The exporter was too slow: too many were waiting. */
    QUEUE_FULL("queue", "queue_full"),
    /** The backend took the batch but not this span, or refused the batch for good. */
    REJECTED("export", "rejected"),
    /** The backend couldn't be reached, or wasn't ready, for longer than a batch is kept. */
    UNDELIVERED("export", "undelivered"),
    /** Still waiting when the time for the last flush was over. */
    SHUTDOWN("export", "shutdown");

    private final String stage;
    private final String cause;

    SpanLoss(String stage, String cause) {
        this.stage = stage;
        this.cause = cause;
    }

    public String stage() {
        return stage;
    }

    public String cause() {
        return cause;
    }
}
