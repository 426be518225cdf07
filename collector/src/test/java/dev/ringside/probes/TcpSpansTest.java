package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.ringside.events.EventHeader;
import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.probe.ProbeContext.PeerName;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.Sampling;
import dev.ringside.span.TraceIds;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.RecordingLane;
import dev.ringside.testing.Struct;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TcpSpansTest {

    private static final byte[] CLIENT = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
    private static final byte[] SERVER = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 2};
    private static final int CLIENT_PORT = 40_000;
    private static final long ESTABLISHED = 5_000_000_000L;
    private static final long CONNECT = 200_000;
    private static final long LIFE = 3_000_000;
    private static final int CLIENT_ISN = 0xfedc_ba98;
    private static final int SERVER_ISN = 0x1234_5678;

    private final int curl = 1;
    private final int nginx = 2;

    private record Running(ProbeDriver driver, RecordingLane lane, FakeProbeContext context) {
        void take(int slot, Struct event) {
            assertThat(driver.onEvent(event.inRing(), Struct.OFFSET, event.size(), slot)).isTrue();
        }

        List<KernelSpan> spans() {
            return lane.spans();
        }
    }

    private static Running running(double headRatio) {
        FakeProbeContext context = new FakeProbeContext();
        context.workload(1, "curl");
        context.workload(2, "nginx");
        RecordingLane lane = new RecordingLane(headRatio, Duration.ofMinutes(10));
        context.spansTo(lane);
        return new Running(new TcpProbe().start(context), lane, context);
    }

    private static Struct closed(int role, long at) {
        boolean client = role == TcpRoleKind.CLIENT;
        Struct event = Struct.of(TcpEvent.SIZE).u32(EventHeader.KIND_OFFSET, TcpEventKind.CLOSED).u64(EventHeader.TIME_NS_OFFSET, at)
                .u32(EventHeader.TGID_OFFSET, 4_321).text(EventHeader.COMM_OFFSET, client ? "curl" : "nginx").u8(TcpEvent.ROLE_OFFSET, role)
                .bytes(TcpEvent.LOCAL_ADDRESS_OFFSET, client ? CLIENT : SERVER).bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, client ? SERVER : CLIENT)
                .u16(TcpEvent.LOCAL_PORT_OFFSET, client ? CLIENT_PORT : 80).u16(TcpEvent.REMOTE_PORT_OFFSET, client ? 80 : CLIENT_PORT)
                .u64(TcpEvent.SENT_BYTES_OFFSET, 100).u64(TcpEvent.RECEIVED_BYTES_OFFSET, 900).u32(TcpEvent.SRTT_US_OFFSET, 55)
                .u32(TcpEvent.CLIENT_ISN_OFFSET, CLIENT_ISN).u32(TcpEvent.SERVER_ISN_OFFSET, SERVER_ISN);
        return client ? event.u64(TcpEvent.DURATION_NS_OFFSET, at - ESTABLISHED).u64(TcpEvent.CONNECT_NS_OFFSET, CONNECT)
                : event.u64(TcpEvent.DURATION_NS_OFFSET, at - ESTABLISHED - 1_000); // established by the client's ACK
    }

    @Test
    void bothEndsAreOneTraceWhicheverIsToldOfFirst() {
        Running clientFirst = running(1);
        clientFirst.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));
        clientFirst.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE + 50_000));
        Running serverFirst = running(1);
        serverFirst.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE));
        assertThat(serverFirst.spans()).as("it waits for its parent").isEmpty();
        serverFirst.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE + 50_000));

        for (Running running : List.of(clientFirst, serverFirst)) {
            KernelSpan client = running.spans().getFirst();
            KernelSpan server = running.spans().getLast();
            assertThat(running.spans()).hasSize(2);
            assertThat(client.kind()).isEqualTo(KernelSpan.Kind.CLIENT);
            assertThat(server.kind()).isEqualTo(KernelSpan.Kind.SERVER);
            assertThat(server.traceId()).isEqualTo(client.traceId());
            assertThat(client.parentSpanId()).isZero();
            assertThat(server.parentSpanId()).isEqualTo(client.spanId()).isNotZero();
            assertThat(server.spanId()).isNotEqualTo(client.spanId()).isNotZero();
            assertThat(client.resource().attributes()).containsEntry("service.name", "slot-" + curl);
            assertThat(server.resource().attributes()).containsEntry("service.name", "slot-" + nginx);
        }
    }

    @Test
    void aClientsSpanIsFromSynToItsEndAndSaysWhatWasSeen() {
        Running running = running(1);

        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));

        KernelSpan span = running.spans().getFirst();
        assertThat(span.name()).isEqualTo("TCP 80");
        assertThat(span.startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + ESTABLISHED - CONNECT);
        assertThat(span.endNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + ESTABLISHED + LIFE);
        assertThat(span.events()).containsExactly(new KernelSpan.Event("tcp.established", RecordingLane.CLOCK_OFFSET_NANOS + ESTABLISHED));
        assertThat(span.failed()).isFalse();
        assertThat(span.attributes()).containsExactly(entry("network.transport", "tcp"), entry("network.type", "ipv4"),
                entry("network.local.address", "10.0.0.1"), entry("network.local.port", 40_000L), entry("network.peer.address", "10.0.0.2"),
                entry("network.peer.port", 80L), entry("server.address", "10.0.0.2"), entry("server.port", 80L), entry("process.pid", 4_321L),
                entry("process.title", "curl"), entry("ringside.tcp.sent_bytes", 100L), entry("ringside.tcp.received_bytes", 900L),
                entry("ringside.tcp.rtt_micros", 55L), entry("ringside.tcp.retransmitted_segments", 0L));
    }

    /** A Service's address in front of the server, and the node's before the client: neither end knows an address of the other. */
    @Test
    void bothEndsAreOneTraceWhateverAddressesAreTranslatedBetweenThem() {
        byte[] clusterIp = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 96, 0, 7};
        byte[] node = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, (byte) 168, 0, 1};
        Struct client = closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE).bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, clusterIp).u16(TcpEvent.REMOTE_PORT_OFFSET, 8_080);
        Struct server = closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE).bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, node).u16(TcpEvent.REMOTE_PORT_OFFSET, 1_025);
        Running clientFirst = running(1);
        clientFirst.take(curl, client);
        clientFirst.take(nginx, server);
        Running serverFirst = running(1);
        serverFirst.take(nginx, server);
        serverFirst.take(curl, client);

        for (Running running : List.of(clientFirst, serverFirst)) {
            KernelSpan first = running.spans().getFirst();
            KernelSpan second = running.spans().getLast();
            assertThat(first.attributes()).containsEntry("server.address", "10.96.0.7").containsEntry("server.port", 8_080L);
            assertThat(second.attributes()).containsEntry("server.address", "10.0.0.2").containsEntry("client.address", "192.168.0.1").containsEntry("client.port", 1_025L);
            assertThat(second.traceId()).isEqualTo(first.traceId());
            assertThat(second.parentSpanId()).isEqualTo(first.spanId());
        }
    }

    /** One number more or less is another connection, whatever else is the same. */
    @Test
    void otherSequenceNumbersAreAnotherConnection() {
        for (int field : List.of(TcpEvent.CLIENT_ISN_OFFSET, TcpEvent.SERVER_ISN_OFFSET)) {
            Running running = running(1);
            running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));
            running.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE).u32(field, 77));
            running.driver().collect();
            assertThat(running.spans()).extracting(KernelSpan::traceId).hasSize(2).doesNotHaveDuplicates();
            assertThat(running.spans()).extracting(KernelSpan::parentSpanId).containsOnly(0L);
        }
    }

    /** Where the numbers aren't known, an end has what it knows itself. */
    @Test
    void withoutSequenceNumbersEachConnectionIsATrace() {
        Running running = running(1);
        for (int i = 0; i < 3; i++) {
            running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE + i).u64(TcpEvent.DURATION_NS_OFFSET, LIFE).u32(TcpEvent.CLIENT_ISN_OFFSET, 0)
                    .u32(TcpEvent.SERVER_ISN_OFFSET, 0));
        }
        assertThat(running.spans()).extracting(KernelSpan::traceId).hasSize(3).doesNotHaveDuplicates();
    }

    /** However many spans were kept since: of those that fell into a set the oldest is forgotten, and no other end is found that isn't one. */
    @Test
    void keptEndsAreBounded() {
        KeptEnds kept = new KeptEnds();
        for (long trace = 1; trace <= 100_000; trace++) {
            kept.add(TraceIds.mix(trace, 0));
        }
        assertThat(kept.remove(TraceIds.mix(100_000, 0))).isTrue();
        assertThat(kept.remove(TraceIds.mix(100_000, 0))).as("a connection has two ends").isFalse();
        assertThat(kept.remove(TraceIds.mix(100_001, 0))).isFalse();
        long found = LongStream.rangeClosed(1, 99_999).filter(trace -> kept.remove(TraceIds.mix(trace, 0))).count();
        assertThat(found).isBetween(3_000L, 4_095L);
    }

    @Test
    void theOtherEndHasItsNameIfItIsKnown() {
        Running running = running(1);
        running.context().namePeers(new PeerName("shop", "db"));
        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));

        assertThat(running.spans().getFirst().attributes()).containsEntry("service.peer.name", "db").containsEntry("service.peer.namespace", "shop");
    }

    @Test
    void aServerWhoseClientIsElsewhereIsARoot() {
        Running running = running(1);

        running.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE));
        running.driver().collect(); // System.nanoTime() is long after the record's time

        assertThat(running.spans()).singleElement().satisfies(span -> assertThat(span.parentSpanId()).isZero());
    }

    /** SIGTERM comes while a server's span waits for its client's: it goes out with what is queued. */
    @Test
    void whatWaitsForItsParentIsNotLostAtTheEnd() {
        Running running = running(1);
        running.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE));
        assertThat(running.spans()).isEmpty();

        running.driver().onEnd();
        running.driver().onEnd();

        assertThat(running.spans()).singleElement().satisfies(span -> assertThat(span.parentSpanId()).isZero());
    }

    /** Ports are used again: the same four numbers, but another connection. */
    @Test
    void anEarlierConnectionOfTheSamePortsIsNoOtherEnd() {
        Running running = running(1);

        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));
        Struct later = closed(TcpRoleKind.SERVER, ESTABLISHED + 60_000_000_000L).u64(TcpEvent.DURATION_NS_OFFSET, LIFE)
                .u32(TcpEvent.CLIENT_ISN_OFFSET, CLIENT_ISN + 1).u32(TcpEvent.SERVER_ISN_OFFSET, SERVER_ISN + 1);
        running.take(nginx, later);
        running.driver().collect();

        assertThat(running.spans()).hasSize(2);
        assertThat(running.spans().getLast().traceId()).isNotEqualTo(running.spans().getFirst().traceId());
        assertThat(running.spans().getLast().parentSpanId()).isZero();
    }

    @Test
    void aFailureIsKeptWhateverTheRatioAndSaysWhy() {
        Running running = running(0);

        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));
        running.take(curl, Struct.of(TcpEvent.SIZE).u32(EventHeader.KIND_OFFSET, TcpEventKind.FAILED).u64(EventHeader.TIME_NS_OFFSET, ESTABLISHED)
                .u64(TcpEvent.DURATION_NS_OFFSET, 70_000).u8(TcpEvent.ROLE_OFFSET, TcpRoleKind.CLIENT).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.REFUSED)
                .u32(TcpEvent.ERROR_OFFSET, 111).bytes(TcpEvent.LOCAL_ADDRESS_OFFSET, CLIENT).bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, SERVER)
                .u16(TcpEvent.REMOTE_PORT_OFFSET, 81));

        KernelSpan span = running.spans().getFirst();
        assertThat(running.spans()).hasSize(1);
        assertThat(span.errorType()).isEqualTo("refused");
        assertThat(span.sampling()).isEqualTo(Sampling.FAILED);
        assertThat(span.ratio()).isEqualTo(1);
        assertThat(span.endNanos() - span.startNanos()).isEqualTo(70_000);
        assertThat(span.attributes()).containsEntry("ringside.tcp.errno", 111L).containsEntry("server.port", 81L);
        assertThat(span.events()).isEmpty();
    }

    /** Its server's span is kept for having failed; a trace without its root would be no trace. */
    @Test
    void theClientOfAServerThatFailedIsKeptAsWell() {
        Running running = running(0);

        running.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.RESET));
        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE + 1_000));

        assertThat(running.spans()).extracting(KernelSpan::sampling).containsExactly(Sampling.RELATED, Sampling.FAILED);
        assertThat(running.spans().getLast().parentSpanId()).isEqualTo(running.spans().getFirst().spanId());
    }

    /** Open for hours, it would else appear hours later; here it is met by a walk, told of twice while it is open, and ends. */
    @Test
    void aLongConnectionIsToldOfBeforeItsEnd() {
        Running running = running(1);
        long now = System.nanoTime();
        long met = now - RecordingLane.LONG_OPEN.toNanos();
        running.take(curl, closed(TcpRoleKind.CLIENT, met).u32(EventHeader.KIND_OFFSET, TcpEventKind.OPENED).u64(TcpEvent.DURATION_NS_OFFSET, 0));

        running.driver().collect();
        running.driver().collect();
        assertThat(running.spans()).as("once in that time").hasSize(1);
        KernelSpan part = running.spans().getFirst();
        assertThat(part.attributes()).containsEntry("ringside.tcp.still_open", true).containsEntry("server.port", 80L).doesNotContainKey("ringside.tcp.sent_bytes");
        assertThat(part.startNanos()).isEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + met);
        assertThat(part.endNanos()).isGreaterThanOrEqualTo(RecordingLane.CLOCK_OFFSET_NANOS + now);
        assertThat(part.links()).isEmpty();

        running.take(curl, closed(TcpRoleKind.CLIENT, now + 1).u64(TcpEvent.DURATION_NS_OFFSET, 3_600_000_000_000L).u8(TcpEvent.ANNOUNCED_OFFSET, 1));
        KernelSpan whole = running.spans().getLast();
        assertThat(running.spans()).hasSize(2);
        assertThat(whole.links()).containsExactly(new KernelSpan.Link(part.traceHigh(), part.traceLow(), part.spanId()));
        assertThat(whole.endNanos() - whole.startNanos()).isEqualTo(3_600_000_000_000L + CONNECT);
    }

    /** What the sampler leaves out isn't asked about again and again, and what has no workload any more is forgotten. */
    @Test
    void aLongConnectionThatIsNotKeptIsForgotten() {
        LongConnections open = new LongConnections();
        Struct record = closed(TcpRoleKind.CLIENT, 0);
        open.add(1, record.inRing(), Struct.OFFSET, curl, PeerName.NONE, 1, 1);
        open.add(2, record.inRing(), Struct.OFFSET, nginx, PeerName.NONE, 1, 1);
        open.tell(100, 50, (connection, until) -> connection.slot() == curl ? 0 : 7);
        assertThat(open.size()).isEqualTo(1);
        open.expire(nginx);
        assertThat(open.size()).isZero();
    }

    /** However many there are: so many are followed, and each is told of so many times. */
    @Test
    void longConnectionsAreBounded() {
        LongConnections open = new LongConnections();
        Struct record = closed(TcpRoleKind.CLIENT, 0);
        for (int key = 1; key <= 2 * LongConnections.MAX; key++) {
            open.add(key, record.inRing(), Struct.OFFSET, curl, PeerName.NONE, 1, 1);
        }
        assertThat(open.size()).isEqualTo(LongConnections.MAX);

        LongConnections one = new LongConnections();
        one.add(1, record.inRing(), Struct.OFFSET, curl, PeerName.NONE, 1, 1);
        int[] told = new int[1];
        for (int i = 1; i <= 100; i++) {
            one.tell(i * 1_000L, 1_000, (connection, until) -> connection.segments() == LongConnections.MAX_SEGMENTS ? 0 : ++told[0]);
        }
        assertThat(told[0]).isEqualTo(LongConnections.MAX_SEGMENTS);
        assertThat(one.size()).isZero();
    }

    /** A client that was left out can't be a parent. */
    @Test
    void aServerWhoseClientWasLeftOutIsARoot() {
        Running running = running(0);

        running.take(curl, closed(TcpRoleKind.CLIENT, ESTABLISHED + LIFE));
        running.take(nginx, closed(TcpRoleKind.SERVER, ESTABLISHED + LIFE + 1_000).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.RESET));
        running.driver().collect();

        assertThat(running.spans()).singleElement().satisfies(span -> {
            assertThat(span.kind()).isEqualTo(KernelSpan.Kind.SERVER);
            assertThat(span.parentSpanId()).isZero();
        });
    }

    /** However many connections there are and whichever end comes first, each kept span's parent is kept, too, and both ends decide alike. */
    @Property(tries = 100)
    void noSpanHasAParentThatIsMissing(@ForAll List<Boolean> serverFirst, @ForAll List<Boolean> failed) {
        Running running = running(0.5);
        long time = ESTABLISHED;
        for (int i = 0; i < serverFirst.size(); i++) {
            time += 1_000_000;
            int failure = i < failed.size() && failed.get(i) ? TcpFailureKind.RESET : TcpFailureKind.NONE;
            Struct client = closed(TcpRoleKind.CLIENT, time).u64(TcpEvent.DURATION_NS_OFFSET, 500_000).u16(TcpEvent.LOCAL_PORT_OFFSET, i).u32(TcpEvent.CLIENT_ISN_OFFSET, i);
            Struct server = closed(TcpRoleKind.SERVER, time).u64(TcpEvent.DURATION_NS_OFFSET, 400_000).u16(TcpEvent.REMOTE_PORT_OFFSET, i).u32(TcpEvent.CLIENT_ISN_OFFSET, i)
                    .u8(TcpEvent.FAILURE_OFFSET, failure);
            running.take(serverFirst.get(i) ? nginx : curl, serverFirst.get(i) ? server : client);
            running.take(serverFirst.get(i) ? curl : nginx, serverFirst.get(i) ? client : server);
        }
        List<Long> ids = running.spans().stream().map(KernelSpan::spanId).toList();
        assertThat(running.spans()).filteredOn(span -> span.parentSpanId() != 0).allSatisfy(span -> assertThat(ids).contains(span.parentSpanId()));
        assertThat(running.spans()).filteredOn(span -> span.sampling() == Sampling.HEAD)
                .allSatisfy(span -> assertThat(running.spans()).filteredOn(other -> other.traceId().equals(span.traceId())).hasSize(2));
        assertThat(ids).doesNotHaveDuplicates();
    }
}
