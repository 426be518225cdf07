package dev.ringside.probes;

import static dev.ringside.bpf.Mechanism.CGROUP_SOCK_ADDR;
import static dev.ringside.bpf.Mechanism.FEXIT;
import static dev.ringside.bpf.Mechanism.ITER;
import static dev.ringside.bpf.Mechanism.KERNEL_FIELD;
import static dev.ringside.bpf.Mechanism.KRETPROBE;
import static dev.ringside.bpf.Mechanism.RAW_TRACEPOINT;
import static dev.ringside.bpf.Mechanism.SOCK_OPS;
import static dev.ringside.bpf.Mechanism.SYSCALL;
import static dev.ringside.bpf.Mechanism.TP_BTF;
import static dev.ringside.bpf.Mechanism.TRACEPOINT;

import com.google.auto.service.AutoService;
import dev.ringside.bpf.Alternative;
import dev.ringside.bpf.AttachPoint;
import dev.ringside.bpf.Requirement;
import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.events.TcpRow;
import dev.ringside.events.TcpTotalsValue;
import dev.ringside.metric.Buckets;
import dev.ringside.metric.CounterFamily;
import dev.ringside.metric.GaugeFamily;
import dev.ringside.metric.HistogramFamily;
import dev.ringside.metric.MetricSpec;
import dev.ringside.probe.KernelTotals;
import dev.ringside.probe.Knob;
import dev.ringside.probe.MonotonicTotals;
import dev.ringside.probe.Probe;
import dev.ringside.probe.ProbeContext;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probe.ProbeSpec;
import dev.ringside.probe.Walk;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TCP connections: opened, failed, ended, how long they took, what they carried.
 *
 * <pre>
 * ringside_tcp_connections_opened_total{namespace="",workload="nginx.service",workload_kind="systemd",pod="",container="",role="server"} 1042
 * ringside_tcp_connection_failures_total{…,workload="curl",workload_kind="process",…,reason="refused"} 3
 * </pre>
 *
 * Lifecycle comes as records; bytes, retransmissions and round trips are the kernel's own counters of each socket
 * ({@code struct tcp_sock}), read at its end and, while it is open, at every collection. BPF side:
 * {@code probes/src/tcp.bpf.c}, which says what is read where and why.
 */
@AutoService(Probe.class)
public final class TcpProbe implements Probe {

    private static final double MICROS = 1e-6;
    private static final double NANOS = 1e-9;

