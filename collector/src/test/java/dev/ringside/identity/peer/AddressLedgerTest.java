package dev.ringside.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.identity.kubelet.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Whose an address was, by what was told of one holder after the other. */
class AddressLedgerTest {

    private static final Duration LINGER = Duration.ofMinutes(5);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AddressLedger ledger = new AddressLedger(100, LINGER);

    private static Peer peer(String name) {
        return Peer.pod("shop", new Workload("deployment", name));
    }

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    /** As the drain thread looks: by words and nanoseconds. */
    private static Optional<String> owner(AddressBook book, String address, long seconds) {
        AddressWords words = AddressWords.parse(address);
        int found = book.find(words.high(), words.low(), Duration.ofSeconds(seconds).toNanos());
        return found == AddressBook.NOBODY ? Optional.empty() : Optional.of(book.peers().get(found).workload());
    }

    private AddressBook book(long nowSeconds) {
        return ledger.book(at(nowSeconds), Duration.ofSeconds(nowSeconds).toNanos());
    }

    @Test
    void aHolderHasItsAddressesFromItsBeginningOn() {
        assertThat(ledger.hold("a", peer("web"), List.of("10.1.0.7", "fd00::7"), at(10), at(12))).isTrue();
        assertThat(ledger.hold("a", peer("web"), List.of("fd00::7", "10.1.0.7"), at(11), at(13))).as("the same again").isFalse();

        assertThat(owner(book(20), "10.1.0.7", 10)).contains("web");
        assertThat(owner(book(20), "fd00::7", 30)).as("until told otherwise").contains("web");
        assertThat(owner(book(20), "10.1.0.7", 9)).isEmpty();
        assertThat(book(20).addresses()).isEqualTo(2);
    }

    @Test
    void anAddressThatIsReusedIsTheNewOwnersFromItsBeginningOn() {
        ledger.hold("a", peer("old"), List.of("10.1.0.7"), at(0), at(0));
        ledger.hold("b", peer("new"), List.of("10.1.0.7"), at(50), at(55));
        ledger.release("a", at(60));

        assertThat(owner(book(60), "10.1.0.7", 49)).contains("old");
        assertThat(owner(book(60), "10.1.0.7", 50)).contains("new");
    }

    @Test
    void betweenTwoOwnersItIsNobodys() {
        ledger.hold("a", peer("old"), List.of("10.1.0.7"), at(0), at(0));
        ledger.release("a", at(10));
        ledger.hold("b", peer("new"), List.of("10.1.0.7"), at(20), at(21));

        assertThat(owner(book(30), "10.1.0.7", 9)).contains("old");
        assertThat(owner(book(30), "10.1.0.7", 15)).isEmpty();
        assertThat(owner(book(30), "10.1.0.7", 25)).contains("new");
    }

    @Test
    void whoIsGoneLingersAndIsForgotten() {
        ledger.hold("a", peer("web"), List.of("10.1.0.7"), at(0), at(0));
        ledger.hold("b", peer("api"), List.of("10.1.0.8"), at(0), at(0));
        assertThat(ledger.retain("b"::equals, at(10))).isTrue();

        assertThat(owner(book(20), "10.1.0.7", 5)).contains("web");
        assertThat(owner(book(20), "10.1.0.7", 10)).isEmpty();
        assertThat(book(10 + LINGER.toSeconds() + 1).addresses()).isEqualTo(1);
        assertThat(ledger.holders()).isEqualTo(1);
    }

    @Test
    void moreThanThereIsRoomForIsRefusedAndCounted() {
        AddressLedger small = new AddressLedger(2, LINGER);
        small.hold("a", peer("a"), List.of("10.1.0.1"), at(0), at(0));
        small.hold("b", peer("b"), List.of("10.1.0.2"), at(0), at(0));

        assertThat(small.hold("c", peer("c"), List.of("10.1.0.3"), at(0), at(0))).isFalse();
        assertThat(small.refused()).isEqualTo(1);
        assertThat(small.hold("a", peer("a"), List.of("10.1.0.4"), at(5), at(5))).as("who is there may change").isTrue();
        small.release("b", at(6));
        assertThat(small.hold("c", peer("c"), List.of("10.1.0.3"), at(6), at(6))).isTrue();
    }

    @Test
    void whatIsNoAddressAndWhatIsEverybodysIsLeftOut() {
        ledger.hold("a", peer("web"), List.of("no address", "127.0.0.1", "10.1.0.7"), at(0), at(0));

        assertThat(book(1).addresses()).isEqualTo(1);
    }

    /** Against a model that is asked at each step: whoever was told last to have an address now has it now. */
    @Property(tries = 300)
    void nowItIsWhosItWasToldLast(@ForAll long seed) {
        Random random = new Random(seed);
        AddressLedger some = new AddressLedger(1000, LINGER);
        Map<String, String> model = new HashMap<>();
        List<String> holders = new ArrayList<>();
        for (int second = 1; second < 100; second++) {
            String address = "10.0.0." + random.nextInt(4);
            Instant now = at(second);
            if (random.nextInt(3) == 0 && !holders.isEmpty()) {
                String gone = holders.remove(random.nextInt(holders.size()));
                some.release(gone, now);
                model.values().removeIf(gone::equals);
            } else {
                String holder = "pod-" + second;
                holders.add(holder);
                some.hold(holder, peer(holder), List.of(address), now, now);
                model.put(address, holder);
            }
            AddressBook book = some.book(now, Duration.ofSeconds(second).toNanos());
            for (int i = 0; i < 4; i++) {
                assertThat(owner(book, "10.0.0." + i, second)).isEqualTo(Optional.ofNullable(model.get("10.0.0." + i)));
            }
        }
    }
}
