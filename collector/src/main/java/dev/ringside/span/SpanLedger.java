package dev.ringside.span;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The books of one probe's spans: whenever nothing waits, produced = exported + Σ lost, exactly. What the sampler left out is in there, too. Written by the drain
 * thread and the exporter's, read by any.
 */
public final class SpanLedger {

    private final AtomicLong produced = new AtomicLong();
    private final AtomicLong exported = new AtomicLong();
    private final AtomicLongArray lost = new AtomicLongArray(SpanLoss.values().length);

    void produced() {
        produced.incrementAndGet();
    }

    void exported(long spans) {
        exported.addAndGet(spans);
    }

    void lost(SpanLoss loss, long spans) {
        lost.addAndGet(loss.ordinal(), spans);
    }

    public long producedCount() {
        return produced.get();
    }

    public long exportedCount() {
        return exported.get();
    }

    public long lostCount(SpanLoss loss) {
        return lost.get(loss.ordinal());
    }
}
