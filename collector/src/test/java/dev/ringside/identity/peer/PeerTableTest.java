package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Pod;
import dev.ringside.identity.kubelet.PodContainer;
import dev.ringside.identity.kubelet.PodIndex;
import dev.ringside.identity.kubelet.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Whom a connection is with, by address, port and time. */
class PeerTableTest {

    private static final Duration LINGER = Duration.ofMinutes(5);

    private final Instant now = Instant.now();
    private final long nowNanos = System.nanoTime();
    private final PeerConfig config = new PeerConfig(true, List.of(AddressRange.parse("cluster=10.96.0.0/16")),
            List.of(AddressRange.parse("private=10.0.0.0/8"), AddressRange.parse("db=10.20.30.0/24"), AddressRange.parse("internet=0.0.0.0/0")));
    private final PeerTable table = table(100);

    private PeerTable table(int maxPairs) {
        return new PeerTable(config, maxPairs, Duration.ofMinutes(10), List.of("workload"), slot -> List.of("workload-" + slot));
    }

    private static Pod pod(String name, String ip, Instant since, boolean hostNetwork) {
        PodContainer container = new PodContainer("main", PodContainer.Kind.REGULAR, "image", "", "", 0, PodContainer.State.RUNNING, Optional.of(since), Optional.empty());
        return new Pod("uid-" + name, "shop", name + "-0", new Workload("statefulset", name), Map.of(), Map.of(), List.of(ip), hostNetwork, "Running",
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(since), Optional.empty(), List.of(container));
    }

    private List<String> peer(String address, int port, Duration ago) {
        AddressWords words = AddressWords.parse(address);
        return labels(table.slot(7, words.high(), words.low(), port, nowNanos - ago.toNanos()));
    }

    private List<String> labels(int slot) {
        return table.labelValues(slot);
    }

    private List<String> peer(String address) {
        return peer(address, 80, Duration.ZERO);
    }

    @Test
    void labelsFollowTheWorkloads() {
        assertThat(table.labelNames()).containsExactly("workload", "peer_kind", "peer_namespace", "peer_workload", "peer_port");
    }

    @Test
    void tellsPodsTheNodeAndRangesApart() {
        table.publish(PodIndex.empty().next(List.of(pod("web", "10.1.0.7", now.minusSeconds(100), false), pod("proxy", "192.168.0.5", now, true)), now, LINGER),
                Set.of("192.168.0.4", "fd00::4"));

        assertThat(peer("10.1.0.7")).containsExactly("workload-7", "pod", "shop", "web", "80");
        assertThat(peer("192.168.0.4")).containsExactly("workload-7", "host", "", "", "80");
        assertThat(peer("fd00::4")).containsExactly("workload-7", "host", "", "", "80");
        assertThat(peer("192.168.0.5")).as("a pod with the node's network").containsExactly("workload-7", "host", "", "", "80");
        assertThat(peer("127.0.0.53")).containsExactly("workload-7", "loopback", "", "", "80");
        assertThat(peer("::1")).containsExactly("workload-7", "loopback", "", "", "80");
        assertThat(peer("10.96.0.1")).containsExactly("workload-7", "service", "", "cluster", "80");
        assertThat(peer("10.20.30.40")).containsExactly("workload-7", "cidr", "", "db", "80");
        assertThat(peer("10.20.31.40")).containsExactly("workload-7", "cidr", "", "private", "80");
        assertThat(peer("192.0.2.1")).containsExactly("workload-7", "cidr", "", "internet", "80");
        assertThat(peer("2001:db8::1")).as("no range has it").containsExactly("workload-7", "cidr", "", "", "80");
    }

    @Test
    void aClientsPortIsNoLabel() {
        assertThat(peer("192.0.2.1", 0, Duration.ZERO)).containsExactly("workload-7", "cidr", "", "internet", "");
    }

    @Test
    void anAddressThatIsReusedIsTheNewOwnersFromThenOn() {
        PodIndex before = PodIndex.empty().next(List.of(pod("old", "10.1.0.7", now.minusSeconds(100), false)), now.minusSeconds(50), LINGER);
        PodIndex after = before.next(List.of(pod("new", "10.1.0.7", now.minusSeconds(10), false)), now, LINGER);
        table.publish(after, Set.of());

        assertThat(peer("10.1.0.7", 80, Duration.ofSeconds(60)).get(3)).isEqualTo("old");
        assertThat(peer("10.1.0.7", 80, Duration.ofSeconds(5)).get(3)).isEqualTo("new");
        assertThat(peer("10.1.0.7", 80, Duration.ofSeconds(200)).get(1)).as("before anybody had it").isEqualTo("cidr");
    }