    static final MetricSpec OPENED = MetricSpec.counter("ringside_tcp_connections_opened_total",
                    "TCP connections established, by the side that this workload had in them.")
            .withPeer()
            .withLabel("role", "client", "server")
            .withSource("walk over open connections, or inet_sock_set_state to TCP_CLOSE, whatever comes first");
    static final MetricSpec FOUND = MetricSpec.counter("ringside_tcp_connections_found_total",
            "TCP connections that were found open: older than Ringside, mostly.")
            .withSource("iter/task_file at the start");
    static final MetricSpec ACTIVE = MetricSpec.gauge("ringside_tcp_connections_active",
            "TCP connections open at the last collection.")
            .withSource("walk over open connections");
    static final MetricSpec FAILURES = MetricSpec.counter("ringside_tcp_connection_failures_total",
                    "TCP connections that were not established, or ended by an error.")
            .withPeer()
            .withLabel("reason", "refused", "timeout", "reset", "unreachable", "aborted", "other")
            .withSource("inet_sock_set_state to TCP_CLOSE: sock.sk_err");
    static final MetricSpec CONNECT_DURATION = MetricSpec.histogram("ringside_tcp_connect_duration_seconds",
                    "Time from SYN to established, for connections that this workload opened.",
                    Buckets.of(50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
                            50_000_000, 100_000_000, 250_000_000, 1_000_000_000L, 3_000_000_000L, 7_000_000_000L))
            .withPeer()
            .withScale(NANOS)
            .withSource("inet_sock_set_state, TCP_SYN_SENT to TCP_ESTABLISHED");
    static final MetricSpec CONNECTION_DURATION = MetricSpec.histogram("ringside_tcp_connection_duration_seconds",
                    "Time from established to the connection's end.",
                    Buckets.of(1_000_000, 10_000_000, 100_000_000, 1_000_000_000L, 10_000_000_000L, 60_000_000_000L,
                            600_000_000_000L, 3_600_000_000_000L))
            .withPeer()
            .withScale(NANOS)
            .withSource("inet_sock_set_state, TCP_ESTABLISHED to TCP_CLOSE");
    static final MetricSpec SENT = MetricSpec.counter("ringside_tcp_sent_bytes_total",
            "Payload handed to the network, retransmissions not counted again.")
            .withSource("tcp_sock.bytes_acked and snd_nxt - snd_una, less SYN and FIN");
    static final MetricSpec RECEIVED = MetricSpec.counter("ringside_tcp_received_bytes_total",
            "Payload received in order.")
            .withSource("tcp_sock.bytes_received less the FIN");
    static final MetricSpec RETRANSMITTED = MetricSpec.counter("ringside_tcp_retransmitted_segments_total",
            "Segments sent again, SYN among them, and SYN-ACK if the connection was established in the end.")
            .withSource("tcp_sock.total_retrans");
    static final MetricSpec TIMEOUTS = MetricSpec.counter("ringside_tcp_retransmission_timeouts_total",
            "Times a retransmission timer fired, on connections established since Ringside was started.")
            .withSource("tcp_sock.total_rto, before 6.7 BPF_SOCK_OPS_RTO_CB");
    static final MetricSpec RESETS = MetricSpec.counter("ringside_tcp_resets_total", "RST segments.")
            .withLabel("direction", "sent", "received")
            .withSource("tcp_send_reset, tcp_receive_reset");
    static final MetricSpec RTT = MetricSpec.histogram("ringside_tcp_rtt_seconds",
                    "Smoothed round trip time of connections that carried something, at every collection and at their end.",
                    Buckets.of(25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000))
            .withScale(MICROS)
            .withSource("tcp_sock.srtt_us");

