package dev.ringside.probes;

import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext;
import dev.ringside.span.KeptSpan;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.SpanResource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One end of a connection that is over and whose span is kept. The record is in the ring only for a moment, so it is copied, in one go: there are two hundred such spans a second, and
 * that is too few for the JVM's compilers to make twenty reads of a record fast.
 *
 * @param words       a CLOSED or FAILED record
 * @param endNanos    of the connection; wall clock
 * @param peer        whom it was with
 */
record TcpSpan(long[] words, long traceHigh, long traceLow, long spanId, long parentSpanId, long endNanos, ProbeContext.PeerName peer, List<KernelSpan.Link> links,
        SpanResource resource, Sampling sampling, double ratio) implements KeptSpan {

    /** Linux' default range of ports that clients are given begins here; such a port would be no name. */
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    /** A record that stays. As words, because records are read aligned. */
    static long[] copy(MemorySegment data, long at) {
        long[] words = new long[TcpEvent.SIZE / Long.BYTES];
        MemorySegment.copy(data, ValueLayout.JAVA_LONG, at, words, 0, words.length);
        return words;
    }

    TcpSpan withParent(long parent) {
        return new TcpSpan(words, traceHigh, traceLow, spanId, parent, endNanos, peer, links, resource, sampling, ratio);
    }

    @Override
    public String probe() {
        return "tcp";
    }

    @Override
    public KernelSpan span() {
        MemorySegment record = MemorySegment.ofArray(words);
        long begin = endNanos - TcpEvent.durationNs(record, 0);
        int failure = TcpEvent.failure(record, 0);
        return new KernelSpan(probe(), name(record), kind(record), traceHigh, traceLow, spanId, parentSpanId, begin - TcpEvent.connectNs(record, 0), endNanos,
                failure == TcpFailureKind.NONE ? "" : TcpFailureKind.name(failure), TcpSpanAttributes.of(record, peer, false), events(record, begin), links, resource, sampling, ratio);
    }

    private List<KernelSpan.Event> events(MemorySegment record, long begin) {
        boolean reset = TcpEvent.failure(record, 0) == TcpFailureKind.RESET;
        if (TcpEvent.role(record, 0) != TcpRoleKind.CLIENT || TcpEvent.headerKind(record, 0) != TcpEventKind.CLOSED) {
            return reset ? List.of(new KernelSpan.Event("tcp.reset", endNanos)) : List.of();
        }
        KernelSpan.Event established = new KernelSpan.Event("tcp.established", begin);
        return reset ? List.of(established, new KernelSpan.Event("tcp.reset", endNanos)) : List.of(established);
    }

    /** By the server's port, which says what it serves. */
    static String name(MemorySegment record) {
        int port = TcpEvent.role(record, 0) == TcpRoleKind.CLIENT ? TcpEvent.remotePort(record, 0) : TcpEvent.localPort(record, 0);
        return port >= FIRST_EPHEMERAL_PORT ? "TCP" : "TCP " + port;
    }

    static KernelSpan.Kind kind(MemorySegment record) {
        return TcpEvent.role(record, 0) == TcpRoleKind.CLIENT ? KernelSpan.Kind.CLIENT : KernelSpan.Kind.SERVER;
    }
}
