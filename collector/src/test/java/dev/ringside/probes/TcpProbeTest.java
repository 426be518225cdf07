package dev.ringside.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.events.EventHeader;
import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpFailureKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.events.TcpRow;
import dev.ringside.events.TcpTotalsValue;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.testing.FakeProbeContext;
import dev.ringside.testing.Struct;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TcpProbeTest {
    private static final long CGROUP = 4_711;
    private static final byte[] LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
    private static final byte[] DOCUMENTATION = {0x20, 0x01, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final FakeProbeContext context = new FakeProbeContext();
    private final int curl = context.workload(CGROUP, "curl");
    private final int nginx = context.workload(CGROUP, "nginx");
    private final ProbeDriver driver = new TcpProbe().start(context);

    @Test
    void countsConnectionsByRoleAndOutcome() {
        take(curl, event(TcpEventKind.OPENED, TcpRoleKind.CLIENT).u64(TcpEvent.CONNECT_NS_OFFSET, 120_000));
        take(nginx, event(TcpEventKind.OPENED, TcpRoleKind.SERVER));
        take(curl, event(TcpEventKind.CLOSED, TcpRoleKind.CLIENT)
                .u8(TcpEvent.ANNOUNCED_OFFSET, 1).u64(TcpEvent.DURATION_NS_OFFSET, 30_000_000).u32(TcpEvent.SRTT_US_OFFSET, 25));
        take(nginx, event(TcpEventKind.CLOSED, TcpRoleKind.SERVER)
                .u8(TcpEvent.ANNOUNCED_OFFSET, 1).u64(TcpEvent.DURATION_NS_OFFSET, 30_000_000).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.RESET));
        take(curl, event(TcpEventKind.FAILED, TcpRoleKind.CLIENT).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.REFUSED));

        assertThat(context.series()).isEqualTo("""
                ringside_tcp_connections_opened_total{workload="curl",role="client"} 1
                ringside_tcp_connections_opened_total{workload="nginx",role="server"} 1
                ringside_tcp_connection_failures_total{workload="nginx",reason="reset"} 1
                ringside_tcp_connection_failures_total{workload="curl",reason="refused"} 1
                ringside_tcp_connect_duration_seconds{workload="curl"} 1 up to 2.5E-4, sum 1.2E-4
                ringside_tcp_connection_duration_seconds{workload="curl"} 1 up to 0.1, sum 0.03
                ringside_tcp_connection_duration_seconds{workload="nginx"} 1 up to 0.1, sum 0.03
                ringside_tcp_rtt_seconds{workload="curl"} 1 up to 2.5E-5, sum 2.5E-5
                """);
    }

    /** No walk came by while they were open. */
    @Test
    void countsAtTheirEndThoseThatWereShort() {
        take(curl, event(TcpEventKind.CLOSED, TcpRoleKind.CLIENT).u64(TcpEvent.CONNECT_NS_OFFSET, 120_000).u64(TcpEvent.DURATION_NS_OFFSET, 300_000));
        take(nginx, event(TcpEventKind.CLOSED, TcpRoleKind.UNKNOWN));

        assertThat(context.series()).isEqualTo("""
                ringside_tcp_connections_opened_total{workload="curl",role="client"} 1
                ringside_tcp_connections_found_total{workload="nginx"} 1
                ringside_tcp_connect_duration_seconds{workload="curl"} 1 up to 2.5E-4, sum 1.2E-4
                ringside_tcp_connection_duration_seconds{workload="curl"} 1 up to 0.001, sum 3.0E-4
                """);
    }

    /** Its peer gave up while it stood in the accept queue: PassiveOpens has it, so have we. */
    @Test
    void countsAConnectionThatNobodyAccepted() {
        take(nginx, event(TcpEventKind.CLOSED, TcpRoleKind.SERVER).u64(TcpEvent.DURATION_NS_OFFSET, 1_000_000));

        assertThat(context.series()).isEqualTo("""
                ringside_tcp_connections_opened_total{workload="nginx",role="server"} 1
                ringside_tcp_connection_duration_seconds{workload="nginx"} 1 up to 0.001, sum 0.001
                """);
    }

    /** Of a connection that was there before us nobody knows which side it was, or since when. */
    @Test
    void saysNoMoreThanItKnowsOfConnectionsFromBefore() {
        context.putRow("find", row("nginx", 0, 0).u8(TcpRow.OWNED_OFFSET, 1));
        context.putRow("find", row("stranger", 0, 0).u8(TcpRow.OWNED_OFFSET, 1));
        driver.onAttached();
        take(nginx, event(TcpEventKind.CLOSED, TcpRoleKind.UNKNOWN).u8(TcpEvent.ANNOUNCED_OFFSET, 1));
        take(nginx, event(TcpEventKind.CLOSED, TcpRoleKind.SERVER).u8(TcpEvent.ANNOUNCED_OFFSET, 1));

        assertThat(context.series()).isEqualTo("""
                ringside_tcp_connections_found_total{workload="nginx"} 1
                """);
    }

    /** Accepted after the start, opened before: no hook has seen it being opened. */
    @Test
    void countsAsFoundWhatItDidNotSeeOpen() {
        take(nginx, event(TcpEventKind.OPENED, TcpRoleKind.UNKNOWN));

        assertThat(context.series()).isEqualTo("ringside_tcp_connections_found_total{workload=\"nginx\"} 1\n");
    }

    /** Files are many: they are walked when there is somebody new to look for, not at every collection. */
    @Test
    void looksForOwnersOnceForThoseThatHaveNone() {
        context.putRow("walk", Struct.of(TcpRow.SIZE));
        context.putRow("find", row("nginx", 0, 0).u8(TcpRow.OWNED_OFFSET, 1));
        driver.collect();
        driver.collect();

        assertThat(context.series()).isEqualTo("ringside_tcp_connections_found_total{workload=\"nginx\"} 1\n");
    }

    @Test
    void hasALabelForEveryFailure() {
        for (int failure = TcpFailureKind.REFUSED; failure <= TcpFailureKind.OTHER; failure++) {
            take(curl, event(TcpEventKind.FAILED, TcpRoleKind.CLIENT).u8(TcpEvent.FAILURE_OFFSET, failure));
        }

        assertThat(TcpProbe.FAILURES.labels().getFirst().values())
                .isEqualTo(TcpFailureKind.NAMES.subList(TcpFailureKind.REFUSED, TcpFailureKind.NAMES.size()));
        assertThat(context.series()).hasLineCount(6).contains("reason=\"other\"} 1");
    }

    @Test
    void addsWhatHasEndedToWhatIsOpen() {
        context.putTotals("tcp_totals", curl, Struct.of(TcpTotalsValue.SIZE)
                .u64(TcpTotalsValue.SENT_BYTES_OFFSET, 1_000).u64(TcpTotalsValue.RECEIVED_BYTES_OFFSET, 2_000)
                .u64(TcpTotalsValue.RETRANSMITTED_SEGMENTS_OFFSET, 3).u64(TcpTotalsValue.RETRANSMISSION_TIMEOUTS_OFFSET, 4)
                .u64(TcpTotalsValue.RESETS_SENT_OFFSET, 5).u64(TcpTotalsValue.RESETS_RECEIVED_OFFSET, 6));
        context.putRow("walk", row("curl", 10, 20).u8(TcpRow.OWNED_OFFSET, 1).u32(TcpRow.RETRANSMITTED_SEGMENTS_OFFSET, 30)
                .u32(TcpRow.SRTT_US_OFFSET, 400).u8(TcpRow.MOVED_OFFSET, 1));
        context.putRow("walk", row("nginx", 7, 0).u8(TcpRow.OWNED_OFFSET, 1).u32(TcpRow.SRTT_US_OFFSET, 400));
        context.putRow("walk", row("nginx", 8, 8));

        driver.collect();

        assertThat(context.series()).as("one that is quiet shows no round trip; one that nobody has accepted shows nothing").isEqualTo("""
                ringside_tcp_connections_active{workload="curl"} 1
                ringside_tcp_connections_active{workload="nginx"} 1
                ringside_tcp_sent_bytes_total{workload="curl"} 1010
                ringside_tcp_sent_bytes_total{workload="nginx"} 7
                ringside_tcp_received_bytes_total{workload="curl"} 2020
                ringside_tcp_retransmitted_segments_total{workload="curl"} 33
                ringside_tcp_retransmission_timeouts_total{workload="curl"} 4
                ringside_tcp_resets_total{workload="curl",direction="sent"} 5
                ringside_tcp_resets_total{workload="curl",direction="received"} 6
                ringside_tcp_rtt_seconds{workload="curl"} 1 up to 5.0E-4, sum 4.0E-4
                """);
    }

    /** Ended between the two reads, it is in neither; the next collection has it. */
    @Test
    void neverTakesBytesBack() {
        context.putRow("walk", row("curl", 500, 0).u8(TcpRow.OWNED_OFFSET, 1));
        driver.collect();
        context.clear();
        driver.collect();
        String between = context.series();
        context.putTotals("tcp_totals", curl, Struct.of(TcpTotalsValue.SIZE).u64(TcpTotalsValue.SENT_BYTES_OFFSET, 600));
        driver.collect();

        assertThat(between).isEqualTo("""
                ringside_tcp_connections_active{workload="curl"} 0
                ringside_tcp_sent_bytes_total{workload="curl"} 500
                """);
        assertThat(context.series()).contains("ringside_tcp_sent_bytes_total{workload=\"curl\"} 600\n");
    }

    /** The slot is somebody else's then, who begins at zero. */
    @Test
    void beginsAnewWithANewWorkload() {
        context.putTotals("tcp_totals", curl, Struct.of(TcpTotalsValue.SIZE).u64(TcpTotalsValue.SENT_BYTES_OFFSET, 100));
        driver.collect();
        context.clear();
        driver.onExpired(curl);
        context.putTotals("tcp_totals", curl, Struct.of(TcpTotalsValue.SIZE).u64(TcpTotalsValue.SENT_BYTES_OFFSET, 30));
        driver.collect();

        assertThat(context.series()).isEqualTo("ringside_tcp_sent_bytes_total{workload=\"curl\"} 130\n");
    }

    @Test
    void refusesWhatIsNoRecordOfItsOwn() {
        assertThat(onEvent(event(TcpEventKind.OPENED, TcpRoleKind.CLIENT), TcpEvent.SIZE - 8)).isFalse();
        assertThat(onEvent(event(TcpEventKind.OPENED, TcpRoleKind.CLIENT), EventHeader.SIZE)).isFalse();
        assertThat(onEvent(event(0, TcpRoleKind.CLIENT), TcpEvent.SIZE)).isFalse();
        assertThat(onEvent(event(TcpEventKind.FAILED + 1, TcpRoleKind.CLIENT), TcpEvent.SIZE)).isFalse();
        assertThat(onEvent(event(TcpEventKind.OPENED, TcpRoleKind.SERVER + 1), TcpEvent.SIZE)).isFalse();
        assertThat(onEvent(event(TcpEventKind.FAILED, TcpRoleKind.CLIENT).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.OTHER + 1), TcpEvent.SIZE))
                .isFalse();
        assertThat(context.series()).isEmpty();
    }

    @Test
    void describesAConnectionAsAPersonReadsIt() {
        Struct closed = event(TcpEventKind.CLOSED, TcpRoleKind.CLIENT)
                .bytes(TcpEvent.LOCAL_ADDRESS_OFFSET, LOOPBACK).u16(TcpEvent.LOCAL_PORT_OFFSET, 45_678)
                .bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, DOCUMENTATION).u16(TcpEvent.REMOTE_PORT_OFFSET, 443)
                .u64(TcpEvent.DURATION_NS_OFFSET, 1_234_567).u64(TcpEvent.SENT_BYTES_OFFSET, 78).u64(TcpEvent.RECEIVED_BYTES_OFFSET, 1_256)
                .u32(TcpEvent.RETRANSMITTED_SEGMENTS_OFFSET, 2).u32(TcpEvent.SRTT_US_OFFSET, 31).u8(TcpEvent.FAILURE_OFFSET, TcpFailureKind.TIMEOUT);

        assertThat(driver.describe(closed.inRing(), Struct.OFFSET, closed.size())).hasToString("{event=closed, role=client, "
                + "local_address=127.0.0.1, local_port=45678, remote_address=2001:db8:0:0:0:0:0:1, remote_port=443, connect_us=0, duration_us=1234, "
                + "sent_bytes=78, received_bytes=1256, retransmitted_segments=2, srtt_us=31, failure=timeout}");
    }

    @Test
    void describesOnlyWhatIsKnownWhenItOpens() {
        Struct opened = event(TcpEventKind.OPENED, TcpRoleKind.SERVER)
                .bytes(TcpEvent.LOCAL_ADDRESS_OFFSET, LOOPBACK).u16(TcpEvent.LOCAL_PORT_OFFSET, 80)
                .bytes(TcpEvent.REMOTE_ADDRESS_OFFSET, LOOPBACK).u16(TcpEvent.REMOTE_PORT_OFFSET, 45_678);

        assertThat(driver.describe(opened.inRing(), Struct.OFFSET, opened.size())).hasToString("{event=opened, role=server, "
                + "local_address=127.0.0.1, local_port=80, remote_address=127.0.0.1, remote_port=45678, connect_us=0, duration_us=0, "
                + "retransmitted_segments=0, srtt_us=0}");
    }

    /** Whatever a broken or foreign object sends: counted or refused, and described if counted. */
    @Property
    void takesAnyBytes(@ForAll @Size(max = 2 * TcpEvent.SIZE) byte[] tail, @ForAll @IntRange(max = 4) int kind, @ForAll boolean rightLength) {
        Struct record = Struct.of(rightLength ? TcpEvent.SIZE : EventHeader.SIZE + tail.length);
        record.bytes(EventHeader.SIZE, Arrays.copyOf(tail, record.size() - EventHeader.SIZE)).u32(EventHeader.KIND_OFFSET, kind);
        if (driver.onEvent(record.inRing(), Struct.OFFSET, record.size(), curl)) {
            assertThat(driver.describe(record.inRing(), Struct.OFFSET, record.size())).containsKeys("event", "role", "remote_address");
        }
    }

    private static Struct event(int kind, int role) {
        return Struct.of(TcpEvent.SIZE).u32(TcpEvent.HEADER_KIND_OFFSET, kind).u8(TcpEvent.ROLE_OFFSET, role);
    }

    private static Struct row(String command, long sent, long received) {
        return Struct.of(TcpRow.SIZE).u64(TcpRow.CGROUP_ID_OFFSET, CGROUP).text(TcpRow.COMM_OFFSET, command)
                .u64(TcpRow.SENT_BYTES_OFFSET, sent).u64(TcpRow.RECEIVED_BYTES_OFFSET, received);
    }

    private void take(int slot, Struct event) {
        assertThat(driver.onEvent(event.inRing(), Struct.OFFSET, event.size(), slot)).isTrue();
    }

    private boolean onEvent(Struct event, int length) {
        return driver.onEvent(event.inRing(), Struct.OFFSET, length, curl);
    }
}