    private static final ProbeSpec SPEC = new ProbeSpec(
            "tcp",
            "TCP connections: opened, failed, ended, their bytes, retransmissions and round trips",
            true,
            List.of(
                    Knob.number("max_connections", 65_536, 1_024, 4_194_304, "open connections followed at a time",
                            new Knob.Target.MapSize("connections")),
                    Knob.number("max_workloads", 4_096, 64, 1_048_576, "workloads whose bytes are added up in the kernel",
                            new Knob.Target.MapSize("tcp_totals"))),
            List.of(
                    AttachPoint.required("state",
                            Alternative.of(TP_BTF, "inet_sock_set_state", "state_tp_btf", "destroyed_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "inet_sock_set_state", "state_raw_tp", "destroyed_raw_tp"),
                            Alternative.of(TRACEPOINT, "sock:inet_sock_set_state", "state_tp")),
                    AttachPoint.required("accept",
                            Alternative.of(FEXIT, "inet_csk_accept", "accept_fexit"),
                            Alternative.of(KRETPROBE, "inet_csk_accept", "accept_kretprobe"),
                            Alternative.of(CGROUP_SOCK_ADDR, "getpeername", "accept_getpeername4", "accept_getpeername6"),
                            Alternative.of(TRACEPOINT, "syscalls:sys_exit_accept4", "accept_tp_accept4", "accept_tp_accept")),
                    AttachPoint.optional("resets",
                            Alternative.of(TP_BTF, "tcp_send_reset", "reset_sent_tp_btf", "reset_received_tp_btf"),
                            Alternative.of(RAW_TRACEPOINT, "tcp_send_reset", "reset_sent_raw_tp", "reset_received_raw_tp")),
                    AttachPoint.optional("timeouts",
                            Alternative.of(KERNEL_FIELD, "tcp_sock.total_rto", "timeouts_kernel_field")
                                    .requiring(Requirement.TIMEOUT_COUNT),
                            Alternative.of(SOCK_OPS, "sock_ops", "timeouts_sock_ops")),
                    AttachPoint.optional("walk",
                            Alternative.of(ITER, "bpf_map_elem:connections", "walk_connections"),
                            Alternative.of(SYSCALL, "for_each_map_elem:connections", "walk_connections_by_request")),
                    AttachPoint.optional("find", Alternative.of(ITER, "task_file", "find_connections"))),
            List.of(OPENED, FOUND, ACTIVE, FAILURES, CONNECT_DURATION, CONNECTION_DURATION, SENT, RECEIVED, RETRANSMITTED,
                    TIMEOUTS, RESETS, RTT));

    @Override
    public ProbeSpec spec() {
        return SPEC;
    }

    @Override
    public ProbeDriver start(ProbeContext context) {
        return new Driver(context);
    }

    private static final class Driver implements ProbeDriver {

        private static final int CLIENT = 0;
        private static final int SERVER = 1;
        private static final int RESET_SENT = 0;
        private static final int RESET_RECEIVED = 1;

        /** Fields of {@link #totals}. */
        private static final int SENT_BYTES = 0;
        private static final int RECEIVED_BYTES = 1;
        private static final int RETRANSMITTED_SEGMENTS = 2;
        private static final int RETRANSMISSION_TIMEOUTS = 3;
        private static final int RESETS_SENT = 4;
        private static final int RESETS_RECEIVED = 5;

        private final ProbeContext context;
        private final CounterFamily opened;
        private final CounterFamily found;
        private final GaugeFamily active;
        private final CounterFamily failures;
        private final HistogramFamily connectDuration;
        private final HistogramFamily connectionDuration;
        private final CounterFamily sent;
        private final CounterFamily received;
        private final CounterFamily retransmitted;
        private final CounterFamily timeouts;
        private final CounterFamily resets;
        private final HistogramFamily rtt;
        private final TcpSpans spans;

        private final KernelTotals ended;
        private final Walk open;
        private final Walk files;
        private final MonotonicTotals totals = new MonotonicTotals(6);
        /** Open connections that nobody seems to have accepted; and when their owners were last looked for. */
        private int ownerless;
        private int ownerlessBefore;

        // One object each, so that a collection allocates nothing.
        private final KernelTotals.RowHandler onEnded = this::addEnded;
        private final Walk.RowHandler onOpen = this::addOpen;
        private final Walk.RowHandler onFound = this::addFound;
        private final MonotonicTotals.DeltaHandler onDeltas = this::publish;

        Driver(ProbeContext context) {
            this.context = context;
            opened = context.counter(OPENED);
            found = context.counter(FOUND);
            active = context.gauge(ACTIVE);
            failures = context.counter(FAILURES);
            connectDuration = context.histogram(CONNECT_DURATION);
            connectionDuration = context.histogram(CONNECTION_DURATION);
            sent = context.counter(SENT);
            received = context.counter(RECEIVED);
            retransmitted = context.counter(RETRANSMITTED);
            timeouts = context.counter(TIMEOUTS);
            resets = context.counter(RESETS);
            rtt = context.histogram(RTT);
            spans = new TcpSpans(context, this::exported);
            ended = context.totals("tcp_totals");
            open = context.walk("walk");
            files = context.walk("find");
        }

        @Override
        public void onAttached() {
            files.forEach(TcpRow.SIZE, onFound);
        }

        private void addFound(MemorySegment rows, long at) {
            int slot = identify(rows, at);
            if (slot >= 0) {
                found.add(slot, 0, 1);
            }
        }

        @Override
        public boolean onEvent(MemorySegment data, long at, int length, int slot) {
            if (length != TcpEvent.SIZE || TcpEvent.role(data, at) > TcpRoleKind.SERVER || TcpEvent.failure(data, at) > TcpFailureKind.OTHER) {
                return false;
            }
            int peer = peer(data, at, slot);
            switch (TcpEvent.headerKind(data, at)) {
                case TcpEventKind.OPENED -> {
                    opened(data, at, slot, peer);
                    spans.opened(data, at, slot, peer);
                }
                case TcpEventKind.CLOSED -> {
                    if (TcpEvent.announced(data, at) == 0) {
                        opened(data, at, slot, peer); // and closed before a walk came by
                    }
                    long duration = TcpEvent.durationNs(data, at);
                    if (duration != 0) {
                        connectionDuration.record(peer, 0, duration);
                    }
                    int srtt = TcpEvent.srttUs(data, at);
                    if (srtt > 0) {
                        rtt.record(slot, 0, srtt);
                    }
                    fail(data, at, peer);
                    spans.ended(data, at, slot, peer);
                }
                case TcpEventKind.FAILED -> {
                    fail(data, at, peer);
                    spans.ended(data, at, slot, peer);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private int peer(MemorySegment data, long at, int slot) {
            long address = at + TcpEvent.REMOTE_ADDRESS_OFFSET;
            return context.peer(slot, Addresses.high(data, address), Addresses.low(data, address), port(data, at), began(data, at));
        }

        /** A client's port is chosen by chance, and one that was found open may be either's. */
        private static int port(MemorySegment data, long at) {
            return TcpEvent.role(data, at) == TcpRoleKind.CLIENT ? TcpEvent.remotePort(data, at) : 0;
        }

        /** By the connection's end the address may be somebody else's. */
        private static long began(MemorySegment data, long at) {
            return TcpEvent.headerTimeNs(data, at) - TcpEvent.durationNs(data, at);
        }

        @Override
        public boolean awaits(MemorySegment data, long at, int length, int slot, boolean lastTry) {
            if (length != TcpEvent.SIZE) {
                return false;
            }
            long address = at + TcpEvent.REMOTE_ADDRESS_OFFSET;
            long high = Addresses.high(data, address);
            long low = Addresses.low(data, address);
            long time = began(data, at);
            if (!context.peerAwaited(slot, high, low, port(data, at), time)) {
                return false;
            }
            if (lastTry) {
                context.peerGivenUp(high, low, time);
            }
            return true;
        }

        private void opened(MemorySegment data, long at, int slot, int peer) {
            switch (TcpEvent.role(data, at)) {
                case TcpRoleKind.CLIENT -> {
                    opened.add(peer, CLIENT, 1);
                    long connect = TcpEvent.connectNs(data, at);
                    if (connect != 0) {
                        connectDuration.record(peer, 0, connect);
                    }
                }
                case TcpRoleKind.SERVER -> opened.add(peer, SERVER, 1);
                default -> found.add(slot, 0, 1);
            }
        }

        private void fail(MemorySegment data, long at, int peer) {
            int failure = TcpEvent.failure(data, at);
            if (failure != TcpFailureKind.NONE) {
                failures.add(peer, failure - TcpFailureKind.REFUSED, 1);
            }
        }

        private void exported(TcpSpan span, int peer, long connectNanos, long durationNanos) {
            if (connectNanos != 0) {
                connectDuration.exemplar(peer, 0, connectNanos, span.traceHigh(), span.traceLow(), span.spanId(), span.endNanos());
            }
            if (durationNanos != 0) {
                connectionDuration.exemplar(peer, 0, durationNanos, span.traceHigh(), span.traceLow(), span.spanId(), span.endNanos());
            }
        }

        @Override
        public void collect() {
            spans.collect(System.nanoTime());
            totals.begin();
            ended.read(onEnded);
            active.clearAll();
            ownerless = 0;
            open.forEach(TcpRow.SIZE, onOpen);
            totals.end(onDeltas);
            if (ownerless != ownerlessBefore) {
                ownerlessBefore = ownerless;
                files.forEach(TcpRow.SIZE, onFound);
            }
        }

        private void addEnded(int slot, MemorySegment row) {
            totals.add(slot, SENT_BYTES, TcpTotalsValue.sentBytes(row, 0));
            totals.add(slot, RECEIVED_BYTES, TcpTotalsValue.receivedBytes(row, 0));
            totals.add(slot, RETRANSMITTED_SEGMENTS, TcpTotalsValue.retransmittedSegments(row, 0));
            totals.add(slot, RETRANSMISSION_TIMEOUTS, TcpTotalsValue.retransmissionTimeouts(row, 0));
            totals.add(slot, RESETS_SENT, TcpTotalsValue.resetsSent(row, 0));
            totals.add(slot, RESETS_RECEIVED, TcpTotalsValue.resetsReceived(row, 0));
        }

        private void addOpen(MemorySegment rows, long at) {
            if (TcpRow.owned(rows, at) == 0) {
                ownerless++;
                return;
            }
            int slot = identify(rows, at);
            if (slot < 0) {
                return;
            }
            active.add(slot, 0, 1);
            totals.add(slot, SENT_BYTES, TcpRow.sentBytes(rows, at));
            totals.add(slot, RECEIVED_BYTES, TcpRow.receivedBytes(rows, at));
            totals.add(slot, RETRANSMITTED_SEGMENTS, Integer.toUnsignedLong(TcpRow.retransmittedSegments(rows, at)));
            totals.add(slot, RETRANSMISSION_TIMEOUTS, TcpRow.retransmissionTimeouts(rows, at));
            int srtt = TcpRow.srttUs(rows, at);
            if (srtt > 0 && TcpRow.moved(rows, at) != 0) {
                rtt.record(slot, 0, srtt);
            }
        }

        private void publish(int slot, long[] deltas) {
            add(sent, slot, 0, deltas[SENT_BYTES]);
            add(received, slot, 0, deltas[RECEIVED_BYTES]);
            add(retransmitted, slot, 0, deltas[RETRANSMITTED_SEGMENTS]);
            add(timeouts, slot, 0, deltas[RETRANSMISSION_TIMEOUTS]);
            add(resets, slot, RESET_SENT, deltas[RESETS_SENT]);
            add(resets, slot, RESET_RECEIVED, deltas[RESETS_RECEIVED]);
        }

        /** A series for what never happened would only be one more series. */
        private static void add(CounterFamily family, int slot, int variant, long delta) {
            if (delta > 0) {
                family.add(slot, variant, delta);
            }
        }

        private int identify(MemorySegment rows, long at) {
            return context.identify(TcpRow.cgroupId(rows, at), TcpRow.commWord(rows, at, 0), TcpRow.commWord(rows, at, 1));
        }

        @Override
        public void onExpired(int slot) {
            totals.reset(slot);
            spans.expire(slot);
        }

        @Override
        public void onEnd() {
            spans.end();
        }

        @Override
        public Map<String, Object> describe(MemorySegment data, long at, int length) {
            int kind = TcpEvent.headerKind(data, at);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("event", TcpEventKind.name(kind));
            fields.put("role", TcpRoleKind.name(TcpEvent.role(data, at)));
            fields.put("local_address", Addresses.text(data, at + TcpEvent.LOCAL_ADDRESS_OFFSET));
            fields.put("local_port", TcpEvent.localPort(data, at));
            fields.put("remote_address", Addresses.text(data, at + TcpEvent.REMOTE_ADDRESS_OFFSET));
            fields.put("remote_port", TcpEvent.remotePort(data, at));
            fields.put("connect_us", TcpEvent.connectNs(data, at) / 1_000);
            fields.put("duration_us", TcpEvent.durationNs(data, at) / 1_000);
            if (kind == TcpEventKind.CLOSED) {
                fields.put("sent_bytes", TcpEvent.sentBytes(data, at));
                fields.put("received_bytes", TcpEvent.receivedBytes(data, at));
            }
            fields.put("retransmitted_segments", TcpEvent.retransmittedSegments(data, at));
            fields.put("srtt_us", TcpEvent.srttUs(data, at));
            int failure = TcpEvent.failure(data, at);
            if (failure != TcpFailureKind.NONE) {
                fields.put("failure", TcpFailureKind.name(failure));
            }
            return fields;
        }
    }
}
