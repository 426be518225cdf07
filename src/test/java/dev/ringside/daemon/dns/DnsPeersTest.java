package dev.ringside.daemon.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.daemon.config.NamesConfig;
import dev.ringside.identity.peer.AddressBook;
import dev.ringside.identity.peer.PeerConfig;
import dev.ringside.identity.peer.PeerSource;
import dev.ringside.identity.peer.PeerTable;
import dev.ringside.testing.Await;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names and their addresses, as a resolver tells them from round to round. */
class DnsPeersTest {

    private final Map<String, String[]> zone = new HashMap<>();
    private final PeerTable table = new PeerTable(PeerConfig.OFF, 100, Duration.ofMinutes(10), List.of("workload"), slot -> List.of("workload-" + slot));
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean full;
    private PeerSource.Stats stats;

    private DnsPeers peers(String... names) {
        return new DnsPeers(new NamesConfig(List.of(names), Duration.ofMinutes(1)), this::resolve, () -> now);
    }

    private InetAddress[] resolve(String name) throws UnknownHostException {
        String[] addresses = zone.get(name);
        if (addresses == null) {
            throw new UnknownHostException(name + ": Name or service not known");
        }
        InetAddress[] resolved = new InetAddress[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            resolved[i] = InetAddress.ofLiteral(addresses[i]);
        }
        return resolved;
    }

    private boolean told(AddressBook book, PeerSource.Stats now) {
        stats = now;
        if (!full) {
            table.publish(0, book);
        }
        return !full;
    }

    private void assertNamed(String address, String name) {
        assertThat(table.whoHas(address)).as(address).containsExactly(name.isEmpty() ? "cidr" : "dns", "", name, "");
    }

    @Test
    void anAddressHasItsName() {
        zone.put("db.example.com", new String[] {"192.0.2.7", "2001:db8::7"});
        peers("db.example.com").round(this::told);

        assertNamed("192.0.2.7", "db.example.com");
        assertNamed("2001:db8::7", "db.example.com");
        assertNamed("192.0.2.8", "");
        assertThat(stats.requests()).isEqualTo(Map.of("found", 1L));
        assertThat(stats.addresses()).isEqualTo(2);
        assertThat(stats.lastAnswer()).contains(now);
        assertThat(stats.failure()).isEmpty();
    }

    @Test
    void aNameThatTellsAPartOfItsAddressesAtATimeKeepsTheOthersForAWhile() {
        DnsPeers peers = peers("db.example.com");
        zone.put("db.example.com", new String[] {"192.0.2.7"});
        peers.round(this::told);
        zone.put("db.example.com", new String[] {"192.0.2.8"});
        now = now.plus(DnsPeers.KEPT);
        peers.round(this::told);
        assertNamed("192.0.2.7", "db.example.com");
        assertNamed("192.0.2.8", "db.example.com");

        now = now.plusSeconds(1);
        peers.round(this::told);
        assertNamed("192.0.2.7", "");
        assertNamed("192.0.2.8", "db.example.com");
    }

    @Test
    void aNameThatIsNoLongerToldKeepsItsAddresses() {
        DnsPeers peers = peers("db.example.com", "cache.example.com", "queue.example.com");
        zone.put("db.example.com", new String[] {"192.0.2.7"});
        zone.put("cache.example.com", new String[] {"192.0.2.9"});
        peers.round(this::told);
        zone.remove("db.example.com");
        now = now.plus(Duration.ofDays(1));
        peers.round(this::told);

        assertNamed("192.0.2.7", "db.example.com");
        assertNamed("192.0.2.9", "cache.example.com");
        assertThat(stats.requests()).isEqualTo(Map.of("found", 3L, "unknown", 3L));
        assertThat(stats.failure()).contains("names can't be resolved: names=db.example.com queue.example.com; check peers.dns_names and this machine's resolver "
                + "(/etc/resolv.conf); what was known of them stays");
    }

    @Test
    void ofTwoNamesWithOneAddressTheFirstIsShown() {
        zone.put("db.example.com", new String[] {"192.0.2.7"});
        zone.put("alias.example.com", new String[] {"192.0.2.7", "192.0.2.8"});
        peers("db.example.com", "alias.example.com").round(this::told);

        assertNamed("192.0.2.7", "db.example.com");
        assertNamed("192.0.2.8", "alias.example.com");
    }

    @Test
    void whoHadNoRoomIsToldInTheNextRound() {
        DnsPeers peers = peers("db.example.com");
        zone.put("db.example.com", new String[] {"192.0.2.7"});
        full = true;
        peers.round(this::told);
        assertNamed("192.0.2.7", "");
        full = false;
        peers.round(this::told);

        assertNamed("192.0.2.7", "db.example.com");
    }

    /** By the machine's own resolver; what it says of localhost is everybody's, and no peer's. */
    @Test
    void asksOnAThreadOfItsOwnAndEnds() {
        DnsPeers peers = new DnsPeers(new NamesConfig(List.of("localhost"), Duration.ofHours(1)));
        peers.start((_, _) -> true);
        Await.until("it was asked", () -> peers.stats().requests().equals(Map.of("found", 1L)));

        assertThat(peers.stats().addresses()).isZero();
        peers.close();
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals(DnsPeers.THREAD_NAME));
    }
}
