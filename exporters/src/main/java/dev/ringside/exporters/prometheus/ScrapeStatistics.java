package dev.ringside.exporters.prometheus;

import java.util.concurrent.atomic.LongAdder;

/** What the scrapes so far have cost; for the self metrics. Safe from any thread. */
public final class ScrapeStatistics {
    private final LongAdder scrapes = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    ScrapeStatistics() {
    }

    void add(long durationNanos, long sizeBytes) {
        scrapes.increment();
        nanos.add(durationNanos);
        bytes.add(sizeBytes);
    }

    public long scrapes() {
        return scrapes.sum();
    }

    /** From the request for the snapshot to the last byte handed over. */
    public long totalNanos() {
        return nanos.sum();
    }

    /** Before any compression. */
    public long totalBytes() {
        return bytes.sum();
    }
}
