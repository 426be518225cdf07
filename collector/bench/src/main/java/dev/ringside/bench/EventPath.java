package dev.ringside.bench;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringside.events.EventHeader;
import dev.ringside.events.ProcessEventKind;
import dev.ringside.events.ProcessExitEvent;
import dev.ringside.events.TcpEvent;
import dev.ringside.events.TcpEventKind;
import dev.ringside.events.TcpRoleKind;
import dev.ringside.identity.CgroupIndex;
import dev.ringside.identity.CgroupInfo;
import dev.ringside.identity.IdentityLimits;
import dev.ringside.identity.IdentityTable;
import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.probe.ProbeDriver;
import dev.ringside.probes.ProcessProbe;
import dev.ringside.probes.TcpProbe;
import dev.ringside.span.SpanLane;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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
 * What a record costs behind the ring: decode, identify, accumulate. Beside it the obvious way: an object per record,
 * strings for labels, a map of counters.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class EventPath {

    private static final int RECORDS = 16_384;
    private static final int STRIDE = (Math.max(TcpEvent.SIZE, ProcessExitEvent.SIZE) + 8 + 7) & ~7;

    @Param({"1", "100", "10000"})
    int containers;

    @Param({"tcp", "tcp with peers", "process"})
    String probe;

    private Arena arena;
    private MemorySegment records;
    private int length;
    private IdentityTable identities;
    private ProbeDriver driver;
    private Map<Long, String> names;
    private Map<List<String>, Double> naive;
    private final Map<String, String> podNames = new HashMap<>();

    @Setup(Level.Trial)
    public void open() {
        arena = Arena.ofConfined();
        records = arena.allocate((long) STRIDE * RECORDS, 8);
        identities = new IdentityTable(new IdentityLimits(20_000, 20_000, Duration.ofMinutes(1), Duration.ofMinutes(10)));
        List<CgroupInfo> cgroups = new ArrayList<>();
        names = new HashMap<>();
        for (int i = 0; i < containers; i++) {
            String id = String.format("%064x", i + 1);
            cgroups.add(CgroupInfo.of(1_000 + i, "/docker/" + id));
            names.put(1_000L + i, id.substring(52));
        }
        identities.publish(CgroupIndex.of(cgroups), 0);
        boolean tcp = !probe.equals("process");
        length = tcp ? TcpEvent.SIZE : ProcessExitEvent.SIZE;
        Optional<PeerTable> peers = probe.equals("tcp with peers") ? Optional.of(peers()) : Optional.empty();
        driver = (tcp ? new TcpProbe() : new ProcessProbe()).start(new BenchContext(identities, 200_000, SpanLane.OFF, peers));
        naive = new HashMap<>();
        Random random = new Random(42);
        for (int i = 0; i < RECORDS; i++) {
            long at = (long) i * STRIDE;
            int container = random.nextInt(containers);
            records.set(JAVA_LONG, at + EventHeader.CGROUP_ID_OFFSET, 1_000 + container);
            long duration = random.nextLong(10_000, 100_000_000);
            if (tcp) {
                connection(at, i % 2 == 0 ? TcpEventKind.OPENED : TcpEventKind.CLOSED, duration);
                peer(at, container, random.nextBoolean());
            } else {
                records.set(JAVA_INT, at + EventHeader.KIND_OFFSET, ProcessEventKind.EXIT);
                records.set(JAVA_LONG, at + ProcessExitEvent.LIFETIME_NS_OFFSET, duration);
                records.set(JAVA_INT, at + ProcessExitEvent.EXIT_CODE_OFFSET, i % 16 == 0 ? 1 : 0);
            }
        }
    }

    /** Each container has a pod's address, and talks to another one's and to one on the internet. */
    private void peer(long at, int container, boolean pod) {
        int other = container * 7 % containers;
        byte[] address = pod ? new byte[] {10, (byte) (other >> 16), (byte) (other >> 8), (byte) other}
                : new byte[] {(byte) 198, 51, (byte) (container >> 8), (byte) container};
        records.set(JAVA_SHORT, at + TcpEvent.REMOTE_ADDRESS_OFFSET + 10, (short) -1); // v4-mapped
        MemorySegment.copy(address, 0, records, JAVA_BYTE, at + TcpEvent.REMOTE_ADDRESS_OFFSET + 12, address.length);
        records.set(JAVA_SHORT, at + TcpEvent.REMOTE_PORT_OFFSET, (short) 443);
        records.set(JAVA_LONG, at + EventHeader.TIME_NS_OFFSET, System.nanoTime());
    }

    private PeerTable peers() {
        List<Pod> pods = new ArrayList<>();
        podNames.clear();
        for (int i = 0; i < containers; i++) {
            String address = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            podNames.put(address, "web" + i);
            pods.add(new Pod("pod-" + i, "shop", "web-" + i, new Workload(Workload.DEPLOYMENT, "web" + i), Map.of(), Map.of(), List.of(address), false, "Running",
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()));
        }
        PeerTable table = new PeerTable(PeerConfig.DEFAULT, 200_000, Duration.ofMinutes(10), identities.labelNames(), identities::labelValues);
        table.publish(PodIndex.empty().next(pods, Instant.now(), Duration.ofMinutes(1)), List.of());
        return table;
    }

    private void connection(long at, int kind, long duration) {
        records.set(JAVA_INT, at + EventHeader.KIND_OFFSET, kind);
        records.set(JAVA_LONG, at + TcpEvent.DURATION_NS_OFFSET, duration);
        records.set(JAVA_LONG, at + TcpEvent.CONNECT_NS_OFFSET, duration);
        records.set(JAVA_INT, at + TcpEvent.SRTT_US_OFFSET, (int) (duration / 1_000));
        records.set(JAVA_BYTE, at + TcpEvent.ROLE_OFFSET, (byte) TcpRoleKind.CLIENT);
        records.set(JAVA_BYTE, at + TcpEvent.ANNOUNCED_OFFSET, (byte) 1);
    }

    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int ringside() {
        int counted = 0;
        for (int i = 0; i < RECORDS; i++) {
            long at = (long) i * STRIDE;
            int slot = identities.resolve(EventHeader.cgroupId(records, at), EventHeader.commWord(records, at, 0),
                    EventHeader.commWord(records, at, 1));
            if (!driver.awaits(records, at, length, slot, false) && driver.onEvent(records, at, length, slot)) {
                counted++;
            }
        }
        if (counted != RECORDS) {
            throw new IllegalStateException("the driver refused records: probe=" + probe + ", taken=" + counted);
        }
        return counted;
    }

    private record Connection(long cgroup, String command, int kind, int role, long durationNanos, int srttMicros, String peer) {}

    private record Exit(long cgroup, String command, int code, long lifetimeNanos) {}

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public int recordAndHashMap() {
        for (int i = 0; i < RECORDS; i++) {
            long at = (long) i * STRIDE;
            if (!probe.equals("process")) {
                obvious(new Connection(EventHeader.cgroupId(records, at), EventHeader.comm(records, at), EventHeader.kind(records, at),
                        TcpEvent.role(records, at), TcpEvent.durationNs(records, at), TcpEvent.srttUs(records, at), peerName(at)));
            } else {
                obvious(new Exit(EventHeader.cgroupId(records, at), EventHeader.comm(records, at), ProcessExitEvent.exitCode(records, at),
                        ProcessExitEvent.lifetimeNs(records, at)));
            }
        }
        return naive.size();
    }

    private String peerName(long at) {
        if (podNames.isEmpty()) {
            return "";
        }
        try {
            byte[] address = records.asSlice(at + TcpEvent.REMOTE_ADDRESS_OFFSET, 16).toArray(JAVA_BYTE);
            return podNames.getOrDefault(InetAddress.getByAddress(address).getHostAddress(), "internet");
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not an address", e);
        }
    }

    private void obvious(Connection connection) {
        String workload = names.get(connection.cgroup);
        String role = connection.role == TcpRoleKind.CLIENT ? "client" : "server";
        if (connection.kind == TcpEventKind.OPENED) {
            naive.merge(List.of("opened", workload, connection.peer, role), 1.0, Double::sum);
            naive.merge(List.of("connect_seconds", workload, connection.peer, bucket(connection.durationNanos)), 1.0, Double::sum);
        } else {
            naive.merge(List.of("connection_seconds", workload, connection.peer, bucket(connection.durationNanos)), 1.0, Double::sum);
            naive.merge(List.of("rtt_seconds", workload, bucket(connection.srttMicros)), 1.0, Double::sum);
        }
    }

    private void obvious(Exit exit) {
        String workload = names.get(exit.cgroup);
        naive.merge(List.of("exits", workload, exit.code == 0 ? "success" : "failure"), 1.0, Double::sum);
        naive.merge(List.of("lifetime_seconds", workload, bucket(exit.lifetimeNanos)), 1.0, Double::sum);
    }

    private static String bucket(long value) {
        return String.valueOf(64 - Long.numberOfLeadingZeros(value));
    }
}
