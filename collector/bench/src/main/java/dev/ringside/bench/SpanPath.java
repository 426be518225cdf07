package dev.ringside.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringside.events.EventHeader;
import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.identity.CgroupIndex;
import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.IdentityLimits;
import dev.ringside.identity.IdentityTable;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probes.TcpProbe;
import dev.ringside.span.KernelSpan;
import dev.ringside.span.SpanLane;
import dev.ringside.span.SpanLanes;
import dev.ringside.span.SpanLoss;
import dev.ringside.span.SpanQueue;
import dev.ringside.span.SpanResource;
import dev.ringside.span.SpanSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What traces add to a record on the drain thread: both ends of connections on this node, each joined to the other, with a part of them kept. A result is per record; a connection
 * has two. Whoever exports is left out: the queue is emptied between two measurements.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class SpanPath {

    private static final int CONNECTIONS = 8_192;
    private static final int RECORDS = 2 * CONNECTIONS;
    private static final int STRIDE = (TcpEvent.SIZE + 7) & ~7;
    private static final SpanResource SOMEBODY = new SpanResource(Map.of("service.name", "somebody"));

    /** What is kept. */
    public enum Kept {
        /** No traces at all. */
        OFF(0, 0),
        NONE(0, 0),
        ONE_PERCENT(0.01, 0),
        TEN_PERCENT(0.1, 0),
        /** One percent as well: the slow ones, for which each series has a threshold. */
        SLOW(0, 0.01);

        private final double headRatio;
        private final double slowRatio;

        Kept(double headRatio, double slowRatio) {
            this.headRatio = headRatio;
            this.slowRatio = slowRatio;
        }

        private SpanSettings settings() {
            return new SpanSettings(headRatio, slowRatio, 1_000_000_000, RECORDS, Duration.ofMinutes(1), Duration.ofMinutes(10));
        }
    }

    @Param
    Kept kept;

    private Arena arena;
    private MemorySegment records;
    private IdentityTable identities;
    private SpanQueue queue;
    private ProbeDriver driver;

    @Setup(Level.Trial)
    public void open() {
        arena = Arena.ofConfined();
        records = arena.allocate((long) STRIDE * RECORDS, 8);
        identities = new IdentityTable(new IdentityLimits(100, 100, Duration.ofMinutes(1), Duration.ofMinutes(10)));
        identities.publish(CgroupIndex.of(List.of(CgroupInfo.of(1, "/docker/" + "1".repeat(64)), CgroupInfo.of(2, "/docker/" + "2".repeat(64)))), 0);
        queue = new SpanQueue(RECORDS);
        SpanLane lane = kept == Kept.OFF ? SpanLane.OFF : new SpanLanes(kept.settings(), Optional.of(queue), new Nobody()).lane("tcp");
        driver = new TcpProbe().start(new BenchContext(identities, 1_000, lane));
        for (int i = 0; i < CONNECTIONS; i++) {
            end((long) 2 * i * STRIDE, i, true);
            end((long) (2 * i + 1) * STRIDE, i, false);
        }
    }

    private record Nobody() implements SpanLanes.Surroundings {

        @Override
        public boolean watched() {
            return false;
        }

        @Override
        public void show(KernelSpan span) {
            throw new IllegalStateException("nobody watches");
        }

        @Override
        public SpanResource resource(int slot) {
            return SOMEBODY;
        }

        @Override
        public long wallNanos(long monotonicNanos) {
            return monotonicNanos;
        }
    }

    private void end(long at, int connection, boolean client) {
        records.set(JAVA_LONG, at + EventHeader.CGROUP_ID_OFFSET, client ? 1 : 2);
        records.set(JAVA_LONG, at + EventHeader.TIME_NS_OFFSET, 1_000_000_000L + 100_000L * connection);
        records.set(JAVA_INT, at + EventHeader.KIND_OFFSET, TcpEventKind.CLOSED);
        records.set(JAVA_LONG, at + TcpEvent.DURATION_NS_OFFSET, 1_000_000L + connection + (client ? 1_000 : 0));
        records.set(JAVA_LONG, at + TcpEvent.CONNECT_NS_OFFSET, client ? 50_000L + connection : 0);
        records.set(JAVA_INT, at + TcpEvent.SRTT_US_OFFSET, 50);
        records.set(JAVA_BYTE, at + TcpEvent.ROLE_OFFSET, (byte) (client ? TcpRoleKind.CLIENT : TcpRoleKind.SERVER));
        records.set(JAVA_INT, at + TcpEvent.CLIENT_ISN_OFFSET, 0x9e3779b1 * connection);
        records.set(JAVA_INT, at + TcpEvent.SERVER_ISN_OFFSET, 0x85ebca77 * ~connection);
        records.set(JAVA_SHORT, at + TcpEvent.LOCAL_PORT_OFFSET, (short) (client ? 10_000 + connection : 80));
        records.set(JAVA_SHORT, at + TcpEvent.REMOTE_PORT_OFFSET, (short) (client ? 80 : 10_000 + connection));
    }

    @TearDown(Level.Invocation)
    public void empty() throws InterruptedException {
        queue.lost(queue.take(RECORDS, 0), SpanLoss.SHUTDOWN);
    }

    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int records() {
        int counted = 0;
        for (int i = 0; i < RECORDS; i++) {
            long at = (long) i * STRIDE;
            int slot = identities.resolve(EventHeader.cgroupId(records, at), EventHeader.commWord(records, at, 0), EventHeader.commWord(records, at, 1));
            if (driver.onEvent(records, at, TcpEvent.SIZE, slot)) {
                counted++;
            }
        }
        if (counted != RECORDS) {
            throw new IllegalStateException("the driver refused records: taken=" + counted);
        }
        return counted;
    }
}