    @Test
    void whatOthersTellComesAfterTheNodesOwnAndBeforeRanges() {
        AddressLedger cluster = new AddressLedger(10, LINGER);
        cluster.hold("u1", Peer.pod("far", new Workload("deployment", "api")), List.of("10.2.0.9", "10.1.0.7"), now.minusSeconds(60), now);
        cluster.hold("u2", Peer.service("shop", "front"), List.of("10.96.0.1"), Instant.MIN, now);
        AddressLedger names = new AddressLedger(10, LINGER);
        names.hold("n", Peer.host("db.example.com"), List.of("10.20.30.40", "10.2.0.9"), Instant.MIN, now);
        table.publish(PodIndex.empty().next(List.of(pod("web", "10.1.0.7", now.minusSeconds(100), false)), now, LINGER), Set.of());
        table.publish(1, names.book(now, nowNanos));
        table.publish(0, cluster.book(now, nowNanos));

        assertThat(peer("10.1.0.7")).as("the kubelet knows better").containsExactly("workload-7", "pod", "shop", "web", "80");
        assertThat(peer("10.2.0.9")).as("the first source knows better").containsExactly("workload-7", "pod", "far", "api", "80");
        assertThat(peer("10.2.0.9", 80, Duration.ofSeconds(90))).as("before that pod").containsExactly("workload-7", "dns", "", "db.example.com", "80");
        assertThat(peer("10.96.0.1")).containsExactly("workload-7", "service", "shop", "front", "80");
        assertThat(peer("10.96.0.2")).as("no service that was told of").containsExactly("workload-7", "service", "", "cluster", "80");
        assertThat(peer("10.20.30.40")).containsExactly("workload-7", "dns", "", "db.example.com", "80");
        assertThat(table.whoHas("10.20.30.40")).containsExactly("dns", "", "db.example.com", "");

        table.publish(0, AddressBook.EMPTY);
        assertThat(peer("10.96.0.1")).containsExactly("workload-7", "service", "", "cluster", "80");
    }

    @Test
    void anUnknownNeighbourOfPodsIsWaitedForUntilItIsGivenUp() {
        AddressWords neighbour = AddressWords.parse("10.1.0.8");
        AddressWords stranger = AddressWords.parse("10.2.0.8");
        assertThat(table.awaited(7, neighbour.high(), neighbour.low(), 80, nowNanos)).as("without pods there is nobody to tell").isFalse();

        table.publish(PodIndex.empty().next(List.of(pod("web", "10.1.0.7", now, false)), now, LINGER), Set.of());

        assertThat(table.awaited(7, neighbour.high(), neighbour.low(), 80, nowNanos)).isTrue();
        assertThat(table.awaited(7, stranger.high(), stranger.low(), 80, nowNanos)).isFalse();
        table.giveUp(neighbour.high(), neighbour.low(), nowNanos);
        assertThat(table.awaited(7, neighbour.high(), neighbour.low(), 80, nowNanos)).isFalse();
        assertThat(table.awaited(7, neighbour.high(), neighbour.low(), 80, nowNanos + Duration.ofMinutes(1).toNanos())).as("it may be somebody's by then").isTrue();
    }

    @Test
    void anAddressThatIsNoneHarmsNobodyElse() {
        table.publish(PodIndex.empty().next(List.of(pod("odd", "no address", now, false), pod("web", "10.1.0.7", now.minusSeconds(9), false)), now, LINGER), Set.of());

        assertThat(peer("10.1.0.7").get(3)).isEqualTo("web");
    }

    @Test
    void beyondTheCapEachWorkloadHasOneMore() {
        PeerTable small = table(2);
        AddressWords a = AddressWords.parse("192.0.2.1");
        small.slot(7, a.high(), a.low(), 1, nowNanos);
        small.slot(7, a.high(), a.low(), 2, nowNanos);

        assertThat(small.labelValues(small.slot(7, a.high(), a.low(), 3, nowNanos)))
                .containsExactly("workload-7", "__overflow__", "__overflow__", "__overflow__", "__overflow__");
        assertThat(small.labelValues(small.slot(7, a.high(), a.low(), 2, nowNanos)).getLast()).isEqualTo("2");
        assertThat(small.labelValues(small.slot(8, a.high(), a.low(), 2, nowNanos))).startsWith("workload-8", "__overflow__");
        assertThat(small.stats().overflowed()).isEqualTo(2);
    }

    @Test
    void whatIsIdleEnds() {
        AddressWords a = AddressWords.parse("192.0.2.1");
        int busy = table.slot(7, a.high(), a.low(), 1, nowNanos);
        int idle = table.slot(7, a.high(), a.low(), 2, nowNanos);
        List<Integer> ended = new ArrayList<>();
        table.sweep(nowNanos, ended::add);
        table.slot(7, a.high(), a.low(), 1, nowNanos);
        table.sweep(nowNanos + Duration.ofMinutes(10).toNanos(), ended::add);

        assertThat(ended).containsExactly(idle);
        assertThat(table.slot(7, a.high(), a.low(), 1, nowNanos)).isEqualTo(busy);
    }

    /** Whatever comes and goes: a live slot's labels are its own, an expired identity leaves none behind, and two slots never look alike. */
    @Property(tries = 200)
    void slotsAreWhatTheyWereAskedFor(@ForAll long seed) {
        Random random = new Random(seed);
        PeerTable some = table(20);
        Map<Integer, List<String>> live = new java.util.HashMap<>();
        for (int step = 0; step < 300; step++) {
            int identity = random.nextInt(5);
            if (random.nextInt(10) == 0) {
                some.expire(identity, slot -> assertThat(live.remove(slot)).first().isEqualTo("workload-" + identity));
                assertThat(live.values()).noneMatch(labels -> labels.getFirst().equals("workload-" + identity));
                continue;
            }
            AddressWords address = AddressWords.parse("192.0.2." + random.nextInt(2));
            int port = random.nextInt(8);
            int slot = some.slot(identity, address.high(), address.low(), port, nowNanos);
            List<String> labels = some.labelValues(slot);
            assertThat(labels.getFirst()).isEqualTo("workload-" + identity);
            if (!labels.get(1).equals("__overflow__")) {
                assertThat(labels).containsExactly("workload-" + identity, "cidr", "", "internet", port == 0 ? "" : Integer.toString(port));
            }
            List<String> before = live.put(slot, labels);
            assertThat(before == null || before.equals(labels)).isTrue();
            assertThat(new HashSet<>(live.values())).hasSize(live.size());
            assertThat(some.stats().pairs()).isEqualTo(live.size());
        }
    }
}
