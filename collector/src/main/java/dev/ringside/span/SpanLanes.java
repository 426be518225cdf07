package dev.ringside.span;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * All probes' lanes: one sampler, one budget, one queue, and the last spans for those who look. Without an exporter and without anybody who watches it is off, and
 * costs a comparison an event. Drain thread only; the queue's other end is the exporter's.
 */
public final class SpanLanes {

    /** For {@code /debug/spans}. */
    static final int RECENT = 256;

    /** What the lanes need of the pipeline. */
    public interface Surroundings {

        /** Whether somebody watches spans just now. */
        boolean watched();

        /** Shows a span to those who watch. */
        void show(KernelSpan span);

        /** The attributes of the workload in this slot; the same object until the slot expires. */
        SpanResource resource(int slot);

        /** Of the kernel's CLOCK_MONOTONIC, in wall-clock time since the epoch. */
        long wallNanos(long monotonicNanos);
    }

    private final SpanSettings settings;
    private final Optional<SpanQueue> queue;
    private final Surroundings surroundings;
    private final Deque<KeptSpan> recent = new ArrayDeque<>();
    /** Made at the first span: who never wants any needs no tables. */
    private Sampler sampler;

    /** @param queue to the exporter, if there is one */
    public SpanLanes(SpanSettings settings, Optional<SpanQueue> queue, Surroundings surroundings) {
        this.settings = settings;
        this.queue = queue;
        this.surroundings = surroundings;
    }

    public SpanLane lane(String probe) {
        return new Lane(queue.map(to -> to.ledger(probe)));
    }

    public boolean isOn() {
        return queue.isPresent() || surroundings.watched();
    }

    /** The last spans that were kept, oldest first. */
    public List<KernelSpan> recent() {
        return recent.stream().map(KeptSpan::span).toList();
    }

    private Sampler sampler() {
        if (sampler == null) {
            sampler = new Sampler(settings, System.nanoTime());
        }
        return sampler;
    }

    private final class Lane implements SpanLane {

        private final Optional<SpanLedger> ledger;

        Lane(Optional<SpanLedger> ledger) {
            this.ledger = ledger;
        }

        @Override
        public boolean isOn() {
            return SpanLanes.this.isOn();
        }

        @Override
        public Sampling decide(long traceLow, boolean failed, long series, long nanos, boolean related) {
            return counted(sampler().decide(traceLow, failed, series, nanos, related, System::nanoTime));
        }

        @Override
        public Sampling decideOutlier() {
            return counted(sampler().decideOutlier(System.nanoTime()));
        }

        private Sampling counted(Sampling sampling) {
            if (ledger.isPresent()) {
                SpanLedger books = ledger.get();
                books.produced();
                if (sampling == Sampling.NOT_SAMPLED) {
                    books.lost(SpanLoss.NOT_SAMPLED, 1);
                } else if (sampling == Sampling.OVER_BUDGET) {
                    books.lost(SpanLoss.OVER_BUDGET, 1);
                }
            }
            return sampling;
        }

        @Override
        public boolean isHeadSampled(long traceLow) {
            return sampler().isHeadSampled(traceLow);
        }

        @Override
        public double ratio(Sampling sampling) {
            return sampler().ratio(sampling);
        }

        @Override
        public long wallNanos(long monotonicNanos) {
            return surroundings.wallNanos(monotonicNanos);
        }

        @Override
        public SpanResource resource(int slot) {
            return surroundings.resource(slot);
        }

        @Override
        public boolean offer(KeptSpan span) {
            if (recent.size() == RECENT) {
                recent.removeFirst();
            }
            recent.addLast(span);
            if (surroundings.watched()) {
                surroundings.show(span.span());
            }
            return queue.isPresent() && queue.get().offer(span);
        }

        @Override
        public long maxTraceNanos() {
            return settings.maxTrace().toNanos();
        }

        @Override
        public long longOpenNanos() {
            return settings.longOpen().toNanos();
        }
    }
}
