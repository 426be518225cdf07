package dev.ringside.span;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The books of one probe's spans: whenever nothing waits, produced = exported + Σ lost, exactly. What the sampler left out is in there, too. Each number has one writer, so none
 * needs a locked instruction: the drain thread has what is produced, sampled and queued, the exporter's the rest ({@link SpanLoss}). Read by any.
 */
public final class SpanLedger {

    private final AtomicLong produced = new AtomicLong();
    private final AtomicLong exported = new AtomicLong();
    private final AtomicLongArray lost = new AtomicLongArray(SpanLoss.values().length);

    void produced() {
        produced.setRelease(produced.getPlain() + 1);
    }

    void exported(long spans) {
        exported.setRelease(exported.getPlain() + spans);
    }

    void lost(SpanLoss loss, long spans) {
        int cell = loss.ordinal();
        lost.setRelease(cell, lost.getPlain(cell) + spans);
    }

    public long producedCount() {
        return produced.getAcquire();
    }

    public long exportedCount() {
        return exported.getAcquire();
    }

    public long lostCount(SpanLoss loss) {
        return lost.getAcquire(loss.ordinal());
    }
}
