package dev.ringside.span;

/** So many a second, and no more than a second's worth at once. Drain thread only. */
final class SpanBudget {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private double left;
    private long lastNanos;

    SpanBudget(double perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.left = perSecond;
        this.lastNanos = nowNanos;
    }

    boolean take(long nowNanos) {
        refill(nowNanos);
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }

    /** For what can't be left out any more; the others have that less. */
    void takeAnyway(long nowNanos) {
        refill(nowNanos);
        left = Math.max(left - 1, -perSecond);
    }

    private void refill(long nowNanos) {
        left = Math.min(perSecond, left + (nowNanos - lastNanos) * perSecond / NANOS_PER_SECOND);
        lastNanos = nowNanos;
    }
}
