package dev.ringside.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {
    private final Subscriptions subscriptions = new Subscriptions();

    @Test
    void nobodyWatchesUntilSomebodyDoes() throws InterruptedException {
        assertThat(subscriptions.wanted("tcp")).isFalse();
        try (EventSubscription watcher = subscriptions.add("tcp", event -> true, 8)) {
            assertThat(subscriptions.wanted("tcp")).isTrue();
            assertThat(subscriptions.wanted("process")).isFalse();

            subscriptions.publish(event("tcp", 1));
            subscriptions.publish(event("process", 2));

            assertThat(watcher.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 1));
            assertThat(watcher.poll(0, TimeUnit.SECONDS)).isNull();
        }
        assertThat(subscriptions.wanted("tcp")).isFalse();
    }

    @Test
    void everyReaderGetsWhatItAskedFor() throws InterruptedException {
        EventSubscription all = subscriptions.add("tcp", event -> true, 8);
        EventSubscription even = subscriptions.add("tcp", event -> event.wallTimeNanos() % 2 == 0, 8);

        subscriptions.publish(event("tcp", 1));
        subscriptions.publish(event("tcp", 2));

        assertThat(all.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 1));
        assertThat(all.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 2));
        assertThat(even.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 2));
        assertThat(even.poll(0, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void aSlowReaderLosesWhatComesAndTheOthersDoNot() throws InterruptedException {
        EventSubscription slow = subscriptions.add("tcp", event -> true, 2);
        EventSubscription picky = subscriptions.add("tcp", event -> event.wallTimeNanos() == 5, 2);
        EventSubscription roomy = subscriptions.add("tcp", event -> true, 8);

        for (long i = 1; i <= 5; i++) {
            subscriptions.publish(event("tcp", i));
        }

        assertThat(slow.lost()).isEqualTo(3);
        assertThat(slow.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 1));
        assertThat(slow.poll(0, TimeUnit.SECONDS)).isEqualTo(event("tcp", 2));
        assertThat(slow.poll(0, TimeUnit.SECONDS)).isNull();
        assertThat(picky.lost()).as("what it did not ask for").isZero();
        assertThat(roomy.lost()).isZero();
    }

    @Test
    void closingTwiceIsClosingOnce() {
        EventSubscription one = subscriptions.add("tcp", event -> true, 1);
        EventSubscription other = subscriptions.add("tcp", event -> true, 1);
        one.close();
        one.close();
        assertThat(subscriptions.wanted("tcp")).isTrue();
        other.close();
        assertThat(subscriptions.wanted("tcp")).isFalse();
    }

    private static KernelEvent event(String probe, long at) {
        return new KernelEvent(probe, at, Map.of(), Map.of());
    }
}
