package dev.ringside.span;

/**
 * The way of one probe's spans. Drain thread only.
 *
 * {@snippet :
 * Sampling sampling = lane.decide(traceLow, failed, series, nanos, false);
 * if (sampling.isKept()) {
 *     lane.offer(new KernelSpan(…));
 * }
 * }
 */
public interface SpanLane {

    /** Whether anybody wants spans: an exporter, or somebody who watches. If not, nothing below may be called. */
    boolean isOn();

    /** Counts a span that could be, and says whether it shall. See {@link Sampler#decide}. */
    Sampling decide(long traceLow, boolean failed, long series, long nanos, boolean related);

    /** The same, of what is told of only because it took so long. See {@link Sampler#decideOutlier}. */
    Sampling decideOutlier();

    /** Whether a trace's id alone has its spans kept. */
    boolean isHeadSampled(long traceLow);

    double ratio(Sampling sampling);

    /** Of the kernel's CLOCK_MONOTONIC, in wall-clock time since the epoch. */
    long wallNanos(long monotonicNanos);

    SpanResource resource(int slot);

    /** Hands over a span. False, and counted, if it couldn't be queued for an exporter. */
    boolean offer(KeptSpan span);

    /** How old a trace may be for new processes to join it. */
    long maxTraceNanos();

    /** How long a connection is open before it is told of. */
    long longOpenNanos();

    /** Nobody wants spans. */
    SpanLane OFF = new SpanLane() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Sampling decide(long traceLow, boolean failed, long series, long nanos, boolean related) {
            return Sampling.NOT_SAMPLED;
        }

        @Override
        public Sampling decideOutlier() {
            return Sampling.NOT_SAMPLED;
        }

        @Override
        public boolean isHeadSampled(long traceLow) {
            return false;
        }

        @Override
        public double ratio(Sampling sampling) {
            return 0;
        }

        @Override
        public long wallNanos(long monotonicNanos) {
            return monotonicNanos;
        }

        @Override
        public SpanResource resource(int slot) {
            throw new IllegalStateException("nobody wants spans: slot=" + slot);
        }

        @Override
        public boolean offer(KeptSpan span) {
            return false;
        }

        @Override
        public long maxTraceNanos() {
            return 0;
        }

        @Override
        public long longOpenNanos() {
            return Long.MAX_VALUE;
        }
    };
}
