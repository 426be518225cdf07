package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.probe.ProbeContext;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Connections that the walk has met open: after a while each is told of by a span for the time so far, and again, so that one that is open for days doesn't only appear at its end.
 * So many are followed at the most, and so many spans told of each. Drain thread only.
 */
final class LongConnections {

    static final int MAX = 1024;
    /** At ten minutes each, four hours; whoever is still looking then knows of it. */
    static final int MAX_SEGMENTS = 24;

    /** One of them. */
    static final class Open {
        private final MemorySegment record;
        private final int slot;
        private final ProbeContext.PeerName peer;
        private final long traceHigh;
        private final long traceLow;
        private long sinceNanos;
        private long lastSpanId;
        private int segments;

        private Open(MemorySegment record, int slot, ProbeContext.PeerName peer, long traceHigh, long traceLow, long sinceNanos) {
            this.record = record;
            this.slot = slot;
            this.peer = peer;
            this.traceHigh = traceHigh;
            this.traceLow = traceLow;
            this.sinceNanos = sinceNanos;
        }

        /** The record that told of it, as it was; at offset 0. */
        MemorySegment record() {
            return record;
        }

        int slot() {
            return slot;
        }

        ProbeContext.PeerName peer() {
            return peer;
        }

        long traceHigh() {
            return traceHigh;
        }

        long traceLow() {
            return traceLow;
        }

        /** When the time that no span tells of yet began: kernel's clock. */
        long sinceNanos() {
            return sinceNanos;
        }

        /** 0 before the first. */
        long lastSpanId() {
            return lastSpanId;
        }

        int segments() {
            return segments;
        }
    }

    /** Tells of a connection's time so far. */
    interface Teller {

        /** @return the span's id, or 0 if there is none, and shan't be any of this connection */
        long tell(Open connection, long untilNanos);
    }

    private final Map<Long, Open> byKey = new HashMap<>();

    /** @param key both addresses and ports, and which end it is */
    void add(long key, MemorySegment data, long at, int slot, ProbeContext.PeerName peer, long traceHigh, long traceLow) {
        if (byKey.size() >= MAX) {
            return;
        }
        byKey.put(key, new Open(MemorySegment.ofArray(TcpSpan.copy(data, at)), slot, peer, traceHigh, traceLow, TcpEvent.headerTimeNs(data, at)));
    }

    /** The connection has ended; null if it isn't followed. */
    Open remove(long key) {
        return byKey.isEmpty() ? null : byKey.remove(key);
    }

    /** The slot is nobody's any more. */
    void expire(int slot) {
        byKey.values().removeIf(open -> open.slot == slot);
    }

    void tell(long nowNanos, long afterNanos, Teller teller) {
        Iterator<Open> each = byKey.values().iterator();
        while (each.hasNext()) {
            Open open = each.next();
            if (nowNanos - open.sinceNanos < afterNanos) {
                continue;
            }
            long spanId = teller.tell(open, nowNanos);
            if (spanId == 0) {
                each.remove();
                continue;
            }
            open.lastSpanId = spanId;
            open.sinceNanos = nowNanos;
            open.segments++;
        }
    }

    int size() {
        return byKey.size();
    }
}
