package dev.ringside.span;

import java.util.function.LongSupplier;

/**
 * Decides which spans there will be, from numbers alone: what isn't kept never becomes an object. Drain thread only.
 *
 * <p>By trace id: kept if its last seven bytes are at or above a threshold, as OpenTelemetry's consistent probability sampling has it (tracestate {@code ot=th:…}).
 * All spans of a trace come to the same answer, here and in a Collector behind us.
 */
public final class Sampler {

    private static final long RANDOM_BITS = (1L << 56) - 1;

    private final double headRatio;
    private final long threshold;
    private final SlowTail slow;
    private final SpanBudget budget;
    private final double slowRatio;

    public Sampler(SpanSettings settings, long nowNanos) {
        this.headRatio = settings.headRatio();
        this.slowRatio = settings.slowRatio();
        this.threshold = threshold(headRatio);
        this.slow = new SlowTail(slowRatio);
        this.budget = new SpanBudget(settings.maxPerSecond(), nowNanos);
    }

    /** What the last seven bytes of a trace id must reach for it to be in this part of all traces. */
    public static long threshold(double ratio) {
        return Math.round((1 - ratio) * 0x1p56);
    }

    /** Whether a trace's id alone has it kept. */
    public boolean isHeadSampled(long traceLow) {
        return (traceLow & RANDOM_BITS) >= threshold;
    }

    /**
     * @param series   workload and peer, as a number whose upper 37 bits differ from others'
     * @param nanos    how long it took, for the slow tail; 0 for what has no such time
     * @param related  whether the trace would have a gap without it
     * @param nanoTime asked only for what is kept, which is little of all
     */
    public Sampling decide(long traceLow, boolean failed, long series, long nanos, boolean related, LongSupplier nanoTime) {
        boolean isSlow = slow.isSlow(series, nanos);
        Sampling sampling = failed ? Sampling.FAILED : isSlow ? Sampling.SLOW : isHeadSampled(traceLow) ? Sampling.HEAD : Sampling.NOT_SAMPLED;
        if (related) {
            budget.takeAnyway(nanoTime.getAsLong());
            return sampling.isKept() ? sampling : Sampling.RELATED;
        }
        if (sampling.isKept() && !budget.take(nanoTime.getAsLong())) {
            return Sampling.OVER_BUDGET;
        }
        return sampling;
    }

    /** Of what is told of only because it took so long: all, as far as the budget goes. */
    public Sampling decideOutlier(long nowNanos) {
        return budget.take(nowNanos) ? Sampling.SLOW : Sampling.OVER_BUDGET;
    }

    /** Of all spans like it, those that are kept for this reason: what failed or was slow is always kept. */
    public double ratio(Sampling sampling) {
        return sampling == Sampling.HEAD ? headRatio : 1;
    }
}
